using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;

namespace Attribution.Core.Crediting;

/// <summary>What the refunds of one order came to, in minor units of the order's own currency.</summary>
/// <param name="Days">What was given back, by the refund's local day, in order of days.</param>
/// <param name="CanceledOn">The local day of the first cancel; null when the order stands.</param>
/// <param name="All">Every refund as stated, with what became of it, by (time, source, id).</param>
internal sealed record AppliedRefunds(ImmutableArray<DayAmount> Days, DateOnly? CanceledOn, ImmutableArray<AppliedRefund> All)
{
    /// <summary>No refunds.</summary>
    public static readonly AppliedRefunds None = new([], null, []);

    /// <summary>Applies each refund once, in order of (time, source, id), up to what is left; one in another currency than its order is not applied.</summary>
    /// <param name="stated">In order; of those of one refund id the last counts.</param>
    /// <param name="currency">The order's currency.</param>
    /// <param name="net">What may be given back in all.</param>
    /// <param name="calendar">For the local days.</param>
    public static AppliedRefunds Apply(IReadOnlyCollection<ReportedRefund> stated, string? currency, long net, BrandCalendar calendar)
    {
        if (stated.Count == 0) return None;
        var days = ImmutableArray.CreateBuilder<DayAmount>();
        var each = ImmutableArray.CreateBuilder<AppliedRefund>(stated.Count);
        var counts = new Dictionary<string, ReportedRefund>(StringComparer.Ordinal);
        foreach (var refund in stated) counts[refund.RefundId] = refund;
        var left = net;
        DateOnly? cancelledOn = null;
        foreach (var refund in stated)
        {
            if (!ReferenceEquals(counts[refund.RefundId], refund))
            {
                each.Add(new(refund, RefundOutcome.Restated, 0, currency));
                continue;
            }

            var (cancel, cancelled) = (refund.Kind == RefundKind.Cancel, cancelledOn is not null);
            var day = calendar.DayOf(refund.At);
            if (cancel) cancelledOn ??= day;
            if (!cancel && refund.Currency != currency)
            {
                each.Add(new(refund, RefundOutcome.OtherCurrency, 0, currency));
                continue;
            }

            var amount = cancel ? left : Math.Min(left, refund.Amount ?? left);
            var outcome = cancel || !(refund.Amount > left) ? RefundOutcome.Applied : cancelled ? RefundOutcome.AfterCancel : RefundOutcome.Capped;
            each.Add(new(refund, outcome, amount, currency));
            if (amount == 0) continue;
            left -= amount;
            if (days.Count > 0 && days[^1].Day == day) days[^1] = new(day, days[^1].Amount + amount);
            else days.Add(new(day, amount));
        }

        return new(days.ToImmutable(), cancelledOn, each.MoveToImmutable());
    }

    /// <summary>The local days of refunds whose order has not come, one for each refund id, in order of the refunds that count.</summary>
    public static ImmutableArray<DateOnly> WaitingDays(Journey journey, BrandCalendar calendar)
    {
        if (journey.ReportedRefunds.IsEmpty) return [];
        var orders = journey.ReportedConversions.Select(IdentityRules.ConversionKey).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. journey.ReportedRefunds.Where(refund => !orders.Contains(IdentityRules.OrderAlias(refund.OrderId)))
                .GroupBy(refund => (refund.OrderId, refund.RefundId)).Select(told => told.Last())
                .OrderBy(refund => refund.At).ThenBy(refund => refund.Id).Select(refund => calendar.DayOf(refund.At)),
        ];
    }
}

/// <summary>A refund as stated, and what became of it.</summary>
/// <param name="Refund">What was said.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Amount">What was given back by it, in minor units of the order's own currency.</param>
/// <param name="Currency">The order's own currency; null where that is not known.</param>
public sealed record AppliedRefund(ReportedRefund Refund, RefundOutcome Outcome, long Amount, string? Currency)
{
    /// <summary>The outcome in a sentence.</summary>
    public string Description => Outcome switch
    {
        RefundOutcome.Applied when Refund.Kind == RefundKind.Cancel => "cancelled the order and gave back all that was left of it",
        RefundOutcome.Applied => "was given back in full",
        RefundOutcome.Capped => "is more than was left of the order; only what was left was given back",
        RefundOutcome.AfterCancel => "came after the order was cancelled, which had given back all that was left",
        RefundOutcome.OtherCurrency => "is in another currency than its order and was not given back; state it again, under the same refund id, in the order's currency",
        RefundOutcome.Restated => "was stated again later under the same refund id, and the later statement counts",
        RefundOutcome.WaitsForOrder => "waits for its order, which has not come",
        _ => throw new InvalidOperationException($"No words for {Outcome}."),
    };
}

/// <summary>What became of a refund. A closed set; on the wire in snake_case.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<RefundOutcome>))]
public enum RefundOutcome
{
    /// <summary>All of it was given back.</summary>
    Applied = 1,

    /// <summary>It is more than was left of the order (an over-refund): only what was left was given back.</summary>
    Capped,

    /// <summary>It is more than was left, since the order was cancelled before.</summary>
    AfterCancel,

    /// <summary>It is in another currency than its order, and was not applied.</summary>
    OtherCurrency,

    /// <summary>A later statement of the same refund counts in its place.</summary>
    Restated,

    /// <summary>Its order has not come.</summary>
    WaitsForOrder,
}
