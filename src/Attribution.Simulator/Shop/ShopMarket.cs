namespace Attribution.Simulator.Shop;

/// <summary>
/// A shop with its creators, day by day: the market is what happens until its end, and live traffic is what the same
/// people and those after them do later.
/// </summary>
internal sealed class ShopMarket
{
    private const int LeakedCreator = 14;
    private readonly int seed;
    private readonly DateOnly firstDay;
    private readonly MarketOptions options;
    private readonly LocalDays days;
    private readonly MarketCurrency money;
    private readonly ShopCatalog catalog;
    private readonly DateTimeOffset end;
    private readonly List<Person> people = [];
    private readonly List<SnapshotFact> snapshots = [];
    private readonly List<SimulatedEvent> events = [];
    private readonly List<SimulatedEvent> later = [];

    /// <summary>Creates the market.</summary>
    public ShopMarket(int seed, DateOnly firstDay, MarketOptions options, LocalDays days, MarketCurrency money)
    {
        (this.seed, this.firstDay, this.options, this.days, this.money) = (seed, firstDay, options, days, money);
        catalog = new ShopCatalogGenerator(seed, firstDay, options, money).Generate();
        end = days.StartOf(firstDay.AddDays(options.Days));
        for (var day = firstDay; day < firstDay.AddDays(options.Days); day = day.AddDays(1))
        {
            var cohort = CohortOf(day);
            people.AddRange(cohort.People.Select(person => person.Until(end)));
            snapshots.AddRange(cohort.Snapshots.Where(snapshot => snapshot.At < end));
            foreach (var happened in cohort.Events) (happened.At < end ? events : later).Add(happened);
        }
    }

    /// <summary>Gets the catalog.</summary>
    public MarketCatalog Catalog => catalog.Items;

    /// <summary>Gets the people, with what they do until the end.</summary>
    public IReadOnlyList<Person> People => people;

    /// <summary>Gets the counters of posts until the end.</summary>
    public IReadOnlyList<SnapshotFact> Snapshots => snapshots;

    /// <summary>Gets the events until the end, by cohort.</summary>
    public IReadOnlyList<SimulatedEvent> Events => events;

    /// <summary>Returns the events after the end in order of time, without end; the same at every call.</summary>
    public IEnumerable<SimulatedEvent> Continue()
    {
        var waiting = new PriorityQueue<SimulatedEvent, DateTimeOffset>(later.Select(known => (known, known.At)));
        for (var day = firstDay.AddDays(options.Days);; day = day.AddDays(1))
        {
            foreach (var known in CohortOf(day).Events) waiting.Enqueue(known, known.At);
            var next = days.StartOf(day.AddDays(1));
            while (waiting.TryPeek(out var known, out var at) && at < next)
            {
                waiting.Dequeue();
                yield return known;
            }
        }
    }

    private (IReadOnlyList<Person> People, IReadOnlyList<SnapshotFact> Snapshots, IReadOnlyList<SimulatedEvent> Events) CohortOf(DateOnly day)
    {
        var number = day.DayNumber - firstDay.DayNumber;
        var context = new GenerationContext(
            unchecked((seed * 1_000) + number), catalog.Items, options, day, days, money, $"{day:yyMMdd}-");
        // From the middle of the market on, one code is passed around for three weeks.
        var leaked = number >= options.Days * 3 / 5 && number < (options.Days * 3 / 5) + 21
            ? catalog.Placements.FirstOrDefault(placement =>
                placement.Code is not null && placement.Creator == catalog.Items.Creators[LeakedCreator % catalog.Items.Creators.Count])
            : null;
        return new ShopCohort(catalog, context, days, day, options.AgentOrders, end).Generate(leaked);
    }
}
