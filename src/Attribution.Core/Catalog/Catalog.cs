namespace Attribution.Core.Catalog;

/// <summary>An immutable snapshot of the catalog, indexed for matching.</summary>
public sealed class Catalog
{
    private Catalog(CatalogContents contents) => Contents = contents;

    /// <summary>What it was made from.</summary>
    public CatalogContents Contents { get; }

    /// <summary>The version it stands for.</summary>
    public long Version => Contents.Version;

    /// <summary>Indexes the contents, which must have passed the catalog's rules.</summary>
    public static Catalog From(CatalogContents contents) => new(contents);
}
