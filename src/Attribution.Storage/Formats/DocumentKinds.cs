namespace Attribution.Storage.Formats;

/// <summary>The kinds of stored documents whose format has a version. The names are stored: never rename.</summary>
public static class DocumentKinds
{
    /// <summary>A journey.</summary>
    public const string Journey = "journey";

    /// <summary>A cell of measures: rollups, deltas and manifests.</summary>
    public const string Cell = "cell";

    /// <summary>An archived pack.</summary>
    public const string Pack = "pack";

    /// <summary>A catalog item.</summary>
    public const string CatalogItem = "catalogItem";

    /// <summary>A fit.</summary>
    public const string Fit = "fit";

    /// <summary>A run.</summary>
    public const string Run = "run";
}
