using System.Numerics;
using System.Text.Json;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Tests.Fixtures;
using Attribution.Core.Values;
using FsCheck;
using FsCheck.Fluent;

namespace Attribution.Core.Tests.Models;

public sealed class ExactSharesTests
{
    /// <summary>
    /// moneyphp/money, tests/MoneyTest.php (MIT); its ratios may be fractions and are scaled to integers here.
    /// </summary>
    [Fact]
    public void Amounts_are_allocated_as_published()
    {
        using var published = JsonDocument.Parse(File.ReadAllText(TestKit.TestData.Path("money_allocation/allocation.json")));
        foreach (var example in published.RootElement.GetProperty("allocate").EnumerateArray())
        {
            Int128[] weights = [.. example.GetProperty("ratios").EnumerateArray().Select(ratio => (Int128)(ratio.GetDecimal() * 100))];
            LargestRemainder.Split(example.GetProperty("amount").GetInt64(), weights)
                .ShouldBe(example.GetProperty("expected").EnumerateArray().Select(share => share.GetInt64()), example.ToString());
        }
    }

    [Fact]
    public void Shares_sum_to_the_amount_and_deviate_by_less_than_a_unit()
    {
        var splits =
            from amount in Gen.Choose(-1_000_000, 1_000_000)
            from weights in Gen.Choose(0, 1_000).NonEmptyListOf()
            select (amount, weights);

        Prop.ForAll(splits.ToArbitrary(), split =>
        {
            Int128[] weights = [.. split.weights.Select(weight => (Int128)weight)];
            var shares = LargestRemainder.Split(split.amount, weights);
            var total = split.weights.Sum();
            return shares.Sum() == split.amount && shares.Zip(split.weights).All(pair =>
                Math.Abs(pair.First - (total == 0 ? (decimal)split.amount / weights.Length : (decimal)split.amount * pair.Second / total)) < 1);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Amounts_beyond_64_bit_products_are_split_exactly()
    {
        var splits =
            from amount in Gen.Choose(0, 1_000_000)
            from weights in Gen.Choose(0, 1_000).NonEmptyListOf()
            select (amount, weights);

        Prop.ForAll(splits.ToArbitrary(), split =>
        {
            long[] narrow = [.. split.weights.Select(weight => (long)weight)];
            Int128[] wide = [.. split.weights.Select(weight => (Int128)weight << 80)];
            var shares = new long[narrow.Length];
            LargestRemainder.Split(split.amount, narrow, shares);
            return shares.SequenceEqual(LargestRemainder.Split(split.amount, wide)) && shares.SequenceEqual(LargestRemainder.Split(split.amount, [.. narrow.Select(weight => (Int128)weight)]));
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>
    /// Weights and amounts near the limit at which their products or the sum of weights exceed 64 bits, and remainders
    /// that differ by one unit or not at all, compared with the definition in big integers.
    /// </summary>
    [Fact]
    public void Shares_are_exact_below_and_above_64_bits()
    {
        var weights = Gen.OneOf(
            Gen.Choose(0, 62).Zip(Gen.Choose(-2, 2)).Select(near => Math.Max(0, (1L << near.Item1) + near.Item2)),
            Gen.Elements(0L, 1L, long.MaxValue / 3, long.MaxValue / 2, long.MaxValue - 1, long.MaxValue),
            Gen.Choose(0, int.MaxValue).Select(weight => 1_000L * weight));
        var splits =
            from near in Gen.Choose(0, 50).Zip(Gen.Choose(-3, 3))
            from sign in Gen.Elements(1, 1, -1)
            from each in weights.NonEmptyListOf()
            select (Amount: sign * Math.Max(0, (1L << near.Item1) + near.Item2), Weights: each.ToArray());

        Prop.ForAll(splits.ToArbitrary(), split =>
        {
            var shares = new long[split.Weights.Length];
            LargestRemainder.Split(split.Amount, split.Weights, shares);
            return shares.SequenceEqual(ByDefinition(split.Amount, split.Weights));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    /// <summary>
    /// The greatest amount by the greatest sums of weights: ten thousand touches beside twenty codes, whose products
    /// exceed 128 bits.
    /// </summary>
    [Fact]
    public void Shares_are_exact_where_products_exceed_128_bits()
    {
        var touches = (Int128)1_000_000_000_000 * 999_999 * 20 * 9_999;
        Int128[] weights = [touches + 1, touches, touches / 3, .. Enumerable.Repeat(touches / 7, 20)];
        foreach (var amount in new[] { Currency.MaxMinor, Currency.MaxMinor - 7, -Currency.MaxMinor })
            LargestRemainder.Split(amount, weights).ShouldBe(ByDefinition(amount, [.. weights.Select(weight => (BigInteger)weight)]));
    }

    /// <summary>
    /// Many similar pieces, so that finding the smallest remainder that gets a unit takes several digits.
    /// </summary>
    [Fact]
    public void Largest_remainders_get_the_units_among_hundreds_of_shares()
    {
        var splits =
            from amount in Gen.Choose(1, 1_000_000)
            from spread in Gen.Elements(1, 3, 100, 1_000_000)
            from floor in Gen.Elements(0L, 1L, 1_000_000_000L)
            from above in Gen.Choose(0, spread).ArrayOf(600)
            from take in Gen.Choose(1, 600)
            select (amount, Weights: above.Take(take).Select(weight => floor + weight).ToArray());

        Prop.ForAll(splits.ToArbitrary(), split =>
        {
            var shares = new long[split.Weights.Length];
            LargestRemainder.Split(split.amount, split.Weights, shares);
            return shares.SequenceEqual(ByDefinition(split.amount, split.Weights));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    /// <summary>
    /// Rounds all shares down, then gives one unit each to the largest remainders, the earlier first.
    /// </summary>
    private static long[] ByDefinition(long amount, long[] weights) =>
        ByDefinition(amount, [.. weights.Select(weight => (BigInteger)weight)]);

    private static long[] ByDefinition(long amount, BigInteger[] weights)
    {
        var of = weights.All(weight => weight == 0) ? [.. weights.Select(_ => BigInteger.One)] : weights;
        var total = of.Aggregate(BigInteger.Add);
        BigInteger Remainder(int i) => ((amount * of[i] % total) + total) % total;
        long[] shares = [.. of.Select((weight, i) => (long)(((amount * weight) - Remainder(i)) / total))];
        foreach (var lucky in Enumerable.Range(0, of.Length).OrderByDescending(Remainder).ThenBy(i => i).Take((int)(amount - shares.Sum()))) shares[lucky]++;
        return shares;
    }

    [Fact]
    public void Ties_go_to_the_earlier_and_zero_weights_count_equally()
    {
        LargestRemainder.Split(100, [1, 1, 1]).ShouldBe([34, 33, 33]);
        LargestRemainder.Split(2, [0, 0, 0]).ShouldBe([1, 1, 0]);
        Should.Throw<ArgumentException>(() => LargestRemainder.Split(1, [-1, 2]));
        Should.Throw<ArgumentException>(() => LargestRemainder.Split(1, []));
    }

    /// <summary>
    /// Shares of 10,000 units among touches one day apart. Shapes: 40/20/40, 20/20/60, 60/20/20; two touches use the
    /// ends.
    /// </summary>
    [Theory]
    [InlineData(Model.FirstTouch, 3, new long[] { 10_000, 0, 0 })]
    [InlineData(Model.LastTouch, 3, new long[] { 0, 0, 10_000 })]
    [InlineData(Model.Linear, 4, new long[] { 2_500, 2_500, 2_500, 2_500 })]
    [InlineData(Model.PositionBased, 1, new long[] { 10_000 })]
    [InlineData(Model.PositionBased, 2, new long[] { 5_000, 5_000 })]
    [InlineData(Model.PositionBased, 3, new long[] { 4_000, 2_000, 4_000 })]
    [InlineData(Model.PositionBased, 4, new long[] { 4_000, 1_000, 1_000, 4_000 })]
    [InlineData(Model.JShaped, 1, new long[] { 10_000 })]
    [InlineData(Model.JShaped, 2, new long[] { 2_500, 7_500 })]
    [InlineData(Model.JShaped, 4, new long[] { 2_000, 1_000, 1_000, 6_000 })]
    [InlineData(Model.InverseJ, 2, new long[] { 7_500, 2_500 })]
    [InlineData(Model.InverseJ, 3, new long[] { 6_000, 2_000, 2_000 })]
    public void Each_model_yields_its_documented_shares(Model model, int touches, long[] expected) =>
        Share(model, [.. Enumerable.Range(0, touches).Select(day => new Timestamp(day * 86_400_000L))]).ShouldBe(expected);

    [Fact]
    public void Equal_neighbors_form_one_run()
    {
        var row = new Weights();
        foreach (var (weight, pieces) in new[] { (1, 2), (1, 1), (2, 1), (2, 0), (1, 1) }) row.Add(weight, pieces);
        row.RunLengths.ToArray().ShouldBe([3, 1, 1]);
        row.RunWeights.ToArray().ShouldBe([(Int128)1, 2, 1]);
    }

    [Fact]
    public void Each_sum_is_rounded_once_per_placement()
    {
        var engine = Scenario.Market(bookModel: "linear").Process(
            Scenario.Click("mia", 0), Scenario.Click("mia", 60), Scenario.Click("ben", 120),
            Scenario.Order("1", 180, gross: 10, discount: 2), Scenario.Refund("1", 200, 4));
        // Weights 2 and 1: gross 7 3; discount by gross (1.4 0.6) 1 1; refund by net (6 2) 3 1.
        CreditsOf(engine, "1", Model.Linear).ShouldBe(
            new Dictionary<Placement, (long, long, long, long)> { [Scenario.Mia] = (666_667, 7, 1, 3), [Scenario.Ben] = (333_333, 3, 1, 1) }, ignoreOrder: true);

        // Weights 3 and 2: 7.2 and 4.8.
        var five = Scenario.Market().Process(
            Scenario.Click("mia", 0), Scenario.Click("mia", 60), Scenario.Click("ben", 120), Scenario.Click("mia", 180), Scenario.Click("ben", 240), Scenario.Order("1", 300, gross: 12));
        (five.GrossByPlacement("1", Model.Linear)[Scenario.Mia], five.GrossByPlacement("1", Model.Linear)[Scenario.Ben]).ShouldBe((7, 5));
    }

    /// <summary>Many touches do not multiply the rounding: 19 by equal weights is 10 and 9, 12 by 3 and 6 is 4 and 8.</summary>
    [Theory]
    [InlineData(20, 20, 19, 10, 9, 500_000)]
    [InlineData(3, 6, 12, 4, 8, 333_333)]
    public void Many_touches_of_a_placement_are_rounded_once(
        int first, int second, long gross, long expectedFirst, long expectedSecond, long expectedMicros)
    {
        var clicks = Enumerable.Range(0, first + second)
            .Select(i => Scenario.Click(i < first ? "mia" : "ben", 60 * i)).ToArray<JourneyEvent>();
        var engine = Scenario.Market(bookModel: "linear").Process(
            [.. clicks, Scenario.Order("1", 60 * (first + second), gross: gross)]);
        CreditsOf(engine, "1", Model.Linear).ShouldBe(
            new Dictionary<Placement, (long, long, long, long)>
            {
                [Scenario.Mia] = (expectedMicros, expectedFirst, 0, 0),
                [Scenario.Ben] = (1_000_000 - expectedMicros, expectedSecond, 0, 0),
            },
            ignoreOrder: true);
    }

    /// <summary>
    /// The law of the split: for every model but participation, gross and micros of a placement lie within one unit of
    /// the exact share, however many touches it has.
    /// </summary>
    [Fact]
    public void Every_placement_lies_within_one_unit_of_its_exact_share()
    {
        var orders =
            from touches in Gen.Elements("mia", "ben").Zip(Gen.Choose(1, 3_000)).NonEmptyListOf()
            from gross in Gen.OneOf(Gen.Choose(1, 60), Gen.Choose(1, 1_000_000))
            select (Touches: touches.Take(60).ToList(), Gross: gross);

        Prop.ForAll(orders.ToArbitrary(), order =>
        {
            var clicks = new List<Click>();
            foreach (var (creator, minutes) in order.Touches)
                clicks.Add(Scenario.Click(creator, minutes + (clicks.Count * 3_000 / 60.0)));
            clicks = [.. clicks.OrderBy(click => click.At).ThenBy(click => click.Id.Id, StringComparer.Ordinal).DistinctBy(click => click.At)];
            var engine = Scenario.Market().Process([.. clicks, Scenario.Order("1", 6_001, gross: order.Gross)]);
            var kept = engine.Journeys.Single().Touches.Where(touch => touch.Role == TouchRole.Kept).ToList();
            return ModelNames.Heuristic.Where(model => model != Model.Participation).All(model =>
            {
                var row = new Weights();
                ModelWeights.Fill(model, [.. kept.Select(touch => touch.At)], row);
                var weights = row.ToArray();
                var total = weights.Aggregate(BigInteger.Zero, (sum, weight) => sum + weight);
                return CreditsOf(engine, "1", model).All(credit =>
                {
                    var own = kept.Index().Where(touch => touch.Item.Placement == credit.Key)
                        .Aggregate(BigInteger.Zero, (sum, touch) => sum + weights[touch.Index]);
                    var (micros, gross, _, _) = credit.Value;
                    return BigInteger.Abs((gross * total) - (order.Gross * own)) < total
                        && BigInteger.Abs((micros * total) - (1_000_000 * own)) < total;
                });
            });
        }).QuickCheckThrowOnFailure();
    }

    private static Dictionary<Placement, (long, long, long, long)> CreditsOf(InMemoryEngine engine, string order, Model model) =>
        engine.Conversion(order).Credits.Where(credit => credit.Models.Contains(model)).ToDictionary(
            credit => credit.Placement, credit => (credit.Micros, credit.Gross, credit.Discount, credit.Refunds));

    [Fact]
    public void Decay_halves_every_seven_days_and_never_underflows_to_zero()
    {
        Share(Model.TimeDecay, [new(0), new(7 * 86_400_000L)]).ShouldBe([3_333, 6_667]);
        Share(Model.TimeDecay, [new(0), new(3_650 * 86_400_000L)]).ShouldBe([0, 10_000]);
        Share(Model.TimeDecay, [new(5), new(5)]).ShouldBe([5_000, 5_000]);
    }

    private static long[] Share(Model model, Timestamp[] times)
    {
        var row = new Weights();
        ModelWeights.Fill(model, times, row);
        return LargestRemainder.Split(10_000, row.ToArray());
    }
}
