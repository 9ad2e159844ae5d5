namespace Attribution.Core.Rollups;

/// <summary>The unit of a ratio.</summary>
public enum RatioUnit
{
    /// <summary>Percent, one decimal.</summary>
    Percent,

    /// <summary>A number, two decimals.</summary>
    Factor,

    /// <summary>A share of 1, four decimals.</summary>
    Share,

    /// <summary>A number that is not negative, four decimals.</summary>
    Quotient,

    /// <summary>Major units of the brand's currency, with its own decimals.</summary>
    Money,

    /// <summary>A local day of the brand.</summary>
    Day,

    /// <summary>Whole orders.</summary>
    Orders,
}
