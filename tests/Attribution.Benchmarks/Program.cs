// What it costs, scenario by scenario: dotnet run -c Release --project tests/Attribution.Benchmarks -- journey
// Not part of the tests: a machine under load is slower, and that is no fault.
using System.Globalization;
using Attribution.Benchmarks;
using Attribution.Benchmarks.Throughput;
using Attribution.Simulator;

if (args is ["minimum", .. var minimum])
{
    await MinimumPipeline.RunAsync(minimum);
    return 0;
}

// batches and singles: --market shop measures the traffic of a real shop, where 1 to 4 % of the visitors buy.
var market = MarketKind.Laws;
if (Array.IndexOf(args, "--market") is >= 0 and var option)
{
    if (!Enum.TryParse(args.ElementAtOrDefault(option + 1), ignoreCase: true, out market))
    {
        Console.Error.WriteLine("--market is laws or shop.");
        return 2;
    }

    args = [.. args[..option], .. args[(option + 2)..]];
}

// Part of the names of those to measure, or how many events to store.
var argument = args.ElementAtOrDefault(1);
var scenarios = new SortedDictionary<string, Func<Task>>(StringComparer.Ordinal)
{
    ["batches"] = () => ThroughputScenario.BatchesAsync(argument, market),
    ["fit"] = () => Task.Run(FitScenario.Run),
    ["journey"] = () => Task.Run(JourneyScenario.Run),
    ["lag"] = LagScenario.RunAsync,
    ["pages"] = () => PagesScenario.RunAsync(args.ElementAtOrDefault(1), args.ElementAtOrDefault(2) ?? ""),
    ["queued"] = BacklogScenario.RunAsync,
    ["redirect"] = RedirectScenario.RunAsync,
    ["server"] = ServerScenario.RunAsync,
    ["shards"] = () => Task.Run(ShardsScenario.Run),
    ["singles"] = () => ThroughputScenario.SinglesAsync(argument, market),
    ["start"] = StartScenario.RunAsync,
    ["stored"] = () => StoreSizeScenario.RunAsync(argument is null ? int.MaxValue : int.Parse(argument, CultureInfo.InvariantCulture)),
};

if (args is not [var name, .. var rest] || rest.Length > name switch { "batches" or "singles" or "stored" => 1, "pages" => 2, _ => 0 } || !scenarios.TryGetValue(name, out var run))
{
    Console.Error.WriteLine($"Name one scenario of {string.Join(", ", scenarios.Keys)}.");
    return 2;
}

await run();
return 0;
