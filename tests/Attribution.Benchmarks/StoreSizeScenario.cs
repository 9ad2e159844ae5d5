using System.Diagnostics;
using System.Globalization;
using System.Text;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Storage.Journeys;
using Attribution.Storage.Sqlite;

namespace Attribution.Benchmarks;

/// <summary>
/// What an event costs, and what a question, when 0, 1 million and 10 million events are stored in one SQLite file: aliases and journeys read, planned,
/// committed with packs, ledger and deltas, 2,000 events a commit, and folded. Half of the events are clicks of people never seen before, half are orders
/// under numbers in no order, once of people seen at any time, which is the worst there is, and once of the last 100,000 people. Wall clock is the
/// median of five rounds of 20,000 events, the rest what all five came to. Processor time is that of this process, and little shifted by a busy
/// neighbour; the bytes are those it gave the operating system to write, the log's copy into the file included. At last the packs are forgotten,
/// as by a retention that is over for all of them.
/// </summary>
internal static class StoreSizeScenario
{
    private const int EventsPerCommit = 2_000;
    private const int EventsPerFill = 20_000;
    private const int CommitsPerRound = 10;
    private const int Rounds = 5;
    private const int Questions = 501;
    private static readonly int[] Sizes = [0, 1_000_000, 10_000_000];
    private static readonly Timestamp Begin = Timestamp.From(new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));

    /// <param name="most">Sizes beyond it are left out.</param>
    public static async Task RunAsync(int most)
    {
        var folder = Directory.CreateTempSubdirectory("attribution-stored-");
        try
        {
            var file = new FileInfo(Path.Combine(folder.FullName, "attribution.db"));
            await using var store = await SqliteStore.OpenAsync(new() { Path = file.FullName }, default);
            await store.Catalog.WriteChangeAsync(new() { ExpectedVersion = 0, Puts = [.. JourneyScenario.Items.Select(item => KeyValuePair.Create(CatalogKinds.RefOf(item), item))], At = Begin }, default);
            var market = new EventStream(store, CatalogSnapshot.Create(await store.Catalog.LoadCatalogAsync(default)));
            var none = new Dictionary<int, Cost>();
            foreach (var size in Sizes.TakeWhile(size => size <= most))
            {
                while (market.Events < size) await market.CommitAsync(EventsPerFill, int.MaxValue);
                foreach (var reach in (int[])[int.MaxValue, 100_000])
                {
                    var from = market.Events;
                    var cost = await market.MeasureAsync(reach);
                    none.TryAdd(reach, cost);
                    var ratio = cost.All / none[reach].All;
                    if (size == 0 && reach == int.MaxValue)
                        Console.WriteLine($"{"stored",10} {"orders of",10} {"µs/event",9} {"ratio",6}  {"load",6} {"plan",6} {"commit",6} {"fold",6} {"cpu µs",7} {"ratio",6} {"written B",9} {"ratio",6}");
                    Console.WriteLine(
                        $"{from,10:N0} {(reach == int.MaxValue ? "anyone" : "the latest"),10} {cost.All,9:N1} {ratio,6:N2}  {cost.Load,6:N1} {cost.Plan,6:N1} {cost.Commit,6:N1} {cost.Fold,6:N1} {cost.Cpu,7:N1} {cost.Cpu / none[reach].Cpu,6:N2} {cost.Written,9:N0} {cost.Written / none[reach].Written,6:N2}");
                }
                await AskAsync(store, market, file);
            }

            await ForgetAsync(store, market, file);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task AskAsync(SqliteStore store, EventStream market, FileInfo file)
    {
        var today = DateOnly.FromDateTime(market.Now.ToDateTimeOffset().UtcDateTime);
        var early = (await store.Ledger.ReadLedgerPageAsync("default", null, 1, default)).Cursor;
        file.Refresh();
        Console.WriteLine(
            $"{market.Events,10:N0}   a question, median µs: a person's journey {await TimeAsync(() => store.Journeys.FindByAliasAsync(new("default", market.AnyVisitor()), default)):N0}, "
            + $"an order's ledger lines {await TimeAsync(() => store.Ledger.ReadLedgerAsync("default", market.AnyOrder(), default)):N0}, "
            + $"100 lines for a copy of the ledger {await TimeAsync(() => store.Ledger.ReadLedgerPageAsync("default", early, 100, default)):N0}, "
            + $"rollups of 7 days {await TimeAsync(() => store.Rollups.ReadRollupsAsync("default", today.AddDays(-6), today, null, default)):N0}; "
            + $"file {(double)file.Length / market.Events:N0} B an event; {Environment.WorkingSet >> 20:N0} MB resident");

        static async Task<double> TimeAsync<T>(Func<ValueTask<T>> ask)
        {
            var times = new List<double>();
            for (var i = 0; i < Questions; i++)
            {
                var began = Stopwatch.GetTimestamp();
                await ask();
                times.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
            }
            return times.Order().ElementAt(Questions / 2);
        }
    }

    private static async Task ForgetAsync(SqliteStore store, EventStream market, FileInfo file)
    {
        var began = Stopwatch.GetTimestamp();
        while (await store.Erasures.DeletePacksBeforeAsync(market.Now, default) > 0)
        {
        }
        var forgotten = Stopwatch.GetElapsedTime(began);
        file.Refresh();
        var (length, events) = (file.Length, market.Events);
        var cost = await market.MeasureAsync(100_000);
        file.Refresh();
        Console.WriteLine($"{events,10:N0}   packs forgotten in {forgotten.TotalSeconds:N1} s; {market.Events - events:N0} events more, {cost.Cpu:N1} µs of the processor each, made the file {file.Length - length:N0} B longer");
        began = Stopwatch.GetTimestamp();
        await store.Erasures.CompactAsync(default);
        file.Refresh();
        Console.WriteLine($"{market.Events,10:N0}   compacted in {Stopwatch.GetElapsedTime(began).TotalSeconds:N1} s: file {(double)file.Length / market.Events:N0} B an event");
    }

    /// <summary>Processor time of this process in microseconds, and bytes it gave to be written; the latter 0 where the system does not tell.</summary>
    private static (double Cpu, double Written) Used()
    {
        var written = File.Exists("/proc/self/io") ? File.ReadLines("/proc/self/io").First(line => line.StartsWith("wchar: ", StringComparison.Ordinal))["wchar: ".Length..] : "0";
        return (Environment.CpuUsage.TotalTime.TotalMicroseconds, double.Parse(written, CultureInfo.InvariantCulture));
    }

    /// <summary>Microseconds by step, of the processor, and bytes written.</summary>
    private readonly record struct Cost(double Load, double Plan, double Commit, double Fold, double Cpu, double Written)
    {
        public double All => Load + Plan + Commit + Fold;

        public static Cost operator +(Cost a, Cost b) => new(a.Load + b.Load, a.Plan + b.Plan, a.Commit + b.Commit, a.Fold + b.Fold, a.Cpu + b.Cpu, a.Written + b.Written);

        public static Cost operator *(Cost cost, double times) =>
            new(cost.Load * times, cost.Plan * times, cost.Commit * times, cost.Fold * times, cost.Cpu * times, cost.Written * times);
    }

    /// <summary>People and their events, one commit after the other.</summary>
    private sealed class EventStream(SqliteStore store, CatalogSnapshot catalog)
    {
        private readonly IdGenerator ids = new(TimeProvider.System);
        private readonly Random random = new(1);
        private int people;

        public int Events { get; private set; }

        /// <summary>An event comes each second.</summary>
        public Timestamp Now => Begin + TimeSpan.FromSeconds(Events);

        public string AnyVisitor() => $"v:v{1 + random.Next(people)}";

        /// <summary>The second of each two events is one.</summary>
        public string AnyOrder() => $"o:{Number(2 * (1 + random.Next(Events / 2)))}";

        /// <summary>An event's cost: by median of rounds what is timed, by all of them what is counted. One round goes before.</summary>
        public async Task<Cost> MeasureAsync(int reach)
        {
            var rounds = new List<Cost>();
            var (cpu, written) = (0.0, 0.0);
            for (var round = 0; round <= Rounds; round++)
            {
                if (round == 1) (cpu, written) = Used();
                var cost = new Cost();
                for (var i = 0; i < CommitsPerRound; i++) cost += await CommitAsync(EventsPerCommit, reach);
                if (round > 0) rounds.Add(cost * (1.0 / (CommitsPerRound * EventsPerCommit)));
            }
            var used = Used();
            return rounds.OrderBy(round => round.All).ElementAt(Rounds / 2)
                + new Cost { Cpu = used.Cpu - cpu, Written = used.Written - written } * (1.0 / (Rounds * CommitsPerRound * EventsPerCommit));
        }

        /// <param name="events">How many.</param>
        /// <param name="reach">Orders are of so many people who came last.</param>
        public async Task<Cost> CommitAsync(int events, int reach)
        {
            List<JourneyEvent> happened = [.. Enumerable.Range(0, events).Select(i => i % 2 == 1 ? (JourneyEvent)Order(reach) : Click())];
            var packs = happened.Chunk(500).Select(Pack).ToList();
            var aliases = happened.SelectMany(JourneyPlanner.GetAliases).ToHashSet();

            var began = Stopwatch.GetTimestamp();
            var load = await store.Journeys.LoadJourneysAsync(packs.ConvertAll(pack => pack.PackId), aliases, default);
            var loaded = Stopwatch.GetTimestamp();
            var batch = new JourneyPlanner(load, catalog, ids.Next);
            foreach (var one in happened) batch.Add(one, Begin);
            var commit = batch.ToCommit(Now) with { Packs = packs };
            var planned = Stopwatch.GetTimestamp();
            var outcome = await store.Journeys.CommitAsync(commit, default);
            if (outcome != CommitOutcome.Committed) throw new InvalidOperationException($"The commit ended as {outcome}.");
            var committed = Stopwatch.GetTimestamp();
            while (await store.Rollups.FoldAsync(100, () => Now, default) > 0)
            {
            }
            return new(
                Stopwatch.GetElapsedTime(began, loaded).TotalMicroseconds, Stopwatch.GetElapsedTime(loaded, planned).TotalMicroseconds,
                Stopwatch.GetElapsedTime(planned, committed).TotalMicroseconds, Stopwatch.GetElapsedTime(committed).TotalMicroseconds, 0, 0);
        }

        private Click Click() => new()
        {
            Id = new("bench", $"{++Events}"), Brand = "default", At = Now, Slug = JourneyScenario.Creators[Events % 4], VisitorId = $"v{++people}",
        };

        private ReportedConversion Order(int reach) => new()
        {
            Id = new("bench", $"{++Events}"), Brand = "default", At = Now, Kind = ConversionKind.Order,
            ConversionId = Number(Events), Currency = "USD", Gross = 10_000, Discount = 500, VisitorId = $"v{people - random.Next(Math.Min(people, reach))}",
        };

        /// <summary>Another number for each number, in no order.</summary>
        private static string Number(int of) => unchecked((uint)of * 2_654_435_769u).ToString("x8", CultureInfo.InvariantCulture);

        /// <summary>The archive of the events, about as long as theirs would be.</summary>
        private EventPack Pack(JourneyEvent[] happened) => new()
        {
            PackId = ids.Next(), Schema = EventPack.CurrentSchema, Source = "bench", ReceivedAt = DateTimeOffset.UnixEpoch,
            Events = [.. happened.Select(one => Encoding.UTF8.GetBytes($$"""{"type":"click","id":"{{one.Id.Id}}","occurredAt":"2026-03-01T00:00:00.000Z","slug":"a","visitorId":"{{random.NextInt64():x16}}"}"""))],
        };
    }
}
