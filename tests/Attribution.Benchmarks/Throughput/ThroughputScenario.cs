using System.Diagnostics;
using System.Globalization;
using Attribution.Simulator;

namespace Attribution.Benchmarks.Throughput;

/// <summary>
/// From the first request to the last event committed, everything on this machine, whoever posts included: the product and the hand-written minimum
/// (<see cref="MinimumPipeline"/>) in turn, three times each, fresh every time, after a warm-up of twice as many events, by when neither compiles any more; every number of the
/// product's rollups is compared with the simulator's truth afterwards. What each role and each table costs is <see cref="ServerScenario"/>'s to say. Two shapes: NDJSON of 100 over 16 connections, and events one by one over 64. Each line is the run of median speed.
/// </summary>
internal static class ThroughputScenario
{
    private const int Runs = 3;
    private static readonly DateOnly First = new(2026, 3, 1);

    private static readonly (string Name, bool Broker, Func<Task<PipelineUnderTest>> StartAsync)[] Contestants =
    [
        ("minimum over RabbitMQ", true, async () => await MinimumPipelineProcess.StartAsync(overBroker: true, store: true)),
        ("the same, no store", true, async () => await MinimumPipelineProcess.StartAsync(overBroker: true, store: false)),
        ("Attribution over RabbitMQ", true, async () => await AttributionPipeline.StartAsync(overBroker: true)),
        ("minimum, no broker", false, async () => await MinimumPipelineProcess.StartAsync(overBroker: false, store: true)),
        ("Attribution embedded", false, async () => await AttributionPipeline.StartAsync(overBroker: false)),
    ];

    /// <summary>Batches of 100.</summary>
    /// <param name="only">Part of the names of those that run; null: all.</param>
    /// <param name="market">The kind of the market.</param>
    public static Task BatchesAsync(string? only, MarketKind market) => RunAsync(only, market, people: 25_000, perRequest: 100, connections: 16);

    /// <summary>One event a request.</summary>
    /// <param name="only">Part of the names of those that run; null: all.</param>
    /// <param name="market">The kind of the market.</param>
    public static Task SinglesAsync(string? only, MarketKind market) => RunAsync(only, market, people: 8_000, perRequest: 1, connections: 64);

    private static async Task RunAsync(string? only, MarketKind kind, int people, int perRequest, int connections)
    {
        var contestants = Array.FindAll(Contestants, one => only is null || one.Name.Contains(only, StringComparison.Ordinal));
        if (contestants.Length == 0) throw new ArgumentException($"Nobody is called '{only}': {string.Join(", ", Contestants.Select(one => one.Name))}.");
        var market = Market.Create(7, First, new MarketOptions { Kind = kind, People = people, BrandId = "m" });
        var warm = Market.Create(8, First, new MarketOptions { Kind = kind, People = 2 * people, BrandId = "w" });
        var (bodies, warming) = (HttpLoad.Bodies(market.Events, perRequest), HttpLoad.Bodies(warm.Events, perRequest));
        Console.WriteLine($"{market.Events.Count:N0} events of {market.Events.Sum(line => line.Length) / market.Events.Count} bytes, {perRequest} a request, {connections} connections");
        var runs = contestants.ToDictionary(one => one.Name, _ => new List<Result>());
        for (var run = 0; run < Runs; run++)
        {
            foreach (var (name, _, startAsync) in contestants)
            {
                runs[name].Add(await MeasureAsync(startAsync, market, bodies, warm, warming, connections));
                await Console.Error.WriteLineAsync($"run {run + 1} of {Runs}, {name}: {runs[name][^1].Committed:N0}");
            }
        }

        Console.WriteLine($"{"",-26} {"events/s",9} {"ratio",6} {"answered/s",10}  {"cpu µs",7} {"broker",7} {"written B",9} {"broker",7} {"peak MB",7}   all runs");
        foreach (var (name, broker, _) in contestants)
        {
            var median = Median(runs[name]);
            var minimum = Median(runs[contestants.First(one => one.Broker == broker).Name]);
            var events = market.Events.Count;
            Console.WriteLine(
                $"{name,-26} {median.Committed,9:N0} {median.Committed / minimum.Committed,6:N2} {median.Answered,10:N0}  {1e6 * median.Own.Cpu / events,7:N1} {1e6 * median.Broker.Cpu / events,7:N1} "
                + $"{median.Own.Written / events,9:N0} {median.Broker.Written / events,7:N0} {median.Own.PeakMegabytes,7:N0}   {string.Join(' ', runs[name].Select(one => one.Committed.ToString("N0", CultureInfo.InvariantCulture)))}");
        }
    }

    private static Result Median(List<Result> runs) => runs.OrderBy(run => run.Committed).ElementAt(runs.Count / 2);

    private static async Task<Result> MeasureAsync(Func<Task<PipelineUnderTest>> startAsync, Market market, byte[][] bodies, Market warm, byte[][] warming, int connections)
    {
        await using var contestant = await startAsync();
        await contestant.PrepareAsync(warm, market);
        await HttpLoad.PostAsync(contestant.Http, warming, connections);
        await contestant.CommittedAsync(warm);

        var (own, broker) = (ResourceUsage.ForProcesses([contestant.ProcessId]), ResourceUsage.ForProcesses(contestant.BrokerIds));
        var began = Stopwatch.GetTimestamp();
        var answered = await HttpLoad.PostAsync(contestant.Http, bodies, connections);
        await contestant.CommittedAsync(market);
        var committed = Stopwatch.GetElapsedTime(began);
        var result = new Result(
            market.Events.Count / committed.TotalSeconds, market.Events.Count / answered.TotalSeconds,
            ResourceUsage.ForProcesses([contestant.ProcessId]).Since(own), ResourceUsage.ForProcesses(contestant.BrokerIds).Since(broker));
        await contestant.CheckAsync(market);
        return result;
    }

    /// <summary>Events a second, to the last commit and to the last answer, and what was used.</summary>
    private sealed record Result(double Committed, double Answered, ResourceUsage Own, ResourceUsage Broker);
}
