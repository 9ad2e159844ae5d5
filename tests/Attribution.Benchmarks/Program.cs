// What it costs, scenario by scenario: dotnet run -c Release --project tests/Attribution.Benchmarks -- journey
// Not part of the tests: a machine under load is slower, and that is no fault.
using System.Globalization;
using Attribution.Benchmarks;
using Attribution.Benchmarks.Throughput;

if (args is ["minimum", .. var minimum])
{
    await MinimumPipeline.RunAsync(minimum);
    return 0;
}

var scenarios = new SortedDictionary<string, Func<Task>>(StringComparer.Ordinal)
{
    ["batches"] = ThroughputScenario.BatchesAsync,
    ["fit"] = () => Task.Run(FitScenario.Run),
    ["journey"] = () => Task.Run(JourneyScenario.Run),
    ["lag"] = LagScenario.RunAsync,
    ["pages"] = () => PagesScenario.RunAsync(args.ElementAtOrDefault(1), args.ElementAtOrDefault(2) ?? ""),
    ["queued"] = QueuedScenario.RunAsync,
    ["redirect"] = RedirectScenario.RunAsync,
    ["server"] = ServerScenario.RunAsync,
    ["shards"] = () => Task.Run(ShardsScenario.Run),
    ["singles"] = ThroughputScenario.SinglesAsync,
    ["start"] = StartScenario.RunAsync,
    ["stored"] = () => StoredScenario.RunAsync(args is [_, var most] ? int.Parse(most, CultureInfo.InvariantCulture) : int.MaxValue),
};

if (args is not [var name, .. var rest] || rest.Length > name switch { "stored" => 1, "pages" => 2, _ => 0 } || !scenarios.TryGetValue(name, out var run))
{
    Console.Error.WriteLine($"Name one scenario of {string.Join(", ", scenarios.Keys)}.");
    return 2;
}

await run();
return 0;
