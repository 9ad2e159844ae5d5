using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>
/// The states of the refunds of one order. A refund is made or taken back by its reports, and by lists of refund ids in
/// reports of its order; the latest of them decides. A list speaks only of refunds that its own source reported.
/// </summary>
internal static class RefundStates
{
    /// <summary>Returns the reports that count: the latest of each refund that is not taken back.</summary>
    public static IEnumerable<ReportedRefund> Standing(
        IReadOnlyCollection<ReportedRefund> reported, IReadOnlyList<ReportedConversion> orderReports)
    {
        var superseded = Resolve(reported, orderReports);
        return reported.Where(refund => !superseded.ContainsKey(refund));
    }

    /// <summary>
    /// Returns the outcomes of the reports that do not count: <see cref="RefundOutcome.Voided"/> for the latest report
    /// of a refund that is taken back, <see cref="RefundOutcome.Restated"/> for every other.
    /// </summary>
    /// <param name="reported">The reported refunds of one order.</param>
    /// <param name="orderReports">The reports of the order, by their states.</param>
    public static Dictionary<ReportedRefund, RefundOutcome> Resolve(
        IReadOnlyCollection<ReportedRefund> reported, IReadOnlyList<ReportedConversion> orderReports)
    {
        var outcomes = new Dictionary<ReportedRefund, RefundOutcome>(ReferenceEqualityComparer.Instance);
        foreach (var reports in reported.GroupBy(refund => refund.RefundId, StringComparer.Ordinal))
        {
            List<ReportedRefund> byState = [.. reports];
            if (byState.Count > 1) byState.Sort(EventOrder.CompareStates);
            var latest = byState[^1];
            var isMade = !latest.IsVoid;
            if (FindList(byState, orderReports) is { } list && EventOrder.CompareStates(list, latest) > 0)
                isMade = list.RefundIds!.Contains(latest.RefundId);
            var counted = isMade ? byState.FindLast(refund => !refund.IsVoid) : null;
            foreach (var refund in byState)
                if (!ReferenceEquals(refund, counted))
                    outcomes.Add(
                        refund,
                        counted is null && ReferenceEquals(refund, latest) ? RefundOutcome.Voided : RefundOutcome.Restated);
        }

        return outcomes;
    }

    /// <summary>Returns the latest list of a source that reported the refund; null if there is none.</summary>
    private static ReportedConversion? FindList(List<ReportedRefund> reports, IReadOnlyList<ReportedConversion> orderReports)
    {
        for (var i = orderReports.Count - 1; i >= 0; i--)
            if (orderReports[i].RefundIds is not null && reports.Exists(report => report.Id.Source == orderReports[i].Id.Source))
                return orderReports[i];
        return null;
    }
}

/// <summary>
/// The times from which refunds of one order exist. A report of a state may be made long after the refund: of all
/// reports of states since the refund was last taken back, the earliest time applies.
/// </summary>
/// <param name="reported">The reported refunds of the order.</param>
/// <param name="orderReports">The reports of the order, by their states.</param>
internal sealed class RefundTimes(
    IReadOnlyCollection<ReportedRefund> reported, IReadOnlyList<ReportedConversion> orderReports)
{
    // Created once for all refunds: an order with many refunds has as many states, and each lists all of them.
    private readonly Lazy<ILookup<string, ReportedRefund>> byRefund =
        new(() => reported.ToLookup(report => report.RefundId, StringComparer.Ordinal));

    private readonly Lazy<List<(ReportedConversion Order, HashSet<string> Refunds)>> lists = new(() =>
    [
        .. orderReports.Where(order => order.RefundIds is not null)
            .Select(order => (order, order.RefundIds!.ToHashSet(StringComparer.Ordinal))),
    ]);

    /// <summary>Returns the time from which a refund that counts exists.</summary>
    public Timestamp TimeOf(ReportedRefund counted)
    {
        if (counted.StateAt is null) return counted.At;
        IReadOnlyList<ReportedRefund> reports = [.. byRefund.Value[counted.RefundId]];
        var sources = reports.Select(report => report.Id.Source).ToHashSet(StringComparer.Ordinal);
        IStateReport? takenBack = null;
        foreach (var report in reports.Where(report => report.IsVoid)) Consider(report);
        foreach (var (order, refunds) in lists.Value)
            if (!refunds.Contains(counted.RefundId) && sources.Contains(order.Id.Source)) Consider(order);
        return reports.Where(report => !report.IsVoid && report.StateAt is not null
                && (takenBack is null || EventOrder.CompareStates(takenBack, report) < 0))
            .Min(report => report.At);

        void Consider(IStateReport report)
        {
            if (EventOrder.CompareStates(report, counted) < 0
                && (takenBack is null || EventOrder.CompareStates(takenBack, report) < 0)) takenBack = report;
        }
    }
}
