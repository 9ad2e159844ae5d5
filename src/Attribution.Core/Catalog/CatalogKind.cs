namespace Attribution.Core.Catalog;

/// <summary>
/// The kinds of catalog items. On the wire, a kind is its name in kebab-case plural (<c>utm-rules</c>).
/// </summary>
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

    /// <summary><c>publishers</c></summary>
    Publishers,
}
