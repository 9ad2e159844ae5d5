namespace Attribution.Host.Configuration;

/// <summary>What a process does. Named in lower case in <c>Host:Roles</c>.</summary>
internal enum Role
{
    /// <summary>Takes events at the door and gets them onto the bus.</summary>
    Ingest,

    /// <summary>Turns packs into journeys, credits and deltas.</summary>
    Attribute,

    /// <summary>Folds deltas into daily rollups.</summary>
    Rollup,

    /// <summary>Answers analysts, and takes the catalog.</summary>
    Report,
}

/// <summary>What this process is: read once from the section <c>Host</c>, never changed. A singleton.</summary>
/// <param name="Roles">What it does; never empty.</param>
/// <param name="Instance">Its name among the processes of one installation, fit for a file name.</param>
/// <param name="DataFolder">Full path of the folder that holds all it keeps. It exists, and is locked by this process, before any stage starts.</param>
internal sealed record HostSettings(IReadOnlySet<Role> Roles, string Instance, string DataFolder)
{
    /// <summary>Full path of the SQLite store.</summary>
    public string StoreFile => Path.Combine(DataFolder, "attribution.db");

    /// <summary>Whether the process has the role.</summary>
    public bool Has(Role role) => Roles.Contains(role);
}
