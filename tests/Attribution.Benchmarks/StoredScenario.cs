using System.Diagnostics;
using System.Globalization;
using System.Text;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Values;
using Attribution.Host.Attributing;
using Attribution.Host.Hosting;
using Attribution.Storage;
using Attribution.Storage.Sqlite;

namespace Attribution.Benchmarks;

/// <summary>
/// What an event costs when 0, 100,000 and 1,000,000 journeys are stored in one SQLite file: aliases and journeys read, planned, and
/// committed with packs, ledger and deltas, 2,000 events a commit. Half of the events are clicks of people never seen before, half are orders
/// of people seen at any time. Each line is the median of three rounds of 20,000 events. Processor time is that of this process, and little
/// shifted by a busy neighbour; the bytes are those it gave the operating system to write, the log's copy into the file included.
/// </summary>
internal static class StoredScenario
{
    private const int EventsPerCommit = 2_000;
    private const int CommitsPerRound = 10;
    private const int Rounds = 3;
    private static readonly int[] Sizes = [0, 100_000, 1_000_000];
    private static readonly Timestamp Begin = Timestamp.From(new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("attribution-stored-");
        try
        {
            await using var store = await SqliteStore.OpenAsync(new() { Path = Path.Combine(folder.FullName, "attribution.db") }, default);
            await store.WriteAsync(new() { ExpectedVersion = 0, Puts = [.. JourneyScenario.Items.Select(item => KeyValuePair.Create(CatalogKinds.RefOf(item), item))], At = Begin }, default);
            var market = new Market(store, Catalog.From(await store.LoadAsync(default)));
            Cost? first = null;
            Console.WriteLine($"{"stored",10} {"µs/event",9} {"ratio",6}  {"load",6} {"plan",6} {"commit",6} {"cpu µs",7} {"ratio",6} {"written B",9}");
            foreach (var size in Sizes)
            {
                while (market.Journeys < size) await market.CommitAsync(ordersToo: false);
                var from = market.Journeys;
                for (var i = 0; i < CommitsPerRound; i++) await market.CommitAsync(ordersToo: true);
                var rounds = new List<Cost>();
                for (var round = 0; round < Rounds; round++)
                {
                    var (cpu, written) = Used();
                    var cost = new Cost();
                    for (var i = 0; i < CommitsPerRound; i++) cost += await market.CommitAsync(ordersToo: true);
                    rounds.Add((cost + new Cost { Cpu = Used().Cpu - cpu, Written = Used().Written - written }) * (1.0 / (CommitsPerRound * EventsPerCommit)));
                }

                var median = rounds.OrderBy(round => round.All).ElementAt(Rounds / 2);
                var none = first ??= median;
                Console.WriteLine(
                    $"{from,10:N0} {median.All,9:N1} {median.All / none.All,6:N2}  {median.Load,6:N1} {median.Plan,6:N1} {median.Commit,6:N1} {median.Cpu,7:N1} {median.Cpu / none.Cpu,6:N2} {median.Written,9:N0}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Processor time of this process in microseconds, and bytes it gave to be written; the latter 0 where the system does not tell.</summary>
    private static (double Cpu, double Written) Used()
    {
        var written = File.Exists("/proc/self/io") ? File.ReadLines("/proc/self/io").First(line => line.StartsWith("wchar: ", StringComparison.Ordinal))["wchar: ".Length..] : "0";
        return (Environment.CpuUsage.TotalTime.TotalMicroseconds, double.Parse(written, CultureInfo.InvariantCulture));
    }

    /// <summary>Microseconds by step, of the processor, and bytes written.</summary>
    private readonly record struct Cost(double Load, double Plan, double Commit, double Cpu, double Written)
    {
        public double All => Load + Plan + Commit;

        public static Cost operator +(Cost a, Cost b) => new(a.Load + b.Load, a.Plan + b.Plan, a.Commit + b.Commit, a.Cpu + b.Cpu, a.Written + b.Written);

        public static Cost operator *(Cost cost, double times) => new(cost.Load * times, cost.Plan * times, cost.Commit * times, cost.Cpu * times, cost.Written * times);
    }

    /// <summary>People and their events, one commit after the other.</summary>
    private sealed class Market(SqliteStore store, Catalog catalog)
    {
        private readonly IdSource ids = new(TimeProvider.System);
        private readonly Random random = new(1);
        private int events;

        public int Journeys { get; private set; }

        public async Task<Cost> CommitAsync(bool ordersToo)
        {
            List<JourneyEvent> happened = [.. Enumerable.Range(0, EventsPerCommit).Select(i => ordersToo && i % 2 == 1 ? (JourneyEvent)Order() : Click())];
            var packs = happened.Chunk(500).Select(Pack).ToList();
            var aliases = happened.SelectMany(JourneyBatch.AliasesOf).ToHashSet();

            var began = Stopwatch.GetTimestamp();
            var load = await store.LoadAsync(packs.ConvertAll(pack => pack.PackId), aliases, default);
            var loaded = Stopwatch.GetTimestamp();
            var batch = new JourneyBatch(load, catalog, ids);
            foreach (var one in happened) batch.Take(one, Begin);
            var commit = batch.ToCommit(Begin) with { Packs = packs };
            var planned = Stopwatch.GetTimestamp();
            var outcome = await store.CommitAsync(commit, default);
            if (outcome != CommitOutcome.Committed) throw new InvalidOperationException($"The commit ended as {outcome}.");
            return new(
                Stopwatch.GetElapsedTime(began, loaded).TotalMicroseconds, Stopwatch.GetElapsedTime(loaded, planned).TotalMicroseconds,
                Stopwatch.GetElapsedTime(planned).TotalMicroseconds, 0, 0);
        }

        private Click Click() => new()
        {
            Id = new("bench", $"{++events}"), Brand = "default", At = Begin + TimeSpan.FromSeconds(events), Slug = JourneyScenario.Creators[events % 4], VisitorId = $"v{++Journeys}",
        };

        private ConversionStatement Order() => new()
        {
            Id = new("bench", $"{++events}"), Brand = "default", At = Begin + TimeSpan.FromSeconds(events), Kind = ConversionKind.Order,
            ConversionId = $"{events}", Currency = "USD", Gross = 10_000, Discount = 500, VisitorId = $"v{1 + random.Next(Journeys)}",
        };

        /// <summary>The archive of the events, about as long as theirs would be.</summary>
        private EventPack Pack(JourneyEvent[] happened) => new()
        {
            PackId = ids.Next(), Schema = EventPack.CurrentSchema, Source = "bench", ReceivedAt = DateTimeOffset.UnixEpoch,
            Events = [.. happened.Select(one => Encoding.UTF8.GetBytes($$"""{"type":"click","id":"{{one.Id.Id}}","occurredAt":"2026-03-01T00:00:00.000Z","slug":"a","visitorId":"{{random.NextInt64():x16}}"}"""))],
        };
    }
}
