namespace Attribution.Simulator;

/// <summary>
/// The size and place of a market. Markets with the same seed, first day and options are equal to the byte.
/// </summary>
public sealed record MarketOptions
{
    /// <summary>Gets the kind. Default: <see cref="MarketKind.Laws"/>.</summary>
    public MarketKind Kind { get; init; }

    /// <summary>
    /// Gets the number of people who browse and buy, with about four events each; in a market of the kind
    /// <see cref="MarketKind.Shop"/> the expected number of visitors, with about three events each. At least 1. Default:
    /// 4,000.
    /// </summary>
    public int People { get; init; } = 4000;

    /// <summary>Gets the number of creators, of all tiers and kinds of agreements. 4 to 99. Default: 40.</summary>
    public int Creators { get; init; } = 40;

    /// <summary>Gets the number of local days, including the first. At least 10. Default: 60.</summary>
    public int Days { get; init; } = 60;

    /// <summary>
    /// Gets the orders that agents buy, for each order of a visitor, in a market of the kind <see cref="MarketKind.Shop"/>.
    /// Not negative. Default: 0.12.
    /// </summary>
    public double AgentOrders { get; init; } = 0.12;

    /// <summary>
    /// Gets the id of the brand. If it is not <c>default</c>, all other ids start with it, so that several markets fit
    /// into one host.
    /// </summary>
    public string BrandId { get; init; } = "default";

    /// <summary>
    /// Gets the IANA time zone of the brand's days; null for Berlin, New York or Tokyo, depending on the seed.
    /// </summary>
    public string? TimeZone { get; init; }

    /// <summary>
    /// Gets the currency: <c>EUR</c>, <c>USD</c>, <c>JPY</c> or <c>KWD</c> (2, 2, 0 and 3 decimals); null for one of
    /// them, depending on the seed.
    /// </summary>
    public string? Currency { get; init; }
}
