// What parts of the engine cost, scenario by scenario: dotnet run -c Release --project tests/Attribution.Benchmarks -- journey
// Not part of the tests: a machine under load is slower, and that is no fault.
using Attribution.Benchmarks;

var scenarios = new SortedDictionary<string, Func<Task>>(StringComparer.Ordinal)
{
    ["fit"] = () => Task.Run(FitScenario.Run),
    ["journey"] = () => Task.Run(JourneyScenario.Run),
    ["redirect"] = RedirectScenario.RunAsync,
    ["stored"] = StoredScenario.RunAsync,
};

if (args is not [var name] || !scenarios.TryGetValue(name, out var run))
{
    Console.Error.WriteLine($"Name one scenario of {string.Join(", ", scenarios.Keys)}.");
    return 2;
}

await run();
return 0;
