using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Models.Fitting;

namespace Attribution.Core.Catalog;

/// <summary>The kinds of catalog items; on the wire the name in kebab-case plural (<c>utm-rules</c>).</summary>
public enum CatalogKind
{
    /// <summary><c>brands</c></summary>
    Brands = 1,

    /// <summary><c>creators</c></summary>
    Creators,

    /// <summary><c>campaigns</c></summary>
    Campaigns,

    /// <summary><c>links</c></summary>
    Links,

    /// <summary><c>codes</c></summary>
    Codes,

    /// <summary><c>utm-rules</c></summary>
    UtmRules,

    /// <summary><c>agreements</c></summary>
    Agreements,

    /// <summary><c>costs</c></summary>
    Costs,

    /// <summary><c>fx-rates</c></summary>
    FxRates,

    /// <summary><c>monthly-nets</c></summary>
    MonthlyNets,
}

/// <summary>Names an item of the catalog.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Id">Its id.</param>
public readonly record struct CatalogRef(CatalogKind Kind, string Id)
{
    /// <summary><c>kind/id</c>, the kind as on the wire: <c>utm-rules/spring-mia</c>.</summary>
    public override string ToString() => $"{CatalogKinds.NameOf(Kind)}/{Id}";

    /// <summary>Reads <see cref="ToString"/> back.</summary>
    /// <exception cref="FormatException">It is no such text.</exception>
    public static CatalogRef Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && CatalogKinds.TryParse(text[..slash], out var kind)
            ? new(kind.Kind, text[(slash + 1)..])
            : throw new FormatException($"'{text}' names no item of the catalog.");
    }
}

/// <summary>All items of the catalog at a version, as told; <c>Catalog</c> is made from it.</summary>
/// <param name="Version">Grows by one with each write.</param>
/// <param name="Items">The items by kind and id. The brand <c>default</c> is here although nobody told it.</param>
/// <param name="Matched">Items that ever matched an event: they are ended, not deleted.</param>
public sealed record CatalogContents(
    long Version, ImmutableDictionary<CatalogRef, ICatalogItem> Items, ImmutableHashSet<CatalogRef> Matched)
{
    /// <summary>The version of the last write that journeys can depend on: any but of costs and of who shares them. A journey evaluated with it or a later one is up to date.</summary>
    public long JourneysVersion { get; init; } = Version;

    /// <summary>
    /// What the fitted models learned, by brand and number. A fit is part of the catalog that journeys are evaluated with, but reaches only
    /// conversions from its first day on: it does not raise <see cref="JourneysVersion"/>.
    /// </summary>
    public ImmutableArray<StoredFit> Fits { get; init; } = [];
}

/// <summary>A fit as part of the catalog.</summary>
/// <param name="Fit">The fit.</param>
/// <param name="CatalogVersion">The catalog's version that it came with: a journey evaluated with a lower one does not know it.</param>
public sealed record StoredFit(Fit Fit, long CatalogVersion);
