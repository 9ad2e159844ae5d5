using System.Collections.Concurrent;
using System.Diagnostics;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Laws;

/// <summary>
/// Laws of attribution over random markets, compared with a twin that was written from the specification only. The
/// seeds are fixed, so that every run is the same; <c>ATTRIBUTION_LAW_CASES</c> sets the number of seeds of the short
/// test and <c>ATTRIBUTION_LAW_SEED</c> the first one (100,000 cases take about an hour on two cores). A failure prints
/// its seed and the smallest market that breaks the law.
/// </summary>
public sealed class AttributionLawTests
{
    [Fact]
    public Task Laws_hold_for_random_markets_in_any_order_of_arrival() =>
        CheckAsync(Number("ATTRIBUTION_LAW_SEED", 1), Number("ATTRIBUTION_LAW_CASES", 400));

    [Fact]
    [Trait("Category", "Long")]
    public Task Laws_hold_for_thousands_of_random_markets() => CheckAsync(401, 4_000);

    private static async Task CheckAsync(int first, int count)
    {
        var breaches = new ConcurrentDictionary<int, Violation>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var folder = new TempFolder();
        var check = await LawCheck.CreateAsync(folder, enough.Token);
        var clock = Stopwatch.StartNew();
        var checkedCases = 0;
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(first, count), enough.Token, async (seed, cancellation) =>
            {
                if (await check.RunAsync(LawCases.Create(seed), cancellation) is { } breach && breaches.TryAdd(seed, breach)) await enough.CancelAsync();
                Interlocked.Increment(ref checkedCases);
            });
        }
        catch (OperationCanceledException) when (!breaches.IsEmpty)
        {
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{checkedCases} cases from seed {first} in {clock.Elapsed}");
        if (breaches.IsEmpty) return;

        var (broken, how) = breaches.MinBy(breach => breach.Key);
        var (smallest, breach) = await CaseShrinker.ShrinkAsync(
            check, LawCases.Create(broken), how, TestContext.Current.CancellationToken);
        Assert.Fail($"""
            Broken: {breach.Law}. Once more: ATTRIBUTION_LAW_SEED={broken} ATTRIBUTION_LAW_CASES=1
            {breach.Details}

            The smallest market that breaks it:
            {smallest}
            """);
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
