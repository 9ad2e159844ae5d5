namespace Attribution.Simulator;

/// <summary>How big a market is and where it lies. Two markets of one seed, first day and options are alike to the byte.</summary>
public sealed record MarketOptions
{
    /// <summary>People who browse and buy; the scale of the load, about four events each. At least 1. Default 4,000.</summary>
    public int People { get; init; } = 4000;

    /// <summary>Creators, of every tier and kind of pay. 4 to 99. Default 40.</summary>
    public int Creators { get; init; } = 40;

    /// <summary>Local days of the market, the first one included. At least 10. Default 60.</summary>
    public int Days { get; init; } = 60;

    /// <summary>The brand. Every id but that of the brand begins with it where it is not <c>default</c>, so that several markets fit into one host.</summary>
    public string BrandId { get; init; } = "default";

    /// <summary>IANA time zone of the brand's days; null: Berlin, New York or Tokyo by the seed.</summary>
    public string? TimeZone { get; init; }

    /// <summary><c>EUR</c>, <c>USD</c>, <c>JPY</c> or <c>KWD</c> (2, 2, 0 and 3 decimals); null: one of them by the seed.</summary>
    public string? Currency { get; init; }
}
