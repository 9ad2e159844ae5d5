using System.Text.Json;
using Attribution.Contracts.Catalog;

namespace Attribution.Simulator;

/// <summary>
/// A made-up market whose truth is known: creators who promote a brand, people who click, land, order and give back, and the events that
/// tell of it, late, doubled and out of order. Wholly determined by the seed, the first day and the options. Immutable; thread-safe.
/// </summary>
public sealed class Market
{
    private readonly IReadOnlyList<SimulatedEvent> events;

    private Market(int seed, DateOnly firstDay, MarketOptions options)
    {
        Seed = seed;
        FirstDay = firstDay;
        Options = options;
        TimeZone = options.TimeZone ?? CatalogGenerator.ZoneOf(seed);
        LocalDays = new LocalDays(TimeZone);
        Money = new MarketCurrency(options.Currency ?? CatalogGenerator.CurrencyOf(seed));
        GeneratedCatalog = new CatalogGenerator(seed, firstDay, options, LocalDays, Money).Generate();
        var people = new PeopleGenerator(seed, GeneratedCatalog, options, firstDay, LocalDays, Money);
        People = people.Generate();
        Snapshots = people.Snapshots;
        events = people.Events;
        Catalog = [.. CatalogOf(GeneratedCatalog)];
        Events = OrderByArrival(unchecked(seed + 17));
    }

    /// <summary>Makes a market.</summary>
    /// <param name="seed">Alike seeds make alike markets.</param>
    /// <param name="firstDay">First local day; every event lies in <see cref="MarketOptions.Days"/> days from it on.</param>
    /// <param name="options">How big and where; null: the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static Market Create(int seed, DateOnly firstDay, MarketOptions? options = null)
    {
        options ??= new MarketOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.People, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Creators, 4);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Creators, 99);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Days, 10);
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        return new Market(seed, firstDay, options);
    }

    /// <summary>The seed.</summary>
    public int Seed { get; }

    /// <summary>The options it was made with.</summary>
    public MarketOptions Options { get; }

    /// <summary>The brand's id.</summary>
    public string BrandId => Options.BrandId;

    /// <summary>IANA time zone of the brand's days.</summary>
    public string TimeZone { get; }

    /// <summary>ISO 4217 currency of the brand and of every event.</summary>
    public string Currency => Money.Currency;

    /// <summary>Decimals of the currency.</summary>
    public int CurrencyDigits => Money.Digits;

    /// <summary>First local day.</summary>
    public DateOnly FirstDay { get; }

    /// <summary>Last local day, inside.</summary>
    public DateOnly LastDay => FirstDay.AddDays(Options.Days - 1);

    /// <summary>The catalog, everything after what it names.</summary>
    public IReadOnlyList<MarketItem> Catalog { get; }

    /// <summary>The events as they arrive, one line of JSON each: most at once, some days late, some twice.</summary>
    public IReadOnlyList<string> Events { get; }

    /// <summary>How many different events there are.</summary>
    public int EventCount => events.Count;

    internal LocalDays LocalDays { get; }

    internal MarketCurrency Money { get; }

    internal MarketCatalog GeneratedCatalog { get; }

    internal IReadOnlyList<Person> People { get; }

    internal IReadOnlyList<SnapshotFact> Snapshots { get; }

    /// <summary>The events in no order at all, each once.</summary>
    public IReadOnlyList<string> Shuffled(int seed) => new SeededRandom(seed).Shuffle(events.Select(e => e.Json));

    /// <summary>Every event twice, in no order at all.</summary>
    public IReadOnlyList<string> Duplicated(int seed) => new SeededRandom(seed).Shuffle(events.Concat(events).Select(e => e.Json));

    /// <summary>People as they come by from now on, without end. Their events are beside the truth of <see cref="GroundTruth"/>.</summary>
    public LiveTraffic Live(int seed) => new(this, seed);

    private List<string> OrderByArrival(int seed)
    {
        var chance = new SeededRandom(seed);
        var arrivals = new List<(DateTimeOffset At, string Json)>();
        foreach (var e in events)
        {
            arrivals.Add((e.At + Delay(), e.Json));
            if (chance.Chance(3)) arrivals.Add((e.At + Delay(), e.Json));
        }

        return [.. arrivals.OrderBy(arrival => arrival.At).Select(arrival => arrival.Json)];

        TimeSpan Delay() => chance.Next(0, 100) switch
        {
            < 85 => chance.Next(TimeSpan.Zero, TimeSpan.FromSeconds(5)),
            < 95 => chance.Next(TimeSpan.Zero, TimeSpan.FromHours(6)),
            _ => chance.Next(TimeSpan.Zero, TimeSpan.FromDays(20)),
        };
    }

    private static IEnumerable<MarketItem> CatalogOf(MarketCatalog made)
    {
        yield return Item("brands", made.Brand);
        foreach (var item in made.Creators) yield return Item("creators", item);
        foreach (var item in made.Campaigns) yield return Item("campaigns", item);
        foreach (var item in made.Links) yield return Item("links", item);
        foreach (var item in made.Codes) yield return Item("codes", item);
        foreach (var item in made.Rules) yield return Item("utm-rules", item);
        foreach (var item in made.Agreements) yield return Item("agreements", item);
        foreach (var item in made.Costs) yield return Item("costs", item);
    }

    private static MarketItem Item<T>(string kind, T item) where T : ICatalogItem => new(kind, item.Id, JsonSerializer.Serialize(item, EventWriter.Json));
}

/// <summary>An item of the catalog as it is put.</summary>
/// <param name="Kind">Its kind as in the address: <c>creators</c>, <c>links</c>, …</param>
/// <param name="Id">Its id.</param>
/// <param name="Json">The body, one line.</param>
public sealed record MarketItem(string Kind, string Id, string Json);
