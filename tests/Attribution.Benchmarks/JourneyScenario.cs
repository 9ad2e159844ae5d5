using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Planning;
using Attribution.Core.Values;

namespace Attribution.Benchmarks;

/// <summary>
/// One more event of a person already known, by itself in its commit: gathered, evaluated, its ledger lines and deltas found. Journeys
/// of several sizes, four creators, orders spread among the touches, every event within the lookback.
/// </summary>
internal static class JourneyScenario
{
    private static readonly (int Touches, int Conversions)[] Sizes = [(2, 1), (20, 2), (100, 10), (500, 0), (500, 50), (500, 500)];
    private static readonly Timestamp Begin = Timestamp.From(new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly AliasKey Visitor = new("default", "v:v");

    /// <summary>Each has a link of its own name.</summary>
    public static readonly string[] Creators = ["a", "b", "c", "d"];

    public static void Run()
    {
        Grow();
        var catalog = CatalogSnapshot.Create(new(1, Items.ToImmutableDictionary(CatalogKinds.RefOf), []));
        var ids = new IdGenerator(TimeProvider.System);
        Console.WriteLine($"{"touches",8} {"orders",8}  {"event",-12} {"µs median",10} {"µs fastest",10} {"µs cpu",10}");
        foreach (var (touches, conversions) in Sizes)
        {
            var load = Load(catalog, ids, touches, conversions);
            JourneyEvent[] events =
            [
                Touch(touches, touches, "new"), Touch(touches / 2, touches, "late"), Order(conversions, conversions, touches, "new"), Touch(0, touches, "touch"),
                .. conversions > 0 ? [Refund(conversions / 2)] : Array.Empty<JourneyEvent>(),
            ];
            string[] names = ["new touch", "late touch", "new order", "repeated", "refund"];
            foreach (var (happened, name) in events.Zip(names))
            {
                var (median, fastest, processor) = RoundTimer.Measure(() =>
                {
                    var batch = new JourneyPlanner(load, catalog, ids.Next);
                    batch.Add(happened);
                    return batch.ToCommit(Begin);
                });
                Console.WriteLine($"{touches,8} {conversions,8}  {name,-12} {median.TotalMicroseconds,10:N1} {fastest.TotalMicroseconds,10:N1} {processor.TotalMicroseconds,10:N1}");
            }
        }
    }

    /// <summary>
    /// A whole journey, each event by itself in a commit over what the ones before it left, as it comes (by time) and in any order: what
    /// an event costs on average, since most meet a journey that is still small, and what the dearest does.
    /// </summary>
    private static void Grow()
    {
        const int Touches = 500, Orders = 50, Rounds = 9;
        var catalog = CatalogSnapshot.Create(new(1, Items.ToImmutableDictionary(CatalogKinds.RefOf), []));
        JourneyEvent[] events = [.. Enumerable.Range(0, Touches).Select(i => Touch(i, Touches, "touch")), .. Enumerable.Range(0, Orders).Select(i => Order(i, Orders, Touches, "order"))];
        JourneyEvent[] shuffled = [.. events];
        new Random(7).Shuffle(shuffled);
        foreach (var (name, order) in new[] { ("by time", events.OrderBy(happened => happened.At).ToArray()), ("in any order", shuffled) })
        {
            var rounds = new List<(double Mean, double Dearest, double Processor)>();
            for (var round = 0; round <= Rounds; round++)
            {
                var (load, times, used) = (Nothing, new List<double>(), Environment.CpuUsage.TotalTime);
                foreach (var happened in order)
                {
                    var began = System.Diagnostics.Stopwatch.GetTimestamp();
                    var batch = new JourneyPlanner(load, catalog, new IdGenerator(TimeProvider.System).Next);
                    batch.Add(happened);
                    var commit = batch.ToCommit(Begin);
                    times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalMicroseconds);
                    load = new(load.KnownPacks, load.Aliases.Concat(commit.Aliases).ToDictionary(), commit.Journeys.ToDictionary(stored => stored.Journey.Id, stored => stored with { Version = stored.Version + 1 }));
                }

                // The first round warms up.
                if (round > 0) rounds.Add((times.Average(), times.Max(), (Environment.CpuUsage.TotalTime - used).TotalMicroseconds / order.Length));
            }

            double Median(Func<(double Mean, double Dearest, double Processor), double> of) => rounds.Select(of).Order().ElementAt(Rounds / 2);
            Console.WriteLine($"a journey of {Touches} touches and {Orders} orders, {name}: {Median(r => r.Mean):N1} µs an event ({Median(r => r.Processor):N1} of the processor), the dearest {Median(r => r.Dearest):N1} (medians of {Rounds} rounds)");
        }
    }

    private static JourneyLoad Load(CatalogSnapshot catalog, IdGenerator ids, int touches, int conversions)
    {
        var batch = new JourneyPlanner(Nothing, catalog, ids.Next);
        for (var i = 0; i < touches; i++) batch.Add(Touch(i, touches, "touch"));
        for (var i = 0; i < conversions; i++) batch.Add(Order(i, conversions, touches, "order"));
        var commit = batch.ToCommit(Begin);
        return new(ImmutableHashSet<Guid>.Empty, commit.Aliases.ToDictionary(), commit.Journeys.ToDictionary(stored => stored.Journey.Id, stored => stored with { Version = 1 }));
    }

    private static JourneyLoad Nothing { get; } = new(ImmutableHashSet<Guid>.Empty, new Dictionary<AliasKey, Guid>(), new Dictionary<Guid, StoredJourney>());

    private static Click Touch(int i, int of, string id) => new()
    {
        Id = new("bench", $"{id} {i}"), Brand = "default", At = At((double)i / of), Slug = Creators[i % Creators.Length], VisitorId = "v",
    };

    private static ReportedConversion Order(int i, int of, int touches, string id) => new()
    {
        Id = new("bench", $"{id} {i}"), Brand = "default", At = At((i + 1.0) / (of + 1) + (0.1 / touches)), Kind = ConversionKind.Order,
        ConversionId = $"{i}", Currency = "USD", Gross = 10_000 + i, Discount = 500, VisitorId = "v", CustomerKey = "c",
    };

    private static ReportedRefund Refund(int order) => new()
    {
        Id = new("bench", "refund"), Brand = "default", At = At(1.1), OrderId = $"{order}", RefundId = "r", Kind = RefundKind.Refund, Currency = "USD", Amount = 1_000,
    };

    /// <summary>An instant of the 29 days that a journey lasts.</summary>
    private static Timestamp At(double part) => Begin + TimeSpan.FromDays(29 * part);

    /// <summary>A campaign whose creators have a link and an agreement each.</summary>
    public static IReadOnlyList<ICatalogItem> Items { get; } =
    [
        new BrandItem("default", "Default"), new CampaignItem("spring", "Spring"),
        .. Creators.Select(creator => new CreatorItem(creator, creator)),
        .. Creators.Select(creator => new LinkItem(creator, creator, "https://shop.example/", "spring", creator)),
        .. Creators.Select(creator => new AgreementItem(creator, "spring", creator, new CommissionItem("percent_of_net", Rate: 10))),
    ];
}
