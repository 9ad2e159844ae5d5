namespace Attribution.Storage.Journeys;

/// <summary>How a commit ended.</summary>
public enum CommitOutcome
{
    /// <summary>All is written.</summary>
    Committed,

    /// <summary>A journey, alias or pack was written by somebody else meanwhile, or all of them by a rebuild. Nothing is written.</summary>
    Conflict,

    /// <summary>The catalog is newer than the one the journeys were evaluated with. Nothing is written.</summary>
    CatalogChanged,
}
