using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Values;

namespace Attribution.Core.Ledger;

/// <summary>What changed a journey: the events it took in, and whether it is now one with another.</summary>
/// <param name="Events">The events taken in, in any order; empty when the catalog was the cause.</param>
/// <param name="Merged">Whether journeys became one.</param>
public sealed record LedgerCause(IReadOnlyList<JourneyEvent> Events, bool Merged);

/// <summary>
/// The ledger lines of a change: the book model's credits after it, less those before. A line a conversion, placement and day, and
/// none where nothing changed; so a conversion's lines always sum to its credit. Pure.
/// </summary>
public static class LedgerLines
{
    /// <summary>The lines that turn the conversions before into those of the journey after.</summary>
    /// <param name="before">Conversions as last emitted, of every journey that became this one. Those that are the very same in the journey after have no lines.</param>
    /// <param name="after">The journey as it is now.</param>
    /// <param name="cause">Why.</param>
    /// <param name="at">When it is recorded.</param>
    public static IEnumerable<LedgerEntry> ForChange(IReadOnlyCollection<Conversion> before, Journey after, LedgerCause cause, Timestamp at)
    {
        var same = before.ToHashSet<Conversion>(ReferenceEqualityComparer.Instance);
        same.IntersectWith(after.Conversions);
        var states = before.Select(was => (Conversion: was, Times: -1)).Concat(after.Conversions.Select(now => (Conversion: now, Times: 1)));
        var changes = new List<(Line Line, Change Change)>();
        foreach (var conversion in states.Where(state => !same.Contains(state.Conversion)).GroupBy(state => state.Conversion.Key, StringComparer.Ordinal).OrderBy(states => states.Key, StringComparer.Ordinal))
        {
            changes.Clear();
            foreach (var (state, times) in conversion) AddChanges(changes, state, times);
            changes.RemoveAll(change => change.Change == default);
            if (changes.Count == 0) continue;

            changes.Sort((a, b) => a.Line.CompareTo(b.Line));
            var isKnown = conversion.Any(state => state.Times < 0);
            var isUnderOtherTerms = conversion.DistinctBy(state => state.Conversion.Terms).Count() > 1;
            foreach (var (line, change) in changes)
            {
                var (reason, causedBy) = FindCause(conversion.Key, line.IsRefund, isKnown ? [] : after.ReportedRefunds, cause);
                if (reason == LedgerReason.Catalog && isUnderOtherTerms) reason = LedgerReason.Policy;
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

    /// <summary>Adds what a conversion's lines come to; a conversion has few, so that they are looked through.</summary>
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

        void Book(Placement placement, DateOnly day, bool ofRefund, Change change)
        {
            var line = new Line(conversion.Day, ofRefund, day, placement);
            var known = changes.FindIndex(known => known.Line == line);
            if (known < 0) changes.Add((line, default(Change).Plus(change, times)));
            else changes[known] = (line, changes[known].Change.Plus(change, times));
        }
    }

    /// <summary>
    /// The nearest cause: of a refund's line the refund, be it one that waited for its order; else what was said of the conversion itself,
    /// then its refunds, then a merge, then a touch, else the catalog.
    /// </summary>
    private static (LedgerReason Reason, EventId? CausedBy) FindCause(string conversion, bool ofRefund, IEnumerable<ReportedRefund> waited, LedgerCause cause)
    {
        var refund = cause.Events.OfType<ReportedRefund>().Concat(ofRefund ? waited : []).LastOrDefault(refund => IdentityRules.OrderAlias(refund.OrderId) == conversion);
        var statement = cause.Events.OfType<ReportedConversion>().FirstOrDefault(statement => IdentityRules.ConversionKey(statement) == conversion);
        if (statement is not null && (refund is null || !ofRefund)) return (LedgerReason.Conversion, statement.Id);
        if (refund is not null)
            return (refund.Kind switch
            {
                RefundKind.Cancel => LedgerReason.Cancel,
                RefundKind.Chargeback => LedgerReason.Chargeback,
                _ => LedgerReason.Refund,
            }, refund.Id);
        if (cause.Merged && cause.Events.Count > 0) return (LedgerReason.Merge, cause.Events[^1].Id);
        var touch = cause.Events.LastOrDefault(happened => happened is Click or Visit);
        return touch is not null ? (LedgerReason.LateTouch, touch.Id) : (LedgerReason.Catalog, null);
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
        public Change Plus(Change other, int times) => new(Amount + other.Amount * times, Micros + other.Micros * times, Commission + other.Commission * times);
    }
}
