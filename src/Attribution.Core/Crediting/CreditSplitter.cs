using System.Collections.Immutable;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>
/// Splits a conversion among its placements under every served model, exact to the minor unit: every placement lies
/// within one unit of its exact share, no total share is negative, and a conversion refunded in full leaves exactly zero
/// everywhere. The result depends only on the arguments. An instance reuses its buffers for one conversion after
/// another; not thread-safe.
/// </summary>
internal sealed class CreditSplitter
{
    /// <summary>A whole conversion in micros.</summary>
    public const long WholeMicros = 1_000_000;

    private readonly Weights weights = new();
    private readonly SplitTable table = new();
    private readonly List<(int Claimant, ModelSet Models)> entries = [];
    private long[] whole = [];
    private long[] splits = [];
    private int columns;

    /// <summary>
    /// Returns the credits under every served model, ordered by placement and lowest model; empty if no one is
    /// credited. Without a fit there are no credits under the fitted models. Micros do not account for a cancellation.
    /// </summary>
    public ImmutableArray<Credit> Split(in ConversionEvaluation evaluation)
    {
        var (conversion, _, evidence, fit, _, _) = evaluation;
        if (evidence.Touches.Count == 0 && evidence.Codes.Count == 0) return [];
        entries.Clear();
        columns = SplitTable.CountColumns(conversion);
        if (HasSinglePlacement(evidence))
            AddModelShares(Model.LastTouch, ModelsFor(fit?.Number ?? 0), evaluation);
        else
            foreach (var model in fit is null ? ModelNames.Heuristic : ModelNames.Served)
                if (model == Model.Participation) AddParticipation(conversion);
                else AddModelShares(model, model.ToSet(), evaluation);

        var credits = ImmutableArray.CreateBuilder<Credit>(entries.Count);
        foreach (var claimant in evidence.Claimants.Sorted)
            for (var entry = 0; entry < entries.Count; entry++)
                if (entries[entry].Claimant == claimant)
                    credits.Add(ToCredit(
                        entries[entry].Models, evidence.Claimants[claimant], ColumnsOf(entry), conversion.RefundDays));
        return credits.MoveToImmutable();
    }

    /// <summary>
    /// Splits a conversion under one model as <see cref="Split"/> does, and each placement's share among its touchpoints.
    /// </summary>
    /// <returns>
    /// The touchpoints that the policy lets take part, and the share of each in micros; empty if no one is credited.
    /// </returns>
    public (EligibleTouchpoints Touchpoints, long[] Micros) SplitByTouchpoint(in ConversionEvaluation evaluation, Model model)
    {
        var touchpoints = SplitByModel(model, evaluation);
        return (touchpoints, touchpoints.Count == 0 ? [] : table.MicrosByTouchpoint(touchpoints.Claimants, weights));
    }

    /// <summary>
    /// Returns the models that a conversion is split under: all if there is a fit, otherwise those that need none.
    /// </summary>
    /// <param name="fit">Number of the fit; 0 if there is none.</param>
    public static ModelSet ModelsFor(int fit) => fit > 0 ? ModelSet.Heuristic | ModelSet.Fitted : ModelSet.Heuristic;

    private static bool HasSinglePlacement(Evidence evidence)
    {
        var first = evidence.All.Claimants[0];
        return !evidence.All.Claimants.AsSpan().ContainsAnyExcept(first);
    }

    /// <summary>
    /// Fills the table with the placements' shares under a model, and returns the touchpoints that take part.
    /// </summary>
    private EligibleTouchpoints SplitByModel(Model model, in ConversionEvaluation evaluation)
    {
        var touchpoints = ModelApplication.Apply(
            evaluation.Terms.Policy, model, evaluation.Evidence, evaluation.Fit, weights);
        if (touchpoints.Count > 0)
            table.Split(evaluation.Facts, touchpoints.Claimants, weights, evaluation.Evidence.Claimants.Count);
        return touchpoints;
    }

    /// <summary>
    /// Adds the claimants' shares under a model. Models come in the order of their numbers, so each claimant's shares
    /// are ordered by their lowest model.
    /// </summary>
    private void AddModelShares(Model model, ModelSet set, in ConversionEvaluation evaluation)
    {
        if (SplitByModel(model, evaluation).Count == 0) return;
        for (var row = 0; row < table.RowCount; row++) AddOrMerge(table.ClaimantOf(row), set, table[row]);
    }

    /// <summary>
    /// Adds the shares by participation: the whole value for every claimant that took part, which are those with a
    /// share under <see cref="Model.Linear"/>.
    /// </summary>
    private void AddParticipation(ConversionFacts conversion)
    {
        if (whole.Length < columns) whole = new long[columns];
        (whole[SplitTable.Micros], whole[SplitTable.Gross], whole[SplitTable.Discount]) =
            (WholeMicros, conversion.Gross, conversion.Discount);
        var refunded = 0L;
        for (var day = 0; day < conversion.RefundDays.Length; day++)
            whole[SplitTable.Refunded + day] = refunded += conversion.RefundDays[day].Amount;
        for (var (entry, known) = (0, entries.Count); entry < known; entry++)
            if (entries[entry].Models.Contains(Model.Linear))
                AddOrMerge(entries[entry].Claimant, Model.Participation.ToSet(), whole.AsSpan(0, columns));
    }

    /// <summary>
    /// Adds a claimant's share under some models, or adds the models to an equal share of the claimant.
    /// </summary>
    private void AddOrMerge(int claimant, ModelSet set, ReadOnlySpan<long> split)
    {
        for (var entry = 0; entry < entries.Count; entry++)
            if (entries[entry].Claimant == claimant && ColumnsOf(entry).SequenceEqual(split))
            {
                entries[entry] = (claimant, entries[entry].Models | set);
                return;
            }

        entries.Add((claimant, set));
        if (splits.Length < entries.Count * columns) Array.Resize(ref splits, 2 * entries.Count * columns);
        split.CopyTo(splits.AsSpan((entries.Count - 1) * columns));
    }

    private ReadOnlySpan<long> ColumnsOf(int entry) => splits.AsSpan(entry * columns, columns);

    private static Credit ToCredit(
        ModelSet models, Placement placement, ReadOnlySpan<long> split, ImmutableArray<DayAmount> days) => new()
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
    /// Splits the running total of refunds per day and takes the differences, so that the days sum to the split of the
    /// total. Largest remainders do not grow evenly: a single day may be one unit below zero, but the sums never are.
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
