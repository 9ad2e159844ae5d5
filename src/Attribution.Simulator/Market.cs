using System.Text.Json;
using Attribution.Contracts.Catalog;
using Attribution.Simulator.Shop;

namespace Attribution.Simulator;

/// <summary>
/// A simulated market with a known truth: creators who promote a brand, people who click, land, order and return goods,
/// and the events that report it, late, duplicated and out of order. Determined by the seed, the first day and the
/// options. Immutable; thread-safe.
/// </summary>
public sealed class Market
{
    private readonly IReadOnlyList<SimulatedEvent> events;
    private readonly ShopMarket? shop;

    private Market(int seed, DateOnly firstDay, MarketOptions options)
    {
        Seed = seed;
        FirstDay = firstDay;
        Options = options;
        TimeZone = options.TimeZone ?? CatalogGenerator.ZoneOf(seed);
        LocalDays = new LocalDays(TimeZone);
        Money = new MarketCurrency(options.Currency ?? CatalogGenerator.CurrencyOf(seed));
        if (options.Kind == MarketKind.Shop)
        {
            shop = new ShopMarket(seed, firstDay, options, LocalDays, Money);
            (GeneratedCatalog, People, Snapshots, events) = (shop.Catalog, shop.People, shop.Snapshots, shop.Events);
        }
        else
        {
            GeneratedCatalog = new CatalogGenerator(seed, firstDay, options, LocalDays, Money).Generate();
            var context = new GenerationContext(seed, GeneratedCatalog, options, firstDay, LocalDays, Money);
            People = new PeopleGenerator(context, options.People).Generate();
            Snapshots = new PostGenerator(context).Generate();
            events = context.Events;
        }

        Catalog = [.. CatalogOf(GeneratedCatalog)];
        Events = OrderByArrival(unchecked(seed + 17));
    }

    /// <summary>Creates a market.</summary>
    /// <param name="seed">Seed; equal seeds create equal markets. Not negative.</param>
    /// <param name="firstDay">First local day; all events are within <see cref="MarketOptions.Days"/> days.</param>
    /// <param name="options">Size and place; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static Market Create(int seed, DateOnly firstDay, MarketOptions? options = null)
    {
        options ??= new MarketOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.People, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Creators, 4);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Creators, 99);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Days, 10);
        ArgumentOutOfRangeException.ThrowIfNegative(options.AgentOrders);
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        return new Market(seed, firstDay, options);
    }

    /// <summary>Gets the seed.</summary>
    public int Seed { get; }

    /// <summary>Gets the options.</summary>
    public MarketOptions Options { get; }

    /// <summary>Gets the id of the brand.</summary>
    public string BrandId => Options.BrandId;

    /// <summary>Gets the IANA time zone of the brand's days.</summary>
    public string TimeZone { get; }

    /// <summary>Gets the ISO 4217 currency of the brand and of every event.</summary>
    public string Currency => Money.Currency;

    /// <summary>Gets the number of decimals of the currency.</summary>
    public int CurrencyDigits => Money.Digits;

    /// <summary>Gets the first local day.</summary>
    public DateOnly FirstDay { get; }

    /// <summary>Gets the last local day, inclusive.</summary>
    public DateOnly LastDay => FirstDay.AddDays(Options.Days - 1);

    /// <summary>Gets the catalog; each item comes after the items it refers to.</summary>
    public IReadOnlyList<MarketItem> Catalog { get; }

    /// <summary>
    /// Gets the events in order of arrival, one line of JSON each: most immediately, some days late, some twice.
    /// </summary>
    public IReadOnlyList<string> Events { get; }

    /// <summary>Gets the number of distinct events.</summary>
    public int EventCount => events.Count;

    internal LocalDays LocalDays { get; }

    internal MarketCurrency Money { get; }

    internal MarketCatalog GeneratedCatalog { get; }

    internal IReadOnlyList<Person> People { get; }

    internal IReadOnlyList<SnapshotFact> Snapshots { get; }

    /// <summary>Returns the events in random order, each once.</summary>
    public IReadOnlyList<string> Shuffled(int seed) =>
        new SeededRandom(seed).Shuffle(events.Select(known => known.Json));

    /// <summary>Returns every event twice, in random order.</summary>
    public IReadOnlyList<string> Duplicated(int seed) =>
        new SeededRandom(seed).Shuffle(events.Concat(events).Select(known => known.Json));

    /// <summary>
    /// Returns what happens after the last day, in order of time and without end. Every call returns the same events. They
    /// are not part of <see cref="GroundTruth"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The market is not of the kind <see cref="MarketKind.Shop"/>.</exception>
    public IEnumerable<SimulatedEvent> Continue() =>
        shop?.Continue() ?? throw new InvalidOperationException("Only a market of the kind Shop continues after its last day.");

    private List<string> OrderByArrival(int seed)
    {
        var random = new SeededRandom(seed);
        var arrivals = new List<(DateTimeOffset At, string Json)>();
        foreach (var (_, at, json) in events)
        {
            arrivals.Add((at + Delay(), json));
            if (random.Chance(3)) arrivals.Add((at + Delay(), json));
        }

        return [.. arrivals.OrderBy(arrival => arrival.At).Select(arrival => arrival.Json)];

        TimeSpan Delay() => random.Next(0, 100) switch
        {
            < 85 => random.Next(TimeSpan.Zero, TimeSpan.FromSeconds(5)),
            < 95 => random.Next(TimeSpan.Zero, TimeSpan.FromHours(6)),
            _ => random.Next(TimeSpan.Zero, TimeSpan.FromDays(20)),
        };
    }

    private static IEnumerable<MarketItem> CatalogOf(MarketCatalog catalog)
    {
        yield return Item("brands", catalog.Brand);
        foreach (var item in catalog.Creators) yield return Item("creators", item);
        foreach (var item in catalog.Campaigns) yield return Item("campaigns", item);
        foreach (var item in catalog.Links) yield return Item("links", item);
        foreach (var item in catalog.Codes) yield return Item("codes", item);
        foreach (var item in catalog.Rules) yield return Item("utm-rules", item);
        foreach (var item in catalog.Publishers) yield return Item("publishers", item);
        foreach (var item in catalog.Agreements) yield return Item("agreements", item);
        foreach (var item in catalog.Costs) yield return Item("costs", item);
    }

    private static MarketItem Item<T>(string kind, T item) where T : ICatalogItem =>
        new(kind, item.Id, JsonSerializer.Serialize(item, EventWriter.Json));
}
