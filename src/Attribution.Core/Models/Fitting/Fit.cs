using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Models.Fitting;

/// <summary>
/// What the fitted models learned from a brand's paths: numbered, stored, never changed. Which fit a conversion is credited by depends on
/// its local day alone (<see cref="CatalogSnapshot.FitOn"/>), and a fit begins at a day that was open when it was made, so that a closed
/// day keeps the fit that it closed with.
/// </summary>
public sealed record Fit
{
    /// <summary>What a removal effect of 1 is as an integer weight.</summary>
    public const long EffectScale = 1_000_000_000_000;

    /// <summary>What one conversion is in Shapley values.</summary>
    public const long ShapleyScale = 1_000_000;

    /// <summary>The brand whose paths it was made from.</summary>
    public required string Brand { get; init; }

    /// <summary>1 for the brand's first, one more for each later.</summary>
    public required int Number { get; init; }

    /// <summary>When it was made.</summary>
    public required Timestamp FittedAt { get; init; }

    /// <summary>The first local day whose conversions are credited by it, until a later fit's.</summary>
    public required DateOnly From { get; init; }

    /// <summary>Order of the chain, 1 to 3.</summary>
    public required int Order { get; init; }

    /// <summary>First local day of the paths, inside.</summary>
    public required DateOnly WindowFrom { get; init; }

    /// <summary>Last local day of the paths, inside.</summary>
    public required DateOnly WindowTo { get; init; }

    /// <summary>Paths that ended in a conversion.</summary>
    public required long Conversions { get; init; }

    /// <summary>Paths that ended in none; 0 when they were left out.</summary>
    public required long NonConverting { get; init; }

    /// <summary>What each placement of the paths is worth, by campaign and creator, ordinal.</summary>
    public required ImmutableArray<FitValue> Values { get; init; }

    /// <summary>A placement's weight under <see cref="Model.Markov"/>; 0 when the paths did not hold it.</summary>
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

    /// <summary>Whether another fit says the same, made from the same days or not: then there is no need of both.</summary>
    public bool HasSameValuesAs(Fit other) =>
        Brand == other.Brand && Order == other.Order && Conversions == other.Conversions && NonConverting == other.NonConverting && Values.SequenceEqual(other.Values);

    /// <summary>Fits counted paths. Pure: the same counts give the same values to the bit.</summary>
    /// <param name="counts">The paths.</param>
    /// <param name="nonConverting">Whether paths that ended in no conversion count in the chain.</param>
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

/// <summary>What a placement is worth by a fit.</summary>
/// <param name="Placement">The placement.</param>
/// <param name="Paths">Paths that hold it, converting or not.</param>
/// <param name="Conversions">Those of them that ended in a conversion.</param>
/// <param name="Effect">Removal effect, in 10⁻¹² of all conversions: its weight under <see cref="Model.Markov"/>.</param>
/// <param name="Shapley">Shapley value, in millionths of a conversion; the values of a fit sum to its conversions, but for rounding.</param>
public sealed record FitValue(Placement Placement, long Paths, long Conversions, long Effect, long Shapley);
