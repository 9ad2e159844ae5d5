namespace Attribution.Storage.Journeys;

/// <summary>The outcome of a commit.</summary>
public enum CommitOutcome
{
    /// <summary>Everything was written.</summary>
    Committed,

    /// <summary>
    /// Another writer changed a journey, alias or pack in the meantime, or a rebuild replaced all journeys. Nothing was
    /// written.
    /// </summary>
    Conflict,

    /// <summary>The catalog is newer than the version the journeys were evaluated with. Nothing was written.</summary>
    CatalogChanged,
}
