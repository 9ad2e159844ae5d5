using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Attribution.Simulator;

namespace Attribution.Core.Tests.Simulator;

public sealed class MarketTests
{
    private static readonly DateOnly First = new(2026, 3, 1);

    private static Market Small(int seed, int people = 150) => Market.Create(seed, First, new MarketOptions { People = people });

    [Fact]
    public void Same_seed_yields_the_same_market_byte_for_byte()
    {
        var (first, second) = (Small(7), Small(7));

        first.Events.ShouldBe(second.Events);
        first.Catalog.ShouldBe(second.Catalog);
        GroundTruth.CalculateRollups(first).DifferencesTo(GroundTruth.CalculateRollups(second)).ShouldBeEmpty();
    }

    /// <summary>Laws and benchmarks of different builds can be compared only if the market is the same.</summary>
    [Fact]
    public void Market_of_the_laws_never_changes()
    {
        var market = Small(7);
        var text = string.Join('\n', market.Catalog.Select(item => item.Json).Concat(market.Events));

        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))[..8]).ShouldBe("54731c920b7271e8");
    }

    [Fact]
    public void Different_seed_yields_a_different_market() => Small(7).Events.ShouldNotBe(Small(8).Events);

    [Fact]
    public void Events_arrive_out_of_order_and_some_twice()
    {
        var market = Small(3);

        market.Events.Count.ShouldBeGreaterThan(market.EventCount);
        market.Events.Distinct().Count().ShouldBe(market.EventCount);
        market.Duplicated(1).Count.ShouldBe(2 * market.EventCount);
        market.Shuffled(1).ShouldBe(market.Events.Distinct(), ignoreOrder: true);
    }

    [Fact]
    public void Every_line_is_an_object_of_a_known_type_with_a_unique_id()
    {
        var ids = new HashSet<string>();
        foreach (var line in Small(4).Shuffled(1))
        {
            using var json = JsonDocument.Parse(line);
            json.RootElement.GetProperty("type").GetString().ShouldBeOneOf("click", "visit", "redemption", "conversion", "refund", "engagement");
            ids.Add(json.RootElement.GetProperty("id").GetString()!).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("last_touch")]
    [InlineData("first_touch")]
    [InlineData("linear")]
    public void Credited_and_unattributed_sums_equal_the_total(string model)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var truth = GroundTruth.CalculateRollups(Small(seed), model);
            foreach (var measure in (string[])["gross", "discount", "refunds", "refunds.cash", "conversions", "leads"])
                foreach (var day in truth.Cells.Where(cell => cell.Key.Measure == measure).GroupBy(cell => cell.Key.Day))
                    day.Where(cell => cell.Key.Campaign != GroundTruthTable.Total).Sum(cell => cell.Value)
                        .ShouldBe(day.Where(cell => cell.Key.Campaign == GroundTruthTable.Total).Sum(cell => cell.Value), $"seed {seed}, {measure} on {day.Key}");
        }
    }

    [Fact]
    public void Both_views_agree_in_the_end()
    {
        var truth = GroundTruth.CalculateRollups(Small(5, 2000));

        truth.SumOf("refunds").ShouldBe(truth.SumOf("refunds.cash"));
        truth.SumOf("cost.commission").ShouldBe(truth.SumOf("cost.commission.cash"));
        truth.DifferencesTo(truth).ShouldBeEmpty();
    }

    [Fact]
    public void Market_contains_every_kind_of_event()
    {
        var market = Market.Create(2, First);
        var truth = GroundTruth.CalculateRollups(market);
        var lines = string.Join('\n', market.Events);

        foreach (var measure in (string[])
            ["clicks", "uniqueVisitors", "convertedVisitors", "visits", "invalidTouches", "redemptions", "orders", "conversions", "leads", "newCustomers",
             "gross", "discount", "refunds", "cost.fee", "cost.production", "cost.management", "cost.gift", "cost.shipping", "cost.other", "cost.commission", "impressions", "likes"])
            truth.SumOf(measure).ShouldBeGreaterThan(0, measure);
        truth.Cells.ShouldContain(cell => cell.Key.Campaign.Length == 0 && cell.Key.Measure == "orders");
        foreach (var word in (string[])["\"cancel\"", "\"chargeback\"", "\"prefetch\"", "\"head\"", "Googlebot", "\"codes\":[]", "no-such-", "SWAPA", "utm_source", "atr_cid"])
            lines.ShouldContain(word, Case.Sensitive);
        market.Catalog.Count(item => item.Kind == "creators").ShouldBe(40);
        market.Catalog.Count(item => item.Kind == "campaigns").ShouldBe(3);
    }

    [Fact]
    public void Seeds_differ_in_time_zone_and_currency()
    {
        var markets = Enumerable.Range(0, 12).Select(seed => Small(seed, 1)).ToList();

        markets.Select(market => market.TimeZone).Distinct().Count().ShouldBe(3);
        markets.Select(market => market.CurrencyDigits).Distinct().ShouldBe([2, 0, 3]);
    }

    [Fact]
    public void Differing_cell_is_named_with_both_values()
    {
        var (expected, actual) = (new GroundTruthTable(), new GroundTruthTable());
        expected.Add(First, "spring", "mia", "clicks", 2);
        actual.Add(First, "spring", "mia", "clicks", 3);

        expected.DifferencesTo(actual).ShouldBe(["2026-03-01 spring mia clicks: expected 2, got 3"]);
    }
}
