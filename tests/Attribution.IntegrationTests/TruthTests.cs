using Attribution.Simulator;
using Attribution.TestKit;
using Attribution.TestKit.Hosts;

namespace Attribution.IntegrationTests;

/// <summary>
/// Comparison of a host's rollups, cell by cell, with the ground truth of the simulator that generated the events.
/// </summary>
public sealed class TruthTests
{
    // In the weeks after this day, daylight saving time begins both in New York and in Berlin.
    internal static readonly DateOnly First = new(2026, 3, 1);
    internal static readonly string[] Models = ["last_touch", "first_touch", "linear"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rollups_equal_the_truth_for_20_seeds_in_any_order_with_duplicates()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.ServeAsync(folder.Path, Token, DocumentedExample.Horizon);

        var posted = new List<(Market Market, IReadOnlyList<string> Lines)>();
        for (var seed = 0; seed < 20; seed++)
        {
            var market = Make(seed, $"s{seed}");
            posted.Add((market, market.Events));
        }

        for (var seed = 0; seed < 6; seed++)
        {
            var (shuffled, doubled) = (Make(seed, $"s{seed}shuffled"), Make(seed, $"s{seed}doubled"));
            posted.Add((shuffled, shuffled.Shuffled(seed)));
            posted.Add((doubled, doubled.Duplicated(seed)));
        }

        var items = posted.SelectMany(entry => entry.Market.Catalog);
        await host.ImportAsync(items.GroupBy(item => item.Kind).SelectMany(kind => kind), Token);
        foreach (var (_, lines) in posted) await host.PostEventsAsync(lines, Token);
        await host.WaitUntilSettledAsync(Token);

        foreach (var (market, _) in posted)
            foreach (var model in Models)
                await ShouldEqualTruthAsync(host, market, model);

        Market Make(int seed, string brand) =>
            Market.Create(seed, First, new MarketOptions { People = 150, BrandId = brand });
    }

    [Fact]
    public async Task Events_before_their_catalog_are_credited_when_it_arrives()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.ServeAsync(folder.Path, Token, DocumentedExample.Horizon);
        var market = Market.Create(21, First, new MarketOptions { People = 300 });

        await host.ImportAsync(market.Catalog.Where(item => item.Kind is "brands"), Token);
        await host.PostEventsAsync(market.Shuffled(1), Token);
        await host.ImportAsync(market.Catalog, Token);
        await host.WaitUntilSettledAsync(Token);

        await ShouldEqualTruthAsync(host, market, "last_touch");
    }

    internal static async Task ShouldEqualTruthAsync(HostProcess host, Market market, string model)
    {
        var differences = await RollupComparison.DifferencesAsync(host, market, model, Token);
        differences.ShouldBeEmpty(
            $"seed {market.Seed}, brand {market.BrandId}, {market.TimeZone}, {market.Currency}, {model}: "
            + $"{differences.Count} cells differ{Environment.NewLine}"
            + string.Join(Environment.NewLine, differences.Take(40)));
    }
}
