namespace Attribution.Host.Attributing;

/// <summary>Takes packs off the bus and turns them into journeys, credits and deltas.</summary>
public static class AttributeStage
{
    /// <summary>Registers the stage's services.</summary>
    public static IServiceCollection AddAttribute(this IServiceCollection services, IConfiguration configuration) => services;
}
