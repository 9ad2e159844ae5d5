using System.Diagnostics;
using Attribution.Simulator;
using Attribution.TestKit;
using Attribution.TestKit.Brokers;
using Attribution.TestKit.Hosts;

namespace Attribution.Benchmarks.Throughput;

/// <summary>
/// Attributing alone: all messages wait on the broker, then one process with the role attribute starts. From its first message, cold as it is, to the last
/// commit; then one with the role rollup folds what that left. Three times, each fresh; the numbers are compared with the simulator's truth afterwards.
/// </summary>
internal static class BacklogScenario
{
    private const int Runs = 3;

    public static async Task RunAsync()
    {
        var market = Market.Create(9, new DateOnly(2026, 3, 1), new MarketOptions { People = 40_000, BrandId = "m" });
        var bodies = HttpLoad.Bodies(market.Events, 100);
        Console.WriteLine($"{market.Events.Count:N0} events");
        Console.WriteLine($"{"attributed/s",12} {"cpu µs",7} {"peak MB",8}  {"folded/s",9} {"cpu µs",7}");
        for (var run = 0; run < Runs; run++)
        {
            await using var broker = await Broker.StartAsync(default);
            await using var installation = await HostCluster.StartAsync(broker, ["ingest-1", "report-1"], default, AttributionPipeline.Horizon);
            await installation.Report.ImportAsync(market.Catalog, default);
            await installation.Report.PutAsync("brands", "ends", """{"id":"ends","name":"Ends"}""", default);
            using var http = HttpLoad.Client(installation.Ingest.Http.BaseAddress!);
            await HttpLoad.PostAsync(http, bodies, 16);
            await HttpLoad.PostAsync(http, CommitMarkers.Order("ends", "end"));

            var attribute = await installation.StartAsync("attribute-1", default, ready: false);
            var (began, used) = (Stopwatch.GetTimestamp(), ResourceUsage.ForProcesses([attribute.Id]));
            await Eventually.IsTrueAsync(() => CommitMarkers.IsCommittedAsync(installation.Report.Http, "ends", "end"), TimeSpan.FromMinutes(10), () => attribute.Output, default);
            var (attributed, attributing) = (Stopwatch.GetElapsedTime(began), ResourceUsage.ForProcesses([attribute.Id]).Since(used));

            var rollup = await installation.StartAsync("rollup-1", default, ready: false);
            (began, used) = (Stopwatch.GetTimestamp(), ResourceUsage.ForProcesses([rollup.Id]));
            await installation.WaitUntilSettledAsync(default);
            var (folded, folding) = (Stopwatch.GetElapsedTime(began), ResourceUsage.ForProcesses([rollup.Id]).Since(used));

            var differences = await RollupComparison.DifferencesAsync(installation.Report, market, "last_touch", default);
            if (differences.Count > 0) throw new InvalidOperationException($"The rollups are not the truth: {differences[0]}");
            var events = market.Events.Count;
            Console.WriteLine(
                $"{events / attributed.TotalSeconds,12:N0} {1e6 * attributing.Cpu / events,7:N1} {attributing.PeakMegabytes,8:N0}  {events / folded.TotalSeconds,9:N0} {1e6 * folding.Cpu / events,7:N1}");
        }
    }
}
