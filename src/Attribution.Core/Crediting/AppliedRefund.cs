using Attribution.Core.Events;

namespace Attribution.Core.Crediting;

/// <summary>A reported refund with its outcome.</summary>
/// <param name="Refund">The refund as reported.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Amount">The amount refunded by it, in minor units of the order's currency.</param>
/// <param name="Currency">The order's currency; null if it is not known.</param>
public sealed record AppliedRefund(ReportedRefund Refund, RefundOutcome Outcome, long Amount, string? Currency)
{
    /// <summary>Returns the outcomes of the refunds of an order that has not arrived.</summary>
    public static IReadOnlyList<AppliedRefund> ForMissingOrder(IReadOnlyCollection<ReportedRefund> reported)
    {
        var superseded = RefundStates.Resolve(reported, []);
        return
        [
            .. reported.Select(refund => new AppliedRefund(
                refund, superseded.TryGetValue(refund, out var outcome) ? outcome : RefundOutcome.WaitsForOrder, 0, null)),
        ];
    }

    /// <summary>Describes the outcome in one sentence.</summary>
    public string Description => Outcome switch
    {
        RefundOutcome.Applied when Refund.Kind == RefundKind.Cancel => "canceled the order and refunded the rest of it",
        RefundOutcome.Applied when Refund.IsOfTotal => "was refunded by the goods' share of the total",
        RefundOutcome.Applied => "was applied as reported",
        RefundOutcome.Capped => "exceeds what was left of the order; only what was left was refunded",
        RefundOutcome.AfterCancel => "came after the order was canceled, which had refunded the rest",
        RefundOutcome.OtherCurrency =>
            "is in a currency other than the order's and was not applied; report it again with the same refund id in the order's currency",
        RefundOutcome.Restated => "was reported again later with the same refund id; the later report counts",
        RefundOutcome.Voided when Refund.IsVoid => "took the refund back; it counts as not made",
        RefundOutcome.Voided =>
            "was taken back by a later report of its order, which does not list it; it counts as not made",
        RefundOutcome.PaymentNotCounted => "gives back a later payment of the order, which does not count",
        RefundOutcome.WaitsForOrder => "waits for its order, which has not arrived",
        _ => throw new InvalidOperationException($"The outcome {Outcome} has no description."),
    };
}
