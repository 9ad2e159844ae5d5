using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Attribution.Simulator;

namespace Attribution.Benchmarks.Throughput;

/// <summary>
/// From an event's 202 until a rollup shows it, at 5,000 events a second sent when they are due in batches of 100, for half a minute, embedded and over
/// RabbitMQ. Ten times a second an order of a brand of its own is posted with them; that brand's rollup is asked for its orders twenty times a second.
/// </summary>
internal static class LagScenario
{
    private const int Rate = 5_000;
    private const int PerRequest = 100;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MarkEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync()
    {
        var market = Market.Create(10, new DateOnly(2026, 3, 1), new MarketOptions { People = 1 + (int)(Rate * Duration.TotalSeconds / 4.5), BrandId = "m" });
        var bodies = HttpLoad.Bodies(market.Events, PerRequest);
        Console.WriteLine($"{"",-15} {"events/s",9} {"marks",6} {"p50 s",6} {"p95 s",6} {"max s",6} {"peak MB",8}");
        foreach (var broker in (bool[])[false, true])
        {
            await using var product = await AttributionPipeline.StartAsync(broker);
            await product.PrepareAsync(market);
            var seen = new ConcurrentQueue<long>();
            var began = Stopwatch.GetTimestamp();
            using var over = new CancellationTokenSource();
            var watching = WatchAsync(product.Http, seen, over.Token);
            var (sent, marks) = await SendAsync(product.Http, bodies);
            var sending = Stopwatch.GetElapsedTime(began);
            while (seen.Count < marks.Count) await Task.Delay(AskEvery);
            await over.CancelAsync();
            await watching;
            var lags = marks.Order().Zip(seen, (answered, visible) => Stopwatch.GetElapsedTime(answered, Math.Max(answered, visible)).TotalSeconds).Order().ToArray();
            Console.WriteLine(
                $"{(broker ? "over RabbitMQ" : "embedded"),-15} {sent * PerRequest / sending.TotalSeconds,9:N0} {lags.Length,6} {lags[lags.Length / 2],6:N2} {lags[(int)(lags.Length * 0.95)],6:N2} {lags[^1],6:N2} {ResourceUsage.ForProcesses([product.ProcessId]).PeakMegabytes,8:N0}");
        }
    }

    /// <summary>Sends each request when it is due; answers how many, and when each mark was answered 202.</summary>
    private static async Task<(int Sent, IReadOnlyCollection<long> Marks)> SendAsync(HttpClient http, byte[][] bodies)
    {
        var (sent, marked, underWay, marks) = (0, 0, new List<Task>(), new ConcurrentBag<long>());
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) is var passed && passed < Duration && sent < bodies.Length; await Task.Delay(1))
        {
            for (; sent < passed.TotalSeconds * Rate / PerRequest && sent < bodies.Length; sent++) underWay.Add(HttpLoad.PostAsync(http, bodies[sent]));
            if (passed >= MarkEvery * marked) underWay.Add(MarkAsync(string.Create(CultureInfo.InvariantCulture, $"mark-{++marked}")));
        }

        await Task.WhenAll(underWay);
        return (sent, marks);

        async Task MarkAsync(string id)
        {
            await HttpLoad.PostAsync(http, CommitMarkers.Order("ends", id));
            marks.Add(Stopwatch.GetTimestamp());
        }
    }

    /// <summary>For each mark in turn, when the rollup first counted it.</summary>
    private static async Task WatchAsync(HttpClient http, ConcurrentQueue<long> seen, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            using var answer = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync(new Uri("/v1/rollups/daily?from=2026-03-03&to=2026-03-03&brand=ends", UriKind.Relative), CancellationToken.None));
            var orders = answer.RootElement.GetProperty("totals").GetProperty("orders").GetInt64();
            for (var now = Stopwatch.GetTimestamp(); seen.Count < orders;) seen.Enqueue(now);
            await Task.Delay(AskEvery, CancellationToken.None);
        }
    }
}
