namespace Attribution.Host.Configuration;

/// <summary>Role of a process, written in lower case in <c>Host:Roles</c>.</summary>
internal enum Role
{
    /// <summary>Accepts events and publishes them to the bus.</summary>
    Ingest,

    /// <summary>Turns packs into journeys, credits and deltas.</summary>
    Attribute,

    /// <summary>Folds deltas into daily rollups.</summary>
    Rollup,

    /// <summary>Answers queries, serves the pages and edits the catalog.</summary>
    Report,
}

/// <summary>Settings of this process, read once from the section <c>Host</c>.</summary>
/// <param name="Roles">Roles of the process; never empty.</param>
/// <param name="Instance">Name of the process, unique within an installation and valid as a file name.</param>
/// <param name="DataFolder">
/// Full path of the folder with all data of the process. It exists and is locked by this process before any stage starts.
/// </param>
internal sealed record HostSettings(IReadOnlySet<Role> Roles, string Instance, string DataFolder)
{
    /// <summary>Gets the full path of the SQLite store.</summary>
    public string StoreFile => Path.Combine(DataFolder, "attribution.db");

    /// <summary>Gets the full path of the folder with the spools, one file per instance.</summary>
    public string SpoolFolder => Path.Combine(DataFolder, "spool");

    /// <summary>Gets the full path of the secret of customer keys, unless the configuration specifies another.</summary>
    public string CustomerKeyFile => Path.Combine(DataFolder, "customer-keys.secret");

    /// <summary>Indicates whether the process has the role.</summary>
    public bool Has(Role role) => Roles.Contains(role);
}
