using Attribution.Core.Statistics;

namespace Attribution.Core.Tests.Statistics;

public sealed class RoiIntervalTests
{
    /// <summary>
    /// Compares with the first numbers of SplitMix64 for the seed 1234567, as published with the reference
    /// implementation (prng.di.unimi.it, and Rosetta Code).
    /// </summary>
    [Fact]
    public void Random_sequence_equals_the_published_generator()
    {
        var state = 1234567UL;
        foreach (var expected in new[] { 6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL, 16408922859458223821UL })
            Bootstrap.NextRandom(ref state).ShouldBe(expected);
    }

    /// <summary>
    /// The sum of n equal orders is a Poisson number of mean n, with known quantiles (scipy.stats.poisson.ppf([.025,
    /// .975], n): 25 → 16 and 35, 100 → 81 and 120). If the cost is one order's net, the ROI is 100 × (that number −
    /// 1).
    /// </summary>
    [Theory]
    [InlineData(25, 16, 35)]
    [InlineData(100, 81, 120)]
    public void Equal_orders_are_as_uncertain_as_their_number(int orders, int low, int high)
    {
        var (from, to) = Bootstrap.RoiPercent95([.. Enumerable.Repeat(new OrderSample(1_000, 0), orders)], 1_000)!.Value;
        ((double)from / 100 + 1).ShouldBe(low, 2);
        ((double)to / 100 + 1).ShouldBe(high, 2);
    }

    /// <summary>
    /// Tests that the interval of many orders approaches net ± 1.96 √Σ v², the spread of a compound Poisson sum.
    /// </summary>
    [Theory]
    [InlineData(1_500)]
    [InlineData(47_000)]
    public void Interval_of_many_orders_approaches_the_normal_one(int count)
    {
        var orders = Enumerable.Range(0, count).Select(i => new OrderSample(1_000 + i * 7919 % 9_000, 0)).ToList();
        var (sum, spread) = (orders.Sum(order => (double)order.Net), Math.Sqrt(orders.Sum(order => (double)order.Net * order.Net)));
        var (low, high) = Bootstrap.RoiPercent95(orders, 100_000)!.Value;
        ((double)low).ShouldBe((sum - 1.96 * spread) / 1_000 - 100, 0.15 * 1.96 * spread / 1_000);
        ((double)high).ShouldBe((sum + 1.96 * spread) / 1_000 - 100, 0.15 * 1.96 * spread / 1_000);
    }

    [Fact]
    public void Same_orders_give_the_same_interval_and_commission_follows_its_order()
    {
        OrderSample[] orders = [.. Enumerable.Range(1, 40).Select(i => new OrderSample(i * 100, i * 10))];
        Bootstrap.RoiPercent95(orders, 50_000).ShouldBe(Bootstrap.RoiPercent95(orders, 50_000));
        var withCommission = Bootstrap.RoiPercent95(orders, 50_000)!.Value;
        var without = Bootstrap.RoiPercent95([.. orders.Select(order => order with { Commission = 0 })], 50_000)!.Value;
        withCommission.Low.ShouldBeLessThan(without.Low);
        withCommission.High.ShouldBeLessThan(without.High);
    }

    /// <summary>
    /// Tests that the return depends only on net if commission is a fixed part of net, regardless of how the orders are
    /// drawn.
    /// </summary>
    [Fact]
    public void Aggregated_draws_keep_commission_with_its_order()
    {
        var orders = Enumerable.Range(0, 4_000).Select(i => new OrderSample(1_000 + i % 50 * 10, 100 + i % 50)).ToList();
        var (sum, spread) = (orders.Sum(order => (double)order.Net), Math.Sqrt(orders.Sum(order => (double)order.Net * order.Net)));
        var (low, high) = Bootstrap.RoiPercent95(orders, 500_000)!.Value;
        ((double)low).ShouldBe(Roi(sum - 1.96 * spread), 0.5);
        ((double)high).ShouldBe(Roi(sum + 1.96 * spread), 0.5);

        static double Roi(double net) => (net - (500_000 + net / 10)) / (500_000 + net / 10) * 100;
    }

    [Fact]
    public void Without_orders_or_costs_there_is_no_interval()
    {
        Bootstrap.RoiPercent95([], 1_000).ShouldBeNull();
        Bootstrap.RoiPercent95([new(1_000, 100)], 0).ShouldBeNull();
        Bootstrap.RoiPercent95([new(1_000, 100)], -5).ShouldBeNull();
    }

    [Theory]
    [InlineData(90_000, 10_000, 500_000, 100_000, 100, 600.0)] // own ROI 800 %; with 10 conversions of 50.00 for 10.00 each: (1,400 − 200) ÷ 200
    [InlineData(0, 10_000, 500_000, 100_000, 100, 150.0)] // no order for 100.00, which averages ten orders: not −100 %
    [InlineData(0, 1_000_000, 500_000, 1_500_000, 100, -95.7)] // almost −100 % if 10,000.00 produced no order
    [InlineData(50_000, 10_000, 500_000, 100_000, 100, 400.0)] // the mean is unchanged
    public void Ranked_return_is_shrunk_by_ten_conversions_of_the_tiers_mean(long net, long cost, long tierNet, long tierCost, long tierConversions, double expected) =>
        Shrinkage.RoiPercent(net, cost, tierNet, tierCost, tierConversions * 1_000_000).ShouldBe((decimal)expected);

    [Fact]
    public void Without_costs_or_a_mean_there_is_no_ranked_return()
    {
        Shrinkage.RoiPercent(100, 0, 100, 100, 1_000_000).ShouldBeNull();
        Shrinkage.RoiPercent(100, 100, 100, 100, 0).ShouldBeNull();
        Shrinkage.RoiPercent(100, 100, 100, 0, 1_000_000).ShouldBeNull();
    }
}
