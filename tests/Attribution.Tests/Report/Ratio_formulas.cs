using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Tests.Report;

public class Ratio_formulas
{
    private static readonly Currency Dollar = Currency.Of("USD");

    [Theory]
    [InlineData(5_000_000, 1_000_000, "400.0")]
    [InlineData(4_500, 30_450, "-85.2")]
    [InlineData(10_005, 10_000, "0.0")] // 0.05 to the even tenth
    [InlineData(10_015, 10_000, "0.2")] // 0.15 to the even tenth
    [InlineData(0, 100, "-100.0")]
    [InlineData(-100, 100, "-200.0")]
    [InlineData(100, 0, null)]
    [InlineData(0, 0, null)]
    public void Roi_is_gain_over_cost_in_percent_and_undefined_without_cost(long net, long cost, string? expected) =>
        Shown(Ratios.RoiPercent(net, cost)).ShouldBe(expected);

    [Fact]
    public void Money_ratios_have_the_currencys_decimals_and_round_half_to_even_once()
    {
        Shown(Ratios.Cpa(Dollar, 30_450, 1_000_000)).ShouldBe("304.50");
        Shown(Ratios.Cpa(Dollar, 100, 333_333)).ShouldBe("3.00");
        Shown(Ratios.Cpc(Dollar, 5, 2)).ShouldBe("0.02");
        Shown(Ratios.Cpc(Dollar, 7, 2)).ShouldBe("0.04");
        Shown(Ratios.Cpc(Currency.Of("JPY"), 5, 2)).ShouldBe("2");
        Shown(Ratios.Epc(Currency.Of("KWD"), 1, 2)).ShouldBe("0.000");
        Shown(Ratios.Epc(Currency.Of("KWD"), 3, 2)).ShouldBe("0.002");
        Shown(Ratios.Aov(Dollar, 9_000, 500_000)).ShouldBe("180.00");
        Shown(Ratios.Cpe(Dollar, 30_000, 2_310)).ShouldBe("0.13");
    }

    [Fact]
    public void Roas_has_two_decimals_a_rate_four()
    {
        Shown(Ratios.Roas(4_500, 30_450)).ShouldBe("0.15");
        Shown(Ratios.Roas(125, 1_000)).ShouldBe("0.12");
        Shown(Ratios.ConversionRate(333_333, 1)).ShouldBe("0.3333");
        Shown(Ratios.ConversionRate(1_000_000, 3)).ShouldBe("0.3333");
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
        Ratios.Epc(Dollar, 1, 0).ShouldBeNull();
    }

    [Fact]
    public void The_greatest_sums_do_not_overflow()
    {
        Ratios.Cpa(Dollar, long.MaxValue, 1).ShouldNotBeNull();
        Ratios.RoiPercent(long.MaxValue, 1).ShouldNotBeNull();
        Ratios.Roas(long.MinValue, long.MaxValue).ShouldBe(-1.00m);
    }

    private static string? Shown(decimal? ratio) => ratio?.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
