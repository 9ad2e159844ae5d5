namespace Attribution.Core.Rollups;

/// <summary>The kind of a name that matched nothing in the catalog. Stored: never renumber.</summary>
public enum UnmatchedKind
{
    /// <summary>A discount code of an order.</summary>
    Code = 1,

    /// <summary>The slug of a click's link.</summary>
    Link = 2,

    /// <summary>The UTM parameters of a visit, as one name.</summary>
    Utm = 3,

    /// <summary>The currency of an amount whose exchange rate is not known for its day.</summary>
    Rate = 4,

    /// <summary>A claim of referral: the network with its ids, or campaign parameters as one name.</summary>
    Referral = 5,
}
