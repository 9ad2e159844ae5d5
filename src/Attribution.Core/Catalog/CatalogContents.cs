using System.Collections.Immutable;
using Attribution.Contracts.Catalog;

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
}

/// <summary>Names an item of the catalog.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Id">Its id.</param>
public readonly record struct CatalogRef(CatalogKind Kind, string Id);

/// <summary>All items of the catalog at a version, as told; <c>Catalog</c> is made from it.</summary>
/// <param name="Version">Grows by one with each write.</param>
/// <param name="Items">The items by kind and id. The brand <c>default</c> is here although nobody told it.</param>
/// <param name="Matched">Items that ever matched an event: they are ended, not deleted.</param>
public sealed record CatalogContents(
    long Version, ImmutableDictionary<CatalogRef, ICatalogItem> Items, ImmutableHashSet<CatalogRef> Matched);
