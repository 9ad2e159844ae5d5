using Attribution.Core.Rollups;

namespace Attribution.Core.Statistics;

/// <summary>
/// Shrinkage of ratios of few orders toward the mean of a group, so that the ends of a ranking are not determined by
/// chance.
/// </summary>
public static class Shrinkage
{
    /// <summary>
    /// The number of conversions by which the group's mean is weighted: the minimum for a meaningful result.
    /// </summary>
    public const int PriorConversions = Proportion.MinConversions;

    /// <summary>
    /// Returns the ROI in percent with <see cref="PriorConversions"/> additional conversions of average net and cost of
    /// the group, with one decimal. It is the posterior mean of the Poisson rate of conversions by cost with a gamma
    /// prior of the group's rate (D. Clayton and J. Kaldor, "Empirical Bayes estimates of age-standardized relative
    /// risks for use in disease mapping", Biometrics 43, 1987): the more was spent on a creator, the greater the weight
    /// of the creator's own return. Null if the creator has no cost, or if the group has no conversions or no cost.
    /// </summary>
    /// <param name="net">The creator's net in minor units.</param>
    /// <param name="cost">The creator's cost in minor units.</param>
    /// <param name="groupNet">The group's net, including the creator's.</param>
    /// <param name="groupCost">The group's cost, including the creator's.</param>
    /// <param name="groupConversionMicros">The group's conversions in millionths, including the creator's.</param>
    public static decimal? RoiPercent(
        decimal net, decimal cost, decimal groupNet, decimal groupCost, long groupConversionMicros)
    {
        if (cost <= 0 || groupCost <= 0 || groupConversionMicros <= 0) return null;
        var prior = PriorConversions * 1_000_000m / groupConversionMicros;
        return Ratios.RoiPercent(net + prior * groupNet, cost + prior * groupCost);
    }
}
