using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;

namespace Attribution.Core.Crediting;

/// <summary>The refunds of one order after they were applied, in minor units of the order's currency.</summary>
/// <param name="Days">Refunded amounts by the refund's local day, in order of days.</param>
/// <param name="CanceledOn">Local day of the first cancellation; null if the order was not canceled.</param>
/// <param name="All">Every reported refund with its outcome, ordered by (time, source, id).</param>
internal sealed record AppliedRefunds(
    ImmutableArray<DayAmount> Days, DateOnly? CanceledOn, ImmutableArray<AppliedRefund> All)
{
    /// <summary>Gets the refunded amounts above 0 one by one, in the order in which they were applied.</summary>
    public ImmutableArray<RefundPart> Parts { get; init; } = [];

    /// <summary>No refunds.</summary>
    public static readonly AppliedRefunds None = new([], null, []);

    /// <summary>
    /// Applies each refund once, in order of the time it took effect, then source and id, up to the amount that is left
    /// of the order. A refund in a currency other than the order's is not applied.
    /// </summary>
    /// <param name="reported">The reported refunds in order.</param>
    /// <param name="orderReports">The reports of the order, by their states.</param>
    /// <param name="currency">The order's currency.</param>
    /// <param name="net">The most that can be refunded in total, in minor units.</param>
    /// <param name="taxAndShipping">The tax and shipping of the order, in minor units.</param>
    /// <param name="calendar">Converts times to local days.</param>
    /// <param name="isCounted">Returns false for refunds of payments that do not count.</param>
    public static AppliedRefunds Apply(
        IReadOnlyCollection<ReportedRefund> reported, IReadOnlyList<ReportedConversion> orderReports, string? currency,
        long net, long taxAndShipping, BrandCalendar calendar, Func<ReportedRefund, bool> isCounted)
    {
        if (reported.Count == 0) return None;
        var days = ImmutableArray.CreateBuilder<DayAmount>();
        var parts = ImmutableArray.CreateBuilder<RefundPart>();
        var outcomes = RefundStates.Resolve(reported, orderReports);
        var applied = new Dictionary<ReportedRefund, AppliedRefund>(ReferenceEqualityComparer.Instance);
        foreach (var (refund, outcome) in outcomes) applied.Add(refund, new(refund, outcome, 0, currency));
        var times = new RefundTimes(reported, orderReports);
        var counted =
            from refund in reported
            where !outcomes.ContainsKey(refund)
            let at = times.TimeOf(refund)
            orderby at, refund.Id
            select (refund, at);
        var shares = new GoodsShare(net, taxAndShipping);
        var left = net;
        DateOnly? canceledOn = null;
        foreach (var (refund, at) in counted)
        {
            if (!isCounted(refund))
            {
                applied.Add(refund, new(refund, RefundOutcome.PaymentNotCounted, 0, currency));
                continue;
            }

            var (isCancel, wasCanceled) = (refund.Kind == RefundKind.Cancel, canceledOn is not null);
            var day = calendar.DayOf(at);
            if (isCancel) canceledOn ??= day;
            if (!isCancel && refund.Currency != currency)
            {
                applied.Add(refund, new(refund, RefundOutcome.OtherCurrency, 0, currency));
                continue;
            }

            var (goods, exceedsTotal) = refund is { IsOfTotal: true, Amount: { } paidBack }
                ? shares.Next(paidBack) : (refund.Amount ?? left, false);
            var amount = isCancel ? left : Math.Min(left, goods);
            var outcome = isCancel || !(exceedsTotal || goods > left) ? RefundOutcome.Applied
                : wasCanceled ? RefundOutcome.AfterCancel
                : RefundOutcome.Capped;
            applied.Add(refund, new(refund, outcome, amount, currency));
            if (amount == 0) continue;
            left -= amount;
            parts.Add(new(day, amount, isCancel ? null : refund.Lines));
            if (days.Count > 0 && days[^1].Day == day) days[^1] = new(day, days[^1].Amount + amount);
            else days.Add(new(day, amount));
        }

        return new(days.ToImmutable(), canceledOn, [.. reported.Select(refund => applied[refund])]) { Parts = parts.ToImmutable() };
    }

    /// <summary>
    /// Returns the local days of refunds whose order has not arrived: one day per refund id that was not taken back,
    /// ordered by time. The state of an order that never counted, reported as canceled, waits for nothing.
    /// </summary>
    public static ImmutableArray<DateOnly> WaitingDays(Journey journey, BrandCalendar calendar)
    {
        if (journey.ReportedRefunds.IsEmpty) return [];
        var payments = OrderPayments.FromJourney(journey);
        var orders = journey.ReportedConversions.Select(IdentityRules.ConversionKey).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. journey.ReportedRefunds.Where(refund => !orders.Contains(OrderPayments.OrderAlias(payments, refund.OrderId)))
                .GroupBy(refund => refund.OrderId, StringComparer.Ordinal)
                .SelectMany(reports => RefundStates.Standing([.. reports], []))
                .Where(refund => refund.Kind != RefundKind.Cancel || refund.StateAt is null)
                .InEventOrder().Select(refund => calendar.DayOf(refund.At)),
        ];
    }
}

/// <summary>An amount that one refund gave back, in minor units of the order's currency.</summary>
/// <param name="Day">The refund's local day.</param>
/// <param name="Amount">The amount.</param>
/// <param name="Lines">The lines that it names; null if it names none.</param>
internal readonly record struct RefundPart(DateOnly Day, long Amount, IReadOnlyList<ReportedRefundLine>? Lines);
