using Attribution.Core.Rollups;

namespace Attribution.Core.Statistics;

/// <summary>Ratios of few orders drawn towards those of many, so that a ranking is not led and closed by chance.</summary>
public static class Shrinkage
{
    /// <summary>How many conversions the group's mean counts for: as many as are enough to tell.</summary>
    public const int PriorConversions = Proportion.MinConversions;

    /// <summary>
    /// ROI in percent as though <see cref="PriorConversions"/> more conversions had come, each bringing and costing what one of the group does on
    /// average; one decimal. It is the mean of the Poisson rate of conversions by cost after a gamma prior of the group's rate (D. Clayton and
    /// J. Kaldor, "Empirical Bayes estimates of age-standardized relative risks for use in disease mapping", Biometrics 43, 1987): the more was
    /// spent on a creator, the more her own return weighs. Null without a cost of her own, and where the group has no conversions or cost.
    /// </summary>
    /// <param name="net">Her net, minor units.</param>
    /// <param name="cost">Her cost, minor units.</param>
    /// <param name="groupNet">The group's net, hers included.</param>
    /// <param name="groupCost">The group's cost, hers included.</param>
    /// <param name="groupConversionMicros">The group's conversions, hers included, in millionths.</param>
    public static decimal? RoiPercent(long net, long cost, long groupNet, long groupCost, long groupConversionMicros)
    {
        if (cost <= 0 || groupCost <= 0 || groupConversionMicros <= 0) return null;
        var prior = PriorConversions * 1_000_000m / groupConversionMicros;
        return Ratios.RoiPercent(net + prior * groupNet, cost + prior * groupCost);
    }
}
