namespace Attribution.Storage.Access;

/// <summary>The scopes that a key or a user is granted. Stored: never renumber.</summary>
[Flags]
public enum KeyScopes
{
    /// <summary>No scope.</summary>
    None = 0,

    /// <summary>Post events.</summary>
    Ingest = 1,

    /// <summary>Read reports and the catalog.</summary>
    Read = 2,

    /// <summary>Read and write everything, including brands, keys, erasure and runs over the whole history.</summary>
    Admin = 4,

    /// <summary>Report visits only. A key with this scope is embedded in web pages and therefore public.</summary>
    Visit = 8,

    /// <summary>Read, write the catalog except for brands, and replay rejected events.</summary>
    Edit = 16,
}
