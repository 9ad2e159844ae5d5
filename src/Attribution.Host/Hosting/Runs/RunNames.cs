namespace Attribution.Host.Hosting.Runs;

/// <summary>Names of runs that one stage asks for and another does.</summary>
public static class RunNames
{
    /// <summary>Journeys and costs compared with the rollups.</summary>
    public const string Reconcile = "reconcile";

    /// <summary>Journeys made again from the stored events.</summary>
    public const string Rebuild = "rebuild";
}
