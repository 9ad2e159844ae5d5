using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Models.Fitting;

/// <summary>
/// The result of fitting models to a brand's paths: numbered, stored, and never changed. The fit of a conversion
/// depends only on its local day (<see cref="CatalogSnapshot.FitOn"/>). A fit starts on a day that was open when it was
/// made, so a closed day keeps its fit.
/// </summary>
public sealed record Fit
{
    /// <summary>Integer weight of a removal effect of 1.</summary>
    public const long EffectScale = 1_000_000_000_000;

    /// <summary>Shapley value of one conversion.</summary>
    public const long ShapleyScale = 1_000_000;

    /// <summary>Gets the brand whose paths it was made from.</summary>
    public required string Brand { get; init; }

    /// <summary>Gets the number: 1 for the brand's first fit, increased by 1 with each further one.</summary>
    public required int Number { get; init; }

    /// <summary>Gets the time of the fit.</summary>
    public required Timestamp FittedAt { get; init; }

    /// <summary>Gets the first local day it applies to. It applies until the first day of a later fit.</summary>
    public required DateOnly From { get; init; }

    /// <summary>Gets the order of the Markov chain, 1 to 3.</summary>
    public required int Order { get; init; }

    /// <summary>Gets the first local day of the paths, inclusive.</summary>
    public required DateOnly WindowFrom { get; init; }

    /// <summary>Gets the last local day of the paths, inclusive.</summary>
    public required DateOnly WindowTo { get; init; }

    /// <summary>Gets the number of paths that ended in a conversion.</summary>
    public required long Conversions { get; init; }

    /// <summary>Gets the number of paths that ended without a conversion; 0 if they were left out.</summary>
    public required long NonConverting { get; init; }

    /// <summary>Gets the values of the placements, ordered by campaign and creator (ordinal).</summary>
    public required ImmutableArray<FitValue> Values { get; init; }

    /// <summary>Returns a placement's weight under <see cref="Model.Markov"/>; 0 if no path contains it.</summary>
    public long EffectOf(Placement placement)
    {
        var (low, high) = (0, Values.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = Values[middle].Placement;
            var order = string.CompareOrdinal(found.Campaign, placement.Campaign) is var byCampaign and not 0
                ? byCampaign
                : string.CompareOrdinal(found.Creator, placement.Creator);
            if (order == 0) return Values[middle].Effect;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return 0;
    }

    /// <summary>
    /// Returns true if another fit has the same values, even if made from other days; then only one of them is needed.
    /// </summary>
    public bool HasSameValuesAs(Fit other) =>
        Brand == other.Brand && Order == other.Order && Conversions == other.Conversions && NonConverting == other.NonConverting
        && Values.SequenceEqual(other.Values);

    /// <summary>Fits counted paths. Pure: equal counts give bitwise equal values.</summary>
    /// <param name="counts">The counted paths.</param>
    /// <param name="nonConverting">True to include paths without a conversion in the chain.</param>
    public static ImmutableArray<FitValue> Calculate(PathCounts counts, bool nonConverting)
    {
        var effects = MarkovChain.FromPaths(counts, nonConverting).RemovalEffects();
        return
        [
            .. counts.Placements.Select((counted, i) => new FitValue(
                counted.Placement, counted.Paths, counted.Conversions,
                (long)Math.Round(effects[i] * EffectScale),
                (long)Math.Round(counts.ShapleyOf(counted.Placement) * ShapleyScale))),
        ];
    }
}
