using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Values;

namespace Attribution.Core.Ledger;

/// <summary>
/// Creates the ledger lines of a change: the book model's credits after the change minus those before. There is one
/// line per conversion, placement and day, and none without a change, so a conversion's lines always sum to its credit.
/// Pure.
/// </summary>
public static class LedgerLines
{
    /// <summary>
    /// Returns the lines that lead from the conversions before a change to those of the journey after it.
    /// </summary>
    /// <param name="before">
    /// Conversions as last emitted, of every journey that was merged into this one. Instances that the journey still
    /// contains have no lines.
    /// </param>
    /// <param name="after">The journey after the change.</param>
    /// <param name="cause">The cause of the change.</param>
    /// <param name="at">The time of recording.</param>
    public static IEnumerable<LedgerEntry> ForChange(
        IReadOnlyCollection<Conversion> before, Journey after, LedgerCause cause, Timestamp at)
    {
        var unchanged = before.ToHashSet<Conversion>(ReferenceEqualityComparer.Instance);
        unchanged.IntersectWith(after.Conversions);
        var states = before.Select(conversion => (Conversion: conversion, Times: -1))
            .Concat(after.Conversions.Select(conversion => (Conversion: conversion, Times: 1)))
            .Where(state => !unchanged.Contains(state.Conversion))
            .GroupBy(state => state.Conversion.Key, StringComparer.Ordinal)
            .OrderBy(states => states.Key, StringComparer.Ordinal);
        var payments = OrderPayments.FromJourney(after);
        var isLinked = payments is not null && cause.Events.Any(journeyEvent => journeyEvent is ReportedPayment);
        var keys = before.Concat(after.Conversions).Select(conversion => conversion.Key).ToHashSet(StringComparer.Ordinal);
        var changes = new List<(Line Line, Change Change)>();
        foreach (var conversion in states)
        {
            changes.Clear();
            foreach (var (state, times) in conversion) AddChanges(changes, state, times);
            changes.RemoveAll(change => change.Change == default);
            if (changes.Count == 0) continue;

            changes.Sort((a, b) => a.Line.CompareTo(b.Line));
            var isKnown = conversion.Any(state => state.Times < 0);
            var haveTermsChanged = conversion.DistinctBy(state => state.Conversion.Terms).Count() > 1;
            var old = conversion.FirstOrDefault(state => state.Times < 0).Conversion;
            var current = conversion.FirstOrDefault(state => state.Times > 0).Conversion;
            LedgerReason? moved = cause.MovesToPlacementShares && PlacementShareMove.IsOnlyRounding(old, current, after.Touches.Length)
                ? LedgerReason.Rounding
                : cause.TimeZones?.IsMove(old, current, cause.Events.Count > 0) == true ? LedgerReason.TimeZones
                : cause.MovesToFixedRates && cause.Events.Count == 0 && FixedRateMove.IsMove(old, current) ? LedgerReason.Currencies
                : null;
            var isMapping = isKnown && cause.Events.OfType<ReportedConversion>().Any(reported =>
                IdentityRules.ConversionKey(reported) == conversion.Key
                && MappingChange.IsRemapped(reported, after.ReportedConversions));
            var isKnownAnew = old is not null && current is not null && old.Customer != current.Customer;
            foreach (var (line, change) in changes)
            {
                var (reason, causedBy) = FindCause(
                    conversion.Key, line.IsRefund, isKnown && !isLinked ? [] : after.ReportedRefunds, payments, keys, cause);
                if (causedBy is null && LastAboutOrders(cause) is { } about && Renewals.IsRenewal(after, payments, conversion.Key))
                    (reason, causedBy) = (LedgerReason.Conversion, about);
                if (reason == LedgerReason.Catalog && haveTermsChanged) reason = LedgerReason.Policy;
                if (moved is { } move) (reason, causedBy) = (move, null);
                else if (isMapping) reason = LedgerReason.Mapping;
                else if (isKnownAnew && (change.Amount | change.Micros) == 0
                    && reason is LedgerReason.Catalog or LedgerReason.Policy or LedgerReason.LateTouch or LedgerReason.Merge)
                    (reason, causedBy) = (LedgerReason.FirstOrder, LastAboutOrders(cause));
                yield return new()
                {
                    Brand = after.Brand,
                    Conversion = conversion.Key,
                    Placement = line.Placement,
                    OrderDay = line.OrderDay,
                    EntryDay = line.EntryDay,
                    Amount = change.Amount,
                    Micros = change.Micros,
                    Commission = change.Commission,
                    Reason = reason,
                    CausedBy = causedBy is { } id ? $"{id.Source}/{id.Id}" : "",
                    RecordedAt = at,
                };
            }
        }
    }

    /// <summary>Returns the last event about an order, its refund or its payment; null if there is none.</summary>
    private static EventId? LastAboutOrders(LedgerCause cause) => cause.Events.LastOrDefault(
        journeyEvent => journeyEvent is ReportedConversion or ReportedRefund or ReportedPayment)?.Id;

    /// <summary>Adds the lines of a conversion. It has few, so a linear search is sufficient.</summary>
    private static void AddChanges(List<(Line Line, Change Change)> changes, Conversion conversion, int times)
    {
        foreach (var credit in conversion.Credits)
        {
            if (!credit.Models.Contains(conversion.BookModel)) continue;
            Book(credit.Placement, conversion.Day, false, new(credit.Gross - credit.Discount, credit.Micros, 0));
            foreach (var (day, amount) in credit.RefundDays) Book(credit.Placement, day, true, new(-amount, 0, 0));
        }

        foreach (var accrual in conversion.Accruals)
        {
            Book(accrual.Placement, conversion.Day, false, new(0, 0, accrual.Commission));
            foreach (var (day, amount) in accrual.Reversals)
            {
                Book(accrual.Placement, conversion.Day, false, new(0, 0, amount));
                Book(accrual.Placement, day, true, new(0, 0, -amount));
            }
        }

        void Book(Placement placement, DateOnly day, bool isRefund, Change change)
        {
            var line = new Line(conversion.Day, isRefund, day, placement);
            var index = changes.FindIndex(known => known.Line == line);
            if (index < 0) changes.Add((line, default(Change).Plus(change, times)));
            else changes[index] = (line, changes[index].Change.Plus(change, times));
        }
    }

    /// <summary>
    /// Finds the nearest cause of a line. For a refund's line that is the refund, including one that waited for its
    /// order. Otherwise it is, in this order, a report of the conversion, one of its refunds, one of its payments, a
    /// merge, a touch, or the catalog.
    /// </summary>
    private static (LedgerReason Reason, EventId? CausedBy) FindCause(
        string conversion, bool isRefund, IEnumerable<ReportedRefund> waiting, OrderPayments? payments, HashSet<string> keys, LedgerCause cause)
    {
        var refund = cause.Events.OfType<ReportedRefund>().Concat(isRefund ? waiting : [])
            .LastOrDefault(refund => OrderPayments.ConversionAlias(payments, refund.OrderId, keys.Contains) == conversion);
        var reported = cause.Events.OfType<ReportedConversion>()
            .FirstOrDefault(reported => IdentityRules.ConversionKey(reported) == conversion);
        if (reported is not null && (refund is null || !isRefund)) return (LedgerReason.Conversion, reported.Id);
        if (refund is not null)
            return (refund.Kind switch
            {
                RefundKind.Cancel => LedgerReason.Cancel,
                RefundKind.Chargeback => LedgerReason.Chargeback,
                _ => LedgerReason.Refund,
            }, refund.Id);
        if (payments is not null && cause.Events.OfType<ReportedPayment>()
            .LastOrDefault(payment => OrderPayments.ConversionAlias(payments, payment.PaymentId, keys.Contains) == conversion) is { } payment)
            return (LedgerReason.Conversion, payment.Id);
        if (cause.Merged && cause.Events.Count > 0) return (LedgerReason.Merge, cause.Events[^1].Id);
        var touch = cause.Events.LastOrDefault(journeyEvent => journeyEvent is Click or Visit or Referral);
        return touch is not null ? (LedgerReason.LateTouch, touch.Id)
            : (cause.IsRelabeled ? LedgerReason.BotRules : LedgerReason.Catalog, null);
    }

    private readonly record struct Line(DateOnly OrderDay, bool IsRefund, DateOnly EntryDay, Placement Placement) : IComparable<Line>
    {
        public int CompareTo(Line other) =>
            OrderDay != other.OrderDay ? OrderDay.CompareTo(other.OrderDay)
            : IsRefund != other.IsRefund ? IsRefund.CompareTo(other.IsRefund)
            : EntryDay != other.EntryDay ? EntryDay.CompareTo(other.EntryDay)
            : string.CompareOrdinal(Placement.Campaign, other.Placement.Campaign) is var byCampaign and not 0 ? byCampaign
            : string.CompareOrdinal(Placement.Creator, other.Placement.Creator);
    }

    private readonly record struct Change(long Amount, long Micros, long Commission)
    {
        public Change Plus(Change other, int times) =>
            new(Amount + (other.Amount * times), Micros + (other.Micros * times), Commission + (other.Commission * times));
    }
}
