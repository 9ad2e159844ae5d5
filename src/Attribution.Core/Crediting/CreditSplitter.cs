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
internal sealed class CreditSplitter
{
    /// <summary>The whole of a conversion in micros.</summary>
    public const long WholeMicros = 1_000_000;

    private readonly Weights weights = new();
    private readonly SplitTable table = new();
    private readonly List<(int Party, ModelSet Models)> shares = [];
    private long[] sums = [];
    private long[] splits = [];
    private int[] counts = [];
    private int columns;

    /// <summary>
    /// The credits of a conversion under every served model, by placement and least model; empty when nobody is credited. Without a fit
    /// there are none under the fitted models. Micros are those of a standing conversion, whether it was cancelled or not.
    /// </summary>
    public ImmutableArray<Credit> Split(ConversionFacts conversion, Evidence evidence, Policy policy, Fit? fit)
    {
        if (evidence.Touches.Count == 0 && evidence.Codes.Count == 0) return [];
        shares.Clear();
        columns = SplitTable.ColumnsOf(conversion);
        if (HasSinglePlacement(evidence))
            AddModelShares(Model.LastTouch, ModelsFor(fit?.Number ?? 0), conversion, evidence, policy, fit);
        else
            foreach (var model in fit is null ? ModelNames.Heuristic : ModelNames.Served)
                if (model == Model.Participation) AddParticipation(conversion);
                else AddModelShares(model, model.ToSet(), conversion, evidence, policy, fit);

        var credits = ImmutableArray.CreateBuilder<Credit>(shares.Count);
        foreach (var party in evidence.Claimants.Sorted)
            for (var share = 0; share < shares.Count; share++)
                if (shares[share].Party == party)
                    credits.Add(ToCredit(shares[share].Models, evidence.Claimants[party], ColumnsOf(share), conversion.RefundDays));
        return credits.MoveToImmutable();
    }

    /// <summary>The models that a conversion is computed under: all where there is a fit, else those that need none.</summary>
    /// <param name="fit">The fit's number; 0: none.</param>
    public static ModelSet ModelsFor(int fit) => fit > 0 ? ModelSet.Heuristic | ModelSet.Fitted : ModelSet.Heuristic;

    private static bool HasSinglePlacement(Evidence evidence)
    {
        var first = evidence.All.Claimants[0];
        return !evidence.All.Claimants.AsSpan().ContainsAnyExcept(first);
    }

    /// <summary>Adds what the parties get under a model; models come in the order of their numbers, so each party's shares stand by their least.</summary>
    private void AddModelShares(Model model, ModelSet set, ConversionFacts conversion, Evidence evidence, Policy policy, Fit? fit)
    {
        var claims = ModelApplication.Apply(policy, model, evidence, fit, weights);
        if (claims.Count == 0) return;
        table.Split(conversion, weights);
        var sums = GetClearedSpan(ref this.sums, evidence.Claimants.Count * columns);
        var counts = GetClearedSpan(ref this.counts, evidence.Claimants.Count);
        table.SumByClaimant(claims.Claimants, sums, counts);
        for (var party = 0; party < counts.Length; party++)
            if (counts[party] > 0)
                AddOrMerge(party, set, sums.Slice(party * columns, columns));
    }

    private static Span<T> GetClearedSpan<T>(ref T[] room, int length)
    {
        if (room.Length < length) room = new T[length];
        var cleared = room.AsSpan(0, length);
        cleared.Clear();
        return cleared;
    }

    /// <summary>Adds what the parties get by participation, which is the whole value for each that took part: for those with a share by <see cref="Model.Linear"/>.</summary>
    private void AddParticipation(ConversionFacts conversion)
    {
        var whole = GetClearedSpan(ref sums, columns);
        (whole[SplitTable.Micros], whole[SplitTable.Gross], whole[SplitTable.Discount]) = (WholeMicros, conversion.Gross, conversion.Discount);
        var refunded = 0L;
        for (var day = 0; day < conversion.RefundDays.Length; day++) whole[SplitTable.Refunded + day] = refunded += conversion.RefundDays[day].Amount;
        for (var (share, known) = (0, shares.Count); share < known; share++)
            if (shares[share].Models.Contains(Model.Linear))
                AddOrMerge(shares[share].Party, Model.Participation.ToSet(), whole);
    }

    /// <summary>Adds what a party gets under some models, or the models to those under which it gets the same.</summary>
    private void AddOrMerge(int party, ModelSet set, ReadOnlySpan<long> split)
    {
        for (var share = 0; share < shares.Count; share++)
            if (shares[share].Party == party && ColumnsOf(share).SequenceEqual(split))
            {
                shares[share] = (party, shares[share].Models | set);
                return;
            }

        shares.Add((party, set));
        if (splits.Length < shares.Count * columns) Array.Resize(ref splits, 2 * shares.Count * columns);
        split.CopyTo(splits.AsSpan((shares.Count - 1) * columns));
    }

    private ReadOnlySpan<long> ColumnsOf(int share) => splits.AsSpan(share * columns, columns);

    private static Credit ToCredit(ModelSet models, Placement placement, ReadOnlySpan<long> split, ImmutableArray<DayAmount> days) => new()
    {
        Models = models,
        Placement = placement,
        Micros = split[SplitTable.Micros],
        Gross = split[SplitTable.Gross],
        Discount = split[SplitTable.Discount],
        Refunds = days.IsEmpty ? 0 : split[^1],
        RefundDays = RefundDays(split, days),
    };

    /// <summary>
    /// What was refunded up to each day is split, and the differences taken, so that the days sum to the split of the whole; largest
    /// remainders do not grow evenly, so a day's share may be a unit below zero, the sums never are.
    /// </summary>
    private static ImmutableArray<DayAmount> RefundDays(ReadOnlySpan<long> split, ImmutableArray<DayAmount> days)
    {
        if (days.IsEmpty) return [];
        var shares = ImmutableArray.CreateBuilder<DayAmount>(days.Length);
        for (var day = 0; day < days.Length; day++)
        {
            var upTo = split[SplitTable.Refunded + day];
            var amount = upTo - (day == 0 ? 0 : split[SplitTable.Refunded + day - 1]);
            if (amount != 0) shares.Add(new(days[day].Day, amount));
        }

        return shares.DrainToImmutable();
    }
}
