using System.Collections.Immutable;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>
/// Splits a conversion over the evidence, to the cent, under every served model. Gross and the million micros are split by weight, the
/// discount by the gross shares, the refunds by the net shares before refunds, each by largest remainder: so no share goes below zero
/// and what is wholly refunded leaves exactly zero everywhere. Pure.
/// </summary>
internal static class Shares
{
    /// <summary>The whole of a conversion in micros.</summary>
    public const long Whole = 1_000_000;

    /// <summary>
    /// The credits of a conversion under every served model, by placement and least model; empty when nobody is credited. Without a fit
    /// there are none under the fitted models. Micros are those of a standing conversion, whether it was cancelled or not.
    /// </summary>
    public static ImmutableArray<Credit> Of(ConversionFacts conversion, Evidence evidence, Policy policy, Fit? fit)
    {
        if (evidence.Touches.Count == 0 && evidence.Codes.Count == 0) return [];

        var credits = new List<Credit>();
        if (IsOnePlacement(evidence))
            credits.AddRange(Under(Model.LastTouch, conversion, evidence, policy, fit).Select(credit => credit with { Models = ComputedWith(fit?.Number ?? 0) }));
        else
            foreach (var model in fit is null ? ModelNames.Heuristic : ModelNames.Served)
                foreach (var credit in Under(model, conversion, evidence, policy, fit))
                    AddOrJoin(credits, credit);

        return
        [
            .. credits.OrderBy(credit => credit.Placement.Campaign, StringComparer.Ordinal)
                .ThenBy(credit => credit.Placement.Creator, StringComparer.Ordinal)
                .ThenBy(credit => int.TrailingZeroCount((int)credit.Models)),
        ];
    }

    /// <summary>The models that a conversion is computed under: all where there is a fit, else those that need none.</summary>
    /// <param name="fit">The fit's number; 0: none.</param>
    public static ModelSet ComputedWith(int fit) => fit > 0 ? ModelSet.Heuristic | ModelSet.Fitted : ModelSet.Heuristic;

    private static bool IsOnePlacement(Evidence evidence)
    {
        var first = evidence.Touches.Count > 0 ? evidence.Touches[0].Placement : evidence.Codes[0].Placement;
        return evidence.Touches.All(claim => claim.Placement == first) && evidence.Codes.All(claim => claim.Placement == first);
    }

    private static IEnumerable<Credit> Under(Model model, ConversionFacts conversion, Evidence evidence, Policy policy, Fit? fit)
    {
        var (claims, weights) = Weighing.Weigh(policy, model, evidence, fit);
        if (claims.Count == 0) return [];
        return model == Model.Participation ? InFull(claims, weights, conversion) : Split(model, claims, weights, conversion);
    }

    /// <summary>The whole value to each distinct placement.</summary>
    private static IEnumerable<Credit> InFull(IReadOnlyList<Claim> claims, Int128[] weights, ConversionFacts conversion) =>
        claims.Where((_, i) => weights[i] > 0).Select(claim => claim.Placement).Distinct().Select(placement => new Credit
        {
            Models = Model.Participation.ToSet(),
            Placement = placement,
            Micros = Whole,
            Gross = conversion.Gross,
            Discount = conversion.Discount,
            Refunds = conversion.RefundDays.Sum(day => day.Amount),
            RefundDays = conversion.RefundDays,
        });

    private static IEnumerable<Credit> Split(Model model, IReadOnlyList<Claim> claims, Int128[] weights, ConversionFacts conversion)
    {
        var gross = LargestRemainder.Split(conversion.Gross, weights);
        var micros = LargestRemainder.Split(Whole, weights);
        var discount = LargestRemainder.Split(conversion.Discount, [.. gross.Select(share => (Int128)share)]);
        Int128[] net = [.. gross.Zip(discount, (share, off) => (Int128)(share - off))];
        var refunds = RefundShares(conversion.RefundDays, net);

        return Enumerable.Range(0, claims.Count).Where(i => weights[i] > 0).GroupBy(i => claims[i].Placement).Select(group => new Credit
        {
            Models = model.ToSet(),
            Placement = group.Key,
            Micros = group.Sum(i => micros[i]),
            Gross = group.Sum(i => gross[i]),
            Discount = group.Sum(i => discount[i]),
            Refunds = group.Sum(i => refunds.Sum(day => day.Shares[i])),
            RefundDays = [.. refunds.Select(day => new DayAmount(day.Day, group.Sum(i => day.Shares[i]))).Where(day => day.Amount != 0)],
        });
    }

    /// <summary>
    /// Splits what was refunded up to each day and takes the differences, so that the days sum to the split of the whole. Largest remainders
    /// do not grow evenly, so a day's share may be a unit below zero; the sums never are.
    /// </summary>
    private static List<(DateOnly Day, long[] Shares)> RefundShares(ImmutableArray<DayAmount> days, Int128[] net)
    {
        var result = new List<(DateOnly, long[])>(days.Length);
        var sum = 0L;
        var before = new long[net.Length];
        foreach (var (day, amount) in days)
        {
            sum += amount;
            var upTo = LargestRemainder.Split(sum, net);
            result.Add((day, [.. upTo.Zip(before, (now, then) => now - then)]));
            before = upTo;
        }

        return result;
    }

    private static void AddOrJoin(List<Credit> credits, Credit credit)
    {
        var same = credits.FindIndex(other =>
            other.Placement == credit.Placement && other.Micros == credit.Micros && other.Gross == credit.Gross
            && other.Discount == credit.Discount && other.Refunds == credit.Refunds && other.RefundDays.SequenceEqual(credit.RefundDays));
        if (same < 0) credits.Add(credit);
        else credits[same] = credits[same] with { Models = credits[same].Models | credit.Models };
    }
}
