using System.Collections.Immutable;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>
/// Splits a conversion over the evidence, to the cent, under every served model: so no share goes below zero and what is wholly refunded
/// leaves exactly zero everywhere. Its answers depend on nothing but what is asked; it keeps room to work in, for one conversion after the other.
/// </summary>
internal sealed class Shares
{
    /// <summary>The whole of a conversion in micros.</summary>
    public const long Whole = 1_000_000;

    private readonly WeightRow weights = new();
    private readonly SplitTable table = new();
    private long[] sums = [];
    private int[] counts = [];

    /// <summary>
    /// The credits of a conversion under every served model, by placement and least model; empty when nobody is credited. Without a fit
    /// there are none under the fitted models. Micros are those of a standing conversion, whether it was cancelled or not.
    /// </summary>
    public ImmutableArray<Credit> Of(ConversionFacts conversion, Evidence evidence, Policy policy, Fit? fit)
    {
        if (evidence.Touches.Length == 0 && evidence.Codes.Length == 0) return [];
        var credits = new Dictionary<int, List<Credit>>();
        if (IsOnePlacement(evidence))
            AddUnder(Model.LastTouch, ComputedWith(fit?.Number ?? 0), conversion, evidence, policy, fit, credits);
        else
            foreach (var model in fit is null ? ModelNames.Heuristic : ModelNames.Served)
                AddUnder(model, model.ToSet(), conversion, evidence, policy, fit, credits);

        return
        [
            .. credits.Values.OrderBy(ofParty => ofParty[0].Placement.Campaign, StringComparer.Ordinal)
                .ThenBy(ofParty => ofParty[0].Placement.Creator, StringComparer.Ordinal)
                .SelectMany(ofParty => ofParty),
        ];
    }

    /// <summary>The models that a conversion is computed under: all where there is a fit, else those that need none.</summary>
    /// <param name="fit">The fit's number; 0: none.</param>
    public static ModelSet ComputedWith(int fit) => fit > 0 ? ModelSet.Heuristic | ModelSet.Fitted : ModelSet.Heuristic;

    private static bool IsOnePlacement(Evidence evidence)
    {
        var first = evidence.Touches.Length > 0 ? evidence.Touches[0].Party : evidence.Codes[0].Party;
        foreach (ref readonly var claim in evidence.Touches.AsSpan())
            if (claim.Party != first)
                return false;
        foreach (ref readonly var claim in evidence.Codes.AsSpan())
            if (claim.Party != first)
                return false;
        return true;
    }

    /// <summary>Adds the credits under a model; models come in the order of their numbers, so each party's credits stand by their least.</summary>
    private void AddUnder(
        Model model, ModelSet set, ConversionFacts conversion, Evidence evidence, Policy policy, Fit? fit, Dictionary<int, List<Credit>> credits)
    {
        var claims = Weighing.Weigh(policy, model, evidence, fit, weights);
        if (claims.Length == 0) return;
        table.Split(conversion, weights);
        var sums = Cleared(ref this.sums, evidence.Parties.Count * table.Columns);
        var counts = Cleared(ref this.counts, evidence.Parties.Count);
        table.AddUp(claims, sums, counts);
        for (var party = 0; party < counts.Length; party++)
        {
            if (counts[party] == 0) continue;
            if (!credits.TryGetValue(party, out var known)) credits.Add(party, known = []);
            var sum = sums.Slice(party * table.Columns, table.Columns);
            if (model == Model.Participation) InFull(conversion, sum);
            AddOrJoin(known, set, evidence.Parties[party], sum, conversion.RefundDays);
        }
    }

    private static Span<T> Cleared<T>(ref T[] room, int length)
    {
        if (room.Length < length) room = new T[length];
        var cleared = room.AsSpan(0, length);
        cleared.Clear();
        return cleared;
    }

    /// <summary>The whole value, as each distinct placement has it that took part.</summary>
    private static void InFull(ConversionFacts conversion, Span<long> sum)
    {
        (sum[SplitTable.Micros], sum[SplitTable.Gross], sum[SplitTable.Discount]) = (Whole, conversion.Gross, conversion.Discount);
        var refunded = 0L;
        for (var day = 0; day < conversion.RefundDays.Length; day++) sum[SplitTable.Refunded + day] = refunded += conversion.RefundDays[day].Amount;
    }

    /// <summary>Adds a credit, or its models to the one that says the same.</summary>
    private static void AddOrJoin(List<Credit> credits, ModelSet set, Placement placement, ReadOnlySpan<long> sum, ImmutableArray<DayAmount> days)
    {
        for (var i = 0; i < credits.Count; i++)
            if (SaysTheSame(credits[i], sum, days))
            {
                credits[i] = credits[i] with { Models = credits[i].Models | set };
                return;
            }

        credits.Add(new()
        {
            Models = set,
            Placement = placement,
            Micros = sum[SplitTable.Micros],
            Gross = sum[SplitTable.Gross],
            Discount = sum[SplitTable.Discount],
            Refunds = days.IsEmpty ? 0 : sum[^1],
            RefundDays = RefundDays(sum, days),
        });
    }

    private static bool SaysTheSame(Credit credit, ReadOnlySpan<long> sum, ImmutableArray<DayAmount> days) =>
        credit.Micros == sum[SplitTable.Micros] && credit.Gross == sum[SplitTable.Gross] && credit.Discount == sum[SplitTable.Discount]
        && (days.IsEmpty || (credit.Refunds == sum[^1] && credit.RefundDays.SequenceEqual(RefundDays(sum, days))));

    /// <summary>
    /// What was refunded up to each day is split, and the differences taken, so that the days sum to the split of the whole; largest
    /// remainders do not grow evenly, so a day's share may be a unit below zero, the sums never are.
    /// </summary>
    private static ImmutableArray<DayAmount> RefundDays(ReadOnlySpan<long> sum, ImmutableArray<DayAmount> days)
    {
        if (days.IsEmpty) return [];
        var shares = ImmutableArray.CreateBuilder<DayAmount>(days.Length);
        for (var day = 0; day < days.Length; day++)
        {
            var upTo = sum[SplitTable.Refunded + day];
            var amount = upTo - (day == 0 ? 0 : sum[SplitTable.Refunded + day - 1]);
            if (amount != 0) shares.Add(new(days[day].Day, amount));
        }

        return shares.DrainToImmutable();
    }
}
