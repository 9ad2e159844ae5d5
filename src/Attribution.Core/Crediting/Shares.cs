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
        var room = new Room(evidence.Touches.Count + evidence.Codes.Count);

        var credits = new List<Credit>();
        if (IsOnePlacement(evidence))
            credits.AddRange(Under(Model.LastTouch, conversion, evidence, policy, fit, room).Select(credit => credit with { Models = ComputedWith(fit?.Number ?? 0) }));
        else
            foreach (var model in fit is null ? ModelNames.Heuristic : ModelNames.Served)
                foreach (var credit in Under(model, conversion, evidence, policy, fit, room))
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

    private static IEnumerable<Credit> Under(Model model, ConversionFacts conversion, Evidence evidence, Policy policy, Fit? fit, Room room)
    {
        var (claims, weights) = Weighing.Weigh(policy, model, evidence, fit);
        if (claims.Count == 0) return [];
        return model == Model.Participation ? InFull(claims, weights, conversion) : Split(model, claims, weights, conversion, room);
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

    /// <summary>
    /// Splits over the claims in order, then adds up by placement. What was refunded up to each day is split, and the differences taken, so
    /// that the days sum to the split of the whole; largest remainders do not grow evenly, so a day's share may be a unit below zero, the
    /// sums never are.
    /// </summary>
    private static List<Credit> Split(Model model, IReadOnlyList<Claim> claims, Int128[] weights, ConversionFacts conversion, Room room)
    {
        var gross = room.Gross.AsSpan(0, weights.Length);
        var micros = room.Micros.AsSpan(0, weights.Length);
        var discount = room.Discount.AsSpan(0, weights.Length);
        var net = room.Net.AsSpan(0, weights.Length);
        LargestRemainder.Split(conversion.Gross, weights, gross);
        LargestRemainder.Split(Whole, weights, micros);
        LargestRemainder.Split(conversion.Discount, gross, discount);
        for (var i = 0; i < net.Length; i++) net[i] = gross[i] - discount[i];
        var (refundedUpTo, refunded) = (new List<long[]>(conversion.RefundDays.Length), 0L);
        foreach (var (_, amount) in conversion.RefundDays)
        {
            refundedUpTo.Add(new long[weights.Length]);
            LargestRemainder.Split(refunded += amount, net, refundedUpTo[^1]);
        }

        var placements = new List<Placement>();
        var sums = new List<Sum>();
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] == 0) continue;
            var which = placements.IndexOf(claims[i].Placement);
            if (which < 0)
            {
                which = placements.Count;
                placements.Add(claims[i].Placement);
                sums.Add(new(refundedUpTo.Count));
            }

            sums[which].Add(micros[i], gross[i], discount[i], refundedUpTo, i);
        }

        return [.. placements.Select((placement, which) => sums[which].ToCredit(model, placement, conversion.RefundDays))];
    }

    /// <summary>Where one model after the other is split: a conversion of many claims would otherwise spend its time on fresh memory.</summary>
    private sealed class Room(int claims)
    {
        public long[] Gross { get; } = new long[claims];
        public long[] Micros { get; } = new long[claims];
        public long[] Discount { get; } = new long[claims];
        public long[] Net { get; } = new long[claims];
    }

    /// <summary>What the claims of one placement add up to.</summary>
    private sealed class Sum(int refundDays)
    {
        private readonly long[] refundedUpTo = new long[refundDays];
        private long micros, gross, discount;

        public void Add(long claimMicros, long claimGross, long claimDiscount, List<long[]> claimsRefunded, int claim)
        {
            micros += claimMicros;
            gross += claimGross;
            discount += claimDiscount;
            for (var day = 0; day < refundedUpTo.Length; day++) refundedUpTo[day] += claimsRefunded[day][claim];
        }

        public Credit ToCredit(Model model, Placement placement, ImmutableArray<DayAmount> days) => new()
        {
            Models = model.ToSet(),
            Placement = placement,
            Micros = micros,
            Gross = gross,
            Discount = discount,
            Refunds = refundedUpTo.LastOrDefault(),
            RefundDays = [.. days.Select((day, i) => new DayAmount(day.Day, refundedUpTo[i] - (i == 0 ? 0 : refundedUpTo[i - 1]))).Where(day => day.Amount != 0)],
        };
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
