using System.Numerics;
using System.Text.Json;
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
            from runs in weights.Zip(Gen.Choose(1, 4)).NonEmptyListOf()
            select (Amount: sign * Math.Max(0, (1L << near.Item1) + near.Item2), Runs: runs);

        Prop.ForAll(splits.ToArbitrary(), split =>
        {
            long[] each = [.. split.Runs.SelectMany(run => Enumerable.Repeat(run.Item1, run.Item2))];
            var (oneEach, shares) = (new long[each.Length], new long[split.Runs.Count]);
            LargestRemainder.Split(split.Amount, each, oneEach);
            int[] lengths = [.. split.Runs.Select(run => run.Item2)];
            var cut = LargestRemainder.Split(split.Amount, split.Runs.Select(run => run.Item1).ToArray(), shares, lengths);
            var byRun = shares.SelectMany((share, run) => Enumerable.Range(0, lengths[run]).Select(piece => run == cut.Run && piece < cut.ExtraCount ? share + 1 : share));
            var defined = ByDefinition(split.Amount, each);
            return oneEach.SequenceEqual(defined) && byRun.SequenceEqual(defined);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
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
    private static long[] ByDefinition(long amount, long[] weights)
    {
        BigInteger[] of = [.. weights.All(weight => weight == 0) ? weights.Select(_ => BigInteger.One) : weights.Select(weight => (BigInteger)weight)];
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
    public void Equal_weights_are_split_as_if_each_were_separate()
    {
        var splits =
            from amount in Gen.Choose(-1_000_000, 1_000_000)
            from shift in Gen.Elements(0, 80)
            from runs in Gen.Choose(0, 5).Zip(Gen.Choose(1, 9)).NonEmptyListOf()
            select (amount, shift, runs);

        Prop.ForAll(splits.ToArbitrary(), split =>
        {
            var row = new Weights();
            foreach (var (weight, pieces) in split.runs) row.Add((Int128)weight << split.shift, pieces);
            var shares = new long[row.RunCount];
            var cut = LargestRemainder.Split(split.amount, row.RunWeights, shares, row.RunLengths);
            var lengths = row.RunLengths.ToArray();
            var each = shares.SelectMany((share, run) => Enumerable.Range(0, lengths[run]).Select(piece => run == cut.Run && piece < cut.ExtraCount ? share + 1 : share));
            return each.SequenceEqual(LargestRemainder.Split(split.amount, row.ToArray()))
                && row.ToArray().SequenceEqual(split.runs.SelectMany(run => Enumerable.Repeat((Int128)run.Item1 << split.shift, run.Item2)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Equal_neighbors_form_one_run()
    {
        var row = new Weights();
        foreach (var (weight, pieces) in new[] { (1, 2), (1, 1), (2, 1), (2, 0), (1, 1) }) row.Add(weight, pieces);
        row.RunLengths.ToArray().ShouldBe([3, 1, 1]);
        row.RunWeights.ToArray().ShouldBe([(Int128)1, 2, 1]);
    }

    [Fact]
    public void Remainder_among_equal_touches_goes_to_the_first_for_each_sum()
    {
        var engine = Scenario.Market(bookModel: "linear").Process(
            Scenario.Click("mia", 0), Scenario.Click("mia", 60), Scenario.Click("ben", 120),
            Scenario.Order("1", 180, gross: 10, discount: 2), Scenario.Refund("1", 200, 4));
        // Gross 4 3 3; discount by gross 1 1 0; refund by net (3 2 3): 2 1 1.
        engine.Conversion("1").Credits.Where(credit => credit.Models.Contains(Model.Linear)).ToDictionary(credit => credit.Placement, credit => (credit.Micros, credit.Gross, credit.Discount, credit.Refunds))
            .ShouldBe(new Dictionary<Placement, (long, long, long, long)> { [Scenario.Ben] = (333_333, 3, 0, 1), [Scenario.Mia] = (666_667, 7, 2, 3) }, ignoreOrder: true);

        // 3 3 2 2 2: two of the five get one unit more.
        var five = Scenario.Market().Process(
            Scenario.Click("mia", 0), Scenario.Click("mia", 60), Scenario.Click("ben", 120), Scenario.Click("mia", 180), Scenario.Click("ben", 240), Scenario.Order("1", 300, gross: 12));
        (five.GrossByPlacement("1", Model.Linear)[Scenario.Mia], five.GrossByPlacement("1", Model.Linear)[Scenario.Ben]).ShouldBe((8, 4));
    }

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
