using System.Text.Json;
using Attribution.Simulator;

namespace Attribution.Core.Tests.Simulator;

/// <summary>The market of the demo is as one expects of a real shop.</summary>
public sealed class ShopMarketTests
{
    private static readonly DateOnly First = new(2026, 3, 1);
    private static readonly Market Demo = Market.Create(7, First, new MarketOptions
    {
        Kind = MarketKind.Shop, People = 30_000, TimeZone = "Europe/Berlin", Currency = "EUR",
    });

    private static readonly GroundTruthTable Truth = GroundTruth.CalculateRollups(Demo);

    [Fact]
    public void Same_seed_yields_the_same_market_and_the_same_traffic_after_it()
    {
        var (first, second) = (Small(3), Small(3));

        first.Events.ShouldBe(second.Events);
        first.Catalog.ShouldBe(second.Catalog);
        first.Continue().Take(300).ShouldBe(second.Continue().Take(300));
        Small(4).Events.ShouldNotBe(first.Events);
    }

    [Fact]
    public void Traffic_goes_on_at_the_markets_own_rate_in_order_of_time()
    {
        var end = First.AddDays(60).ToDateTime(default);
        var ids = Demo.Events.Select(IdOf).ToHashSet();
        var week = Demo.Continue().TakeWhile(known => known.At < end.AddDays(7)).ToList();

        week.Select(known => known.At).ShouldBeInOrder();
        week.ShouldAllBe(known => ids.Add(known.Id));
        var perDay = (double)Demo.EventCount / 60;
        (week.Count / 7.0).ShouldBeInRange(0.7 * perDay, 1.5 * perDay);
    }

    [Fact]
    public void One_to_four_of_a_hundred_visitors_buy()
    {
        foreach (var creator in Creators().Where(creator => SumOf(creator, "uniqueVisitors") > 1_000))
        {
            var orders = SumOf(creator, "orders") - SumOf(creator, "redemptions");
            (100.0 * orders / SumOf(creator, "uniqueVisitors")).ShouldBeInRange(0.3, 4, creator);
        }

        (100.0 * Truth.SumOf("orders") / Truth.SumOf("uniqueVisitors")).ShouldBeInRange(1, 8);
    }

    [Fact]
    public void Returns_of_creators_spread_around_that_of_the_brand()
    {
        var returns = Creators().Where(creator => CostOf(creator) > 0).ToDictionary(creator => creator, RoiOf);

        returns.Values.ShouldAllBe(roi => roi >= -100 && roi < 750);
        returns.Values.Count(roi => roi < 0).ShouldBeInRange(3, 14);
        Creators().Count(creator => CostOf(creator) == 0).ShouldBe(1);
        RoiOf(null).ShouldBeInRange(40, 95);
    }

    [Fact]
    public void Engagement_follows_from_reach()
    {
        foreach (var creator in Creators().Where(creator => SumOf(creator, "reach") > 0))
        {
            var reactions = new[] { "likes", "comments", "shares", "saves" }.Sum(measure => SumOf(creator, measure));
            (100.0 * reactions / SumOf(creator, "reach")).ShouldBeInRange(0.5, 6.5, creator);
        }
    }

    [Fact]
    public void Every_day_has_costs_visits_and_orders()
    {
        for (var day = First; day <= Demo.LastDay; day = day.AddDays(1))
            foreach (var measures in new[] { Costs, ["visits"], ["orders"] })
                Truth.Cells.Where(cell => cell.Key.Day == day && measures.Contains(cell.Key.Measure)).Sum(cell => cell.Value)
                    .ShouldBeGreaterThan(0, $"{day} {measures[0]}");
    }

    [Fact]
    public void Agents_buy_with_claims_assistants_read_links_and_subscriptions_renew()
    {
        foreach (var part in (string[])["\"type\":\"referral\"", "\"provider\":\"impact.com\"", "\"parameters\":", "\"expiresAt\":", "\"renewal\":true", "ChatGPT-User"])
            Demo.Events.Count(line => line.Contains(part)).ShouldBeInRange(8, Demo.EventCount / 40, part);

        Truth.SumOf("referrals").ShouldBeGreaterThan(100);
        Truth.SumOf("assistantTouches").ShouldBeGreaterThan(100);
    }

    private static readonly string[] Costs =
        ["cost.fee", "cost.production", "cost.management", "cost.gift", "cost.shipping", "cost.other", "cost.commission"];

    private static Market Small(int seed) => Market.Create(seed, First, new MarketOptions { Kind = MarketKind.Shop, People = 1_000 });

    private static IEnumerable<string> Creators() => Demo.Catalog.Where(item => item.Kind == "creators").Select(item => item.Id);

    private static string IdOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("id").GetString()!;
    }

    private static long SumOf(string? creator, string measure) => Truth.Cells
        .Where(cell => cell.Key.Measure == measure && cell.Key.Day <= Demo.LastDay
            && (creator is null ? cell.Key.Campaign.Length > 0 && cell.Key.Campaign != GroundTruthTable.Total : cell.Key.Creator == creator))
        .Sum(cell => cell.Value);

    private static long CostOf(string? creator) => Costs.Sum(measure => SumOf(creator, measure));

    private static double RoiOf(string? creator)
    {
        var net = SumOf(creator, "gross") - SumOf(creator, "discount") - SumOf(creator, "refunds");
        return 100.0 * (net - CostOf(creator)) / CostOf(creator);
    }
}
