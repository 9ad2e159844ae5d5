namespace Attribution.Host.Rollup;

/// <summary>Folds deltas into daily rollups, closes days, reconciles.</summary>
public static class RollupStage
{
    /// <summary>Registers the stage's jobs.</summary>
    public static IServiceCollection AddRollup(this IServiceCollection services, IConfiguration configuration) => services;
}
