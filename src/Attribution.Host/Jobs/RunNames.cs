namespace Attribution.Host.Jobs;

/// <summary>Names of runs that one stage requests and another executes.</summary>
internal static class RunNames
{
    /// <summary>Comparison of journeys and costs with the rollups.</summary>
    public const string Reconcile = "reconcile";

    /// <summary>Creation of all journeys from the stored events.</summary>
    public const string Rebuild = "rebuild";
}
