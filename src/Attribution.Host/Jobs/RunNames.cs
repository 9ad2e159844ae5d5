namespace Attribution.Host.Jobs;

/// <summary>Names of runs that one stage asks for and another does.</summary>
internal static class RunNames
{
    /// <summary>Journeys and costs compared with the rollups.</summary>
    public const string Reconcile = "reconcile";

    /// <summary>Journeys made again from the stored events.</summary>
    public const string Rebuild = "rebuild";
}
