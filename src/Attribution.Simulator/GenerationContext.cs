
namespace Attribution.Simulator;

/// <summary>
/// The state that the generators of people, touches, conversions and posts share: the source of randomness, the clock
/// of the market, and the events so far. The order of calls determines the market, so the generators must run one after
/// another.
/// </summary>
internal sealed class GenerationContext(
    int seed, MarketCatalog catalog, MarketOptions options, DateOnly firstDay, LocalDays days, MarketCurrency money, string part = "")
{
    private readonly string prefix = (options.BrandId == "default" ? "" : options.BrandId + "-") + part;
    private readonly DateTimeOffset start = days.StartOf(firstDay);
    private readonly List<SimulatedEvent> events = [];
    private int counter;

    /// <summary>Gets the shared source of randomness.</summary>
    public SeededRandom Random { get; } = new(unchecked((seed * 7919) + 1));

    /// <summary>Gets the writer of events.</summary>
    public EventWriter Writer { get; } = new(options.BrandId, days, money, new SeededRandom(unchecked((seed * 31) + 7)));

    /// <summary>Gets the catalog.</summary>
    public MarketCatalog Catalog { get; } = catalog;

    /// <summary>Gets the currency.</summary>
    public MarketCurrency Money { get; } = money;

    /// <summary>Gets the first instant after the market.</summary>
    public DateTimeOffset End { get; } = days.StartOf(firstDay.AddDays(options.Days));

    /// <summary>Gets the events in the order of their generation.</summary>
    public IReadOnlyList<SimulatedEvent> Events => events;

    /// <summary>
    /// Gets the relative popularity of creators, which grows with the square root of their followers.
    /// </summary>
    public IReadOnlyDictionary<string, double> Popularity { get; } =
        catalog.Creators.ToDictionary(creator => creator.Id, creator => Math.Sqrt(creator.Handles![0].Followers ?? 1));

    /// <summary>Returns a new id that starts with a kind.</summary>
    public string NextId(string kind) => $"{prefix}{kind}{++counter:D7}";

    /// <summary>Adds an event.</summary>
    public void Emit(string id, DateTimeOffset at, string json) => events.Add(new SimulatedEvent(id, at, json));

    /// <summary>
    /// Returns a random instant of the market. Many are close to a local midnight, where errors in days show.
    /// </summary>
    public DateTimeOffset RandomInstant()
    {
        if (Random.Chance(85)) return start + Random.Next(TimeSpan.Zero, End - start);
        var midnight = days.StartOf(firstDay.AddDays(Random.Next(0, options.Days)));
        var offset = Random.Chance(20) ? TimeSpan.Zero : Random.Next(TimeSpan.FromMinutes(-2), TimeSpan.FromMinutes(2));
        return ClampToMarket(midnight + offset);
    }

    /// <summary>Mirrors an instant after the end into the market, so that the last day is like any other.</summary>
    public DateTimeOffset MirrorIntoMarket(DateTimeOffset at) => at < End ? at : End - (at - End);

    /// <summary>Moves an instant outside the market to its first or last millisecond.</summary>
    public DateTimeOffset ClampToMarket(DateTimeOffset at) =>
        at < start ? start : at >= End ? End.AddMilliseconds(-1) : at;
}
