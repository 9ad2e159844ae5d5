namespace Attribution.Simulator;

/// <summary>The kind of a market.</summary>
public enum MarketKind
{
    /// <summary>
    /// Many orders, corrections, refunds and instants at the edges of rules, so that a small market meets every rule.
    /// </summary>
    Laws,

    /// <summary>
    /// The traffic of a real shop: 1 to 4 % of the visitors buy, posts bring visitors for some days, and creators cost
    /// what their traffic is worth, more or less.
    /// </summary>
    Shop,
}
