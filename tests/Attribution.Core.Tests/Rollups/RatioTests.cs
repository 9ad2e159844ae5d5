using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.TestKit;

namespace Attribution.Core.Tests.Rollups;

public class RatioTests
{
    private static readonly Currency Dollar = Currency.Parse("USD");

    [Theory]
    [InlineData(5_000_000, 1_000_000, "400.0")]
    [InlineData(4_500, 30_450, "-85.2")]
    [InlineData(10_005, 10_000, "0.0")] // 0.05 rounds to the even tenth
    [InlineData(10_015, 10_000, "0.2")] // 0.15 rounds to the even tenth
    [InlineData(0, 100, "-100.0")]
    [InlineData(-100, 100, "-200.0")]
    [InlineData(100, 0, null)]
    [InlineData(100, -1, null)] // credit notes exceed the spending: a return on it would have the wrong sign
    [InlineData(0, 0, null)]
    public void Roi_is_gain_over_cost_in_percent_and_undefined_without_cost(long net, long cost, string? expected) =>
        Format(Ratios.RoiPercent(net, cost)).ShouldBe(expected);

    [Fact]
    public void Money_ratios_use_the_currencys_decimals_and_round_half_to_even_once()
    {
        Format(Ratios.Cpa(Dollar, 30_450, 1_000_000)).ShouldBe("304.50");
        Format(Ratios.Cpa(Dollar, 100, 333_333)).ShouldBe("3.00");
        Format(Ratios.Cpc(Dollar, 5, 2)).ShouldBe("0.02");
        Format(Ratios.Cpc(Dollar, 7, 2)).ShouldBe("0.04");
        Format(Ratios.Cpc(Currency.Parse("JPY"), 5, 2)).ShouldBe("2");
        Format(Ratios.Epc(Currency.Parse("KWD"), 1, 2)).ShouldBe("0.000");
        Format(Ratios.Epc(Currency.Parse("KWD"), 3, 2)).ShouldBe("0.002");
        Format(Ratios.Aov(Dollar, 9_000, 500_000)).ShouldBe("180.00");
        Format(Ratios.Cpe(Dollar, 30_000, 2_310)).ShouldBe("0.13");
        Format(Ratios.Cpm(Dollar, 30_000, 41_000)).ShouldBe("7.32");
    }

    [Fact]
    public void Roas_has_two_decimals_and_a_rate_has_four()
    {
        Format(Ratios.Roas(4_500, 30_450)).ShouldBe("0.15");
        Format(Ratios.Roas(125, 1_000)).ShouldBe("0.12");
        Format(Ratios.ConversionRate(333_333, 1)).ShouldBe("0.3333");
        Format(Ratios.ConversionRate(1_000_000, 3)).ShouldBe("0.3333");
        Format(Ratios.VisitorConversionRate(2, 3)).ShouldBe("0.6667");
        Format(Ratios.EngagementRate(2_310, 30_500)).ShouldBe("0.0757");
    }

    [Fact]
    public void Without_a_divisor_there_is_no_ratio()
    {
        Ratios.Roas(1, 0).ShouldBeNull();
        Ratios.Cpa(Dollar, 1, 0).ShouldBeNull();
        Ratios.Cpc(Dollar, 1, 0).ShouldBeNull();
        Ratios.Cpe(Dollar, 1, 0).ShouldBeNull();
        Ratios.Aov(Dollar, 1, 0).ShouldBeNull();
        Ratios.ConversionRate(1, 0).ShouldBeNull();
        Ratios.VisitorConversionRate(0, 0).ShouldBeNull();
        Ratios.Epc(Dollar, 1, 0).ShouldBeNull();
        Ratios.Cpm(Dollar, 1, 0).ShouldBeNull();
        Ratios.EngagementRate(1, 0).ShouldBeNull();
        Ratios.Cpe(Dollar, 1, -3).ShouldBeNull(); // more likes removed than added
    }

    // A fixed cost of 1,000 and 10 % commission: with a margin of 60 per order minus 10 commission, 20 orders cover the 1,000.
    [Theory]
    [InlineData(120_000, 120_000, 20_000, 20_000_000, 20L)]
    [InlineData(119_999, 120_000, 20_000, 20_000_000, 21L)]
    [InlineData(500_000, 100_000, 0, 3_000_000, 1L)] // 0.6 orders
    [InlineData(30_000, 90_000, 0, 1_500_000, 5L)] // shares of orders: 1.5 orders earned 300
    [InlineData(20_000, 120_000, 20_000, 20_000_000, null)] // an order earns only its commission
    [InlineData(-5, 120_000, 0, 20_000_000, null)]
    [InlineData(120_000, 20_000, 20_000, 20_000_000, null)] // the only cost is commission
    [InlineData(120_000, 0, 0, 20_000_000, null)]
    [InlineData(120_000, 120_000, 0, 0, null)]
    public void Break_even_is_the_number_of_orders_that_cover_fixed_costs(decimal earned, long cost, long commission, long micros, long? expected) =>
        Ratios.BreakEvenOrders(earned, cost, commission, micros).ShouldBe(expected);

    [Fact]
    public void Every_ratio_is_defined_once_and_matches_the_documentation()
    {
        RatioDefinition.All.Select(ratio => ratio.Name).ShouldBeUnique();
        var page = File.ReadAllText(Path.Combine(TestData.Repository, "docs", "concepts", "ratios.md"));
        foreach (var ratio in RatioDefinition.All)
            page.ShouldContain($"| `{ratio.Name}` | {ratio.Formula} | {ratio.UnitDescription} | {ratio.UndefinedWhen} |");
        foreach (var ratio in RatioDefinition.All)
            Regex.Count(page, $@"^\| `{ratio.Name}` \|", RegexOptions.Multiline).ShouldBe(1);
    }

    [Fact]
    public void Api_description_of_each_ratio_matches_its_definition()
    {
        var schemas = JsonNode.Parse(File.ReadAllText(Path.Combine(TestData.Repository, "schemas", "openapi.json")))!["components"]!["schemas"]!;
        foreach (var ratio in RatioDefinition.All)
            ((string?)(schemas["RollupRow"]!["properties"]![ratio.Name] ?? schemas["RollupEngagement"]!["properties"]![ratio.Name])?["description"]).ShouldBe(ratio.Description);
    }

    [Fact]
    public void Largest_sums_do_not_overflow()
    {
        Ratios.BreakEvenOrders(0.00000001m, long.MaxValue, 0, long.MaxValue).ShouldBe(long.MaxValue);
        Ratios.Cpm(Dollar, long.MaxValue, 1).ShouldNotBeNull();
        Ratios.Cpa(Dollar, long.MaxValue, 1).ShouldNotBeNull();
        Ratios.RoiPercent(long.MaxValue, 1).ShouldNotBeNull();
        Ratios.Roas(long.MinValue, long.MaxValue).ShouldBe(-1.00m);
    }

    private static string? Format(decimal? ratio) => ratio?.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
