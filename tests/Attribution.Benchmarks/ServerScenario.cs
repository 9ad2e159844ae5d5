using System.Diagnostics;
using System.Globalization;
using Attribution.Simulator;
using Attribution.TestKit.Brokers;
using Attribution.TestKit.Hosts;
using Microsoft.Data.Sqlite;

namespace Attribution.Benchmarks;

/// <summary>
/// What an event costs in server mode: a private RabbitMQ and a process a role over one SQLite store, to which the simulator's market is posted, 100 events
/// a request, by eight senders at once. First a part while nobody attributes, to see what lies with the broker; then the rest with all roles at work: processor
/// time and bytes written of every process, what the store has grown by, table by table, an event, and what processors that comes to at greater rates.
/// </summary>
internal static class ServerScenario
{
    private const string WholeFile = "whole file";
    private const int People = 20_000;
    private const int Senders = 8;
    private const int PerRequest = 100;
    private const double Use = 0.6;

    public static async Task RunAsync()
    {
        if (Broker.MissingReason is { } missing) throw new InvalidOperationException(missing);
        var market = Market.Create(7, DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-90), new MarketOptions { People = People });
        var first = market.Events.Count / 5;
        var (lying, rest) = (market.Events.Take(first).ToList(), market.Events.Skip(first).ToList());

        await using var broker = await Broker.StartAsync(default);
        await using var installation = await HostCluster.StartAsync(broker, ["ingest-1", "report-1"], default);
        await installation.Report.ImportAsync(market.Catalog, default);
        await PostAsync(installation, lying);
        var waiting = await WaitingAsync(broker);
        Console.WriteLine($"with the broker while nobody attributes: {waiting.Messages:N0} messages of {lying.Count / (double)waiting.Messages:N0} events, {waiting.Bytes / (double)lying.Count:N0} B an event (as JSON: {lying.Average(line => line.Length):N0} B)");

        await Task.WhenAll(installation.StartAsync("attribute-1", default), installation.StartAsync("rollup-1", default));
        await installation.WaitUntilSettledAsync(default);
        var (before, stored) = (Used(broker, installation), Tables(installation));
        var clock = Stopwatch.StartNew();
        await PostAsync(installation, rest);
        var accepted = clock.Elapsed;
        await installation.WaitUntilSettledAsync(default);
        var (after, storedThen) = (Used(broker, installation), Tables(installation));

        double n = rest.Count;
        Console.WriteLine($"{rest.Count:N0} events: {n / accepted.TotalSeconds:N0} a second accepted, {n / clock.Elapsed.TotalSeconds:N0} a second to the last rollup, on {Environment.ProcessorCount} processors for everything, senders included");
        Console.WriteLine($"{"process",-14} {"processor µs",13} {"written B",10}   an event");
        foreach (var (name, used) in after) Console.WriteLine($"{name,-14} {Microseconds(name),13:N1} {(used.Written - before[name].Written) / n,10:N0}");
        Console.WriteLine($"{"together",-14} {after.Keys.Sum(Microseconds),13:N1} {after.Sum(one => one.Value.Written - before[one.Key].Written) / n,10:N0}");
        Console.WriteLine($"{"table",-14} {"stored B",10}   an event");
        foreach (var (name, bytes) in storedThen.Select(one => (one.Key, one.Value - stored.GetValueOrDefault(one.Key))).OrderByDescending(one => one.Item2))
            if (bytes / n >= 1) Console.WriteLine($"{name,-14} {bytes / n,10:N0}");
        Console.WriteLine($"{"events/s",10} {"ingest",10} {"attribute",10} {"rollup, report",15} {"broker",10}   processors like these at {Use:P0}, the ingest twice");
        foreach (var rate in (int[])[1_000, 10_000, 100_000, 1_000_000])
            Console.WriteLine($"{rate,10:N0} {Cores(rate, "ingest-1") * 2,10:N1} {Cores(rate, "attribute-1"),10:N1} {Cores(rate, "rollup-1") + Cores(rate, "report-1"),15:N1} {Cores(rate, "rabbitmq"),10:N1}");

        double Microseconds(string name) => (after[name].Processor - before[name].Processor).TotalMicroseconds / n;

        double Cores(int rate, string name) => rate * Microseconds(name) / 1_000_000 / Use;
    }

    private static Task PostAsync(HostCluster installation, IReadOnlyCollection<string> events) => Task.WhenAll(
        Enumerable.Range(0, Senders).Select(sender => installation.Ingest.PostEventsAsync(events.Chunk(PerRequest).Where((_, i) => i % Senders == sender).SelectMany(chunk => chunk), default, PerRequest)));

    private static async Task<(long Messages, long Bytes)> WaitingAsync(Broker broker)
    {
        var bytes = await broker.ControlAsync(default, "--quiet", "eval",
            "{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, <<\"attribution.attribute\">>)), {ok, {_, #{enqueue_message_bytes := B}}, _} = ra:leader_query(amqqueue:get_pid(Q), fun rabbit_fifo:overview/1), B.");
        return (await broker.CountMessagesAsync("attribution.attribute", default), long.Parse(bytes, CultureInfo.InvariantCulture));
    }

    private static SortedDictionary<string, (TimeSpan Processor, long Written)> Used(Broker broker, HostCluster installation)
    {
        var used = new SortedDictionary<string, (TimeSpan, long)>(StringComparer.Ordinal);
        foreach (var name in (string[])["ingest-1", "attribute-1", "rollup-1", "report-1"]) used[name] = Of(installation[name].Id);
        used["rabbitmq"] = Of(broker.ProcessIds.First());
        return used;

        static (TimeSpan, long) Of(int id)
        {
            using var process = Process.GetProcessById(id);
            var written = File.ReadLines($"/proc/{id}/io").First(line => line.StartsWith("write_bytes: ", StringComparison.Ordinal))["write_bytes: ".Length..];
            return (process.TotalProcessorTime, long.Parse(written, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Bytes of what the store's tables hold, by table, without their indexes and pages; and of the whole file, with them.</summary>
    private static Dictionary<string, long> Tables(HostCluster installation)
    {
        using var store = new SqliteConnection($"Data Source={installation.StoreFile};Pooling=false");
        store.Open();
        var tables = new Dictionary<string, long> { [WholeFile] = Numbers("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").Single() };
        foreach (var table in Read("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", row => row.GetString(0)))
        {
            var lengths = Read($"SELECT name FROM pragma_table_info('{table}')", row => $"COALESCE(LENGTH(CAST(\"{row.GetString(0)}\" AS BLOB)), 0)");
            tables[table] = Numbers($"SELECT COALESCE(SUM({string.Join(" + ", lengths)}), 0) FROM \"{table}\"").Single();
        }

        return tables;

        List<long> Numbers(string sql) => Read(sql, row => row.GetInt64(0));

        List<T> Read<T>(string sql, Func<SqliteDataReader, T> one)
        {
            using var command = store.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read()) rows.Add(one(reader));
            return rows;
        }
    }
}
