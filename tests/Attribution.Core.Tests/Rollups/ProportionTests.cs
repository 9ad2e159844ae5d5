using Attribution.Core.Rollups;

namespace Attribution.Core.Tests.Rollups;

/// <summary>
/// Compares Wilson's interval with the values published in R. G. Newcombe, "Two-sided confidence intervals for the
/// single proportion", Statistics in Medicine 17 (1998), table I, method 3.
/// </summary>
public sealed class ProportionTests
{
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    [InlineData(20, 20, 0.8389, 1.0000)]
    public void Interval_equals_the_published_values(long successes, long trials, double low, double high) =>
        Proportion.Interval95(successes * 1_000_000, trials).ShouldBe(((decimal)low, (decimal)high));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3_000_001, 3)]
    [InlineData(-1, 3)]
    public void Invalid_proportion_has_no_interval(long successMicros, long trials) => Proportion.Interval95(successMicros, trials).ShouldBeNull();

    /// <summary>
    /// Compares with the values of R. G. Newcombe, "Interval estimation for the difference between independent
    /// proportions: comparison of eleven methods", Statistics in Medicine 17 (1998), table II, method 10.
    /// </summary>
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(6, 7, 2, 7, 0.0582, 0.8062)]
    [InlineData(5, 56, 0, 29, -0.0381, 0.1926)]
    [InlineData(0, 10, 0, 20, -0.1611, 0.2775)]
    [InlineData(0, 10, 0, 10, -0.2775, 0.2775)]
    [InlineData(10, 10, 0, 20, 0.6791, 1.0000)]
    [InlineData(10, 10, 0, 10, 0.6075, 1.0000)]
    public void Interval_of_a_difference_equals_the_published_values(long successes, long trials, long others, long otherTrials, double low, double high)
    {
        var (difference, from, to) = Proportion.Difference95(successes * 1_000_000, trials, others * 1_000_000, otherTrials)!.Value;
        (from, to).ShouldBe(((decimal)low, (decimal)high));
        difference.ShouldBe(Math.Round((decimal)successes / trials - (decimal)others / otherTrials, 4));
        Proportion.Difference95(others * 1_000_000, otherTrials, successes * 1_000_000, trials)!.Value.ShouldBe((-difference, -to, -from));
    }

    [Fact]
    public void Invalid_proportions_have_no_difference()
    {
        Proportion.Difference95(1, 0, 1, 1).ShouldBeNull();
        Proportion.Difference95(1, 1, 2_000_001, 2).ShouldBeNull();
    }

    [Fact]
    public void Fractional_shares_count_and_more_trials_narrow_the_interval()
    {
        Proportion.Interval95(500_000, 1)!.Value.ShouldBe((0.0546m, 0.9454m));
        (decimal Low, decimal High) few = Proportion.Interval95(5_000_000, 50)!.Value, many = Proportion.Interval95(500_000_000, 5_000)!.Value;
        (many.High - many.Low).ShouldBeLessThan((few.High - few.Low) / 5);
        Proportion.Interval95(long.MaxValue, long.MaxValue)!.Value.Low.ShouldBe(0m);
    }
}
