using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>What changed a journey: the events it took in, and whether it is now one with another.</summary>
/// <param name="Events">The events taken in, in any order; empty when the catalog was the cause.</param>
/// <param name="Merged">Whether journeys became one.</param>
public sealed record Cause(IReadOnlyList<JourneyEvent> Events, bool Merged);

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
    public static IEnumerable<LedgerEntry> Of(IReadOnlyCollection<Conversion> before, Journey after, Cause cause, Timestamp at)
    {
        var changes = new SortedDictionary<Line, Change>();
        var known = new Dictionary<string, Conversion>(StringComparer.Ordinal);
        var underOtherTerms = new HashSet<string>(StringComparer.Ordinal);
        var same = before.ToHashSet<Conversion>(ReferenceEqualityComparer.Instance);
        same.IntersectWith(after.Conversions);
        foreach (var conversion in before)
        {
            if (same.Contains(conversion)) continue;
            known[conversion.Key] = conversion;
            Add(changes, conversion, -1);
        }

        foreach (var conversion in after.Conversions)
        {
            if (same.Contains(conversion)) continue;
            Add(changes, conversion, 1);
            if (known.TryGetValue(conversion.Key, out var was) && was.Terms != conversion.Terms) underOtherTerms.Add(conversion.Key);
        }

        foreach (var (line, change) in changes)
        {
            if (change == default) continue;
            var (reason, causedBy) = Explain(line, known.ContainsKey(line.Conversion) ? [] : after.Refunds, cause);
            if (reason == LedgerReason.Catalog && underOtherTerms.Contains(line.Conversion)) reason = LedgerReason.Policy;
            yield return new()
            {
                Brand = after.Brand,
                Conversion = line.Conversion,
                Placement = new(line.Campaign, line.Creator),
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

    private static void Add(SortedDictionary<Line, Change> changes, Conversion conversion, int times)
    {
        void Book(Placement placement, DateOnly day, bool ofRefund, Change change)
        {
            var line = new Line(conversion.Key, conversion.Day, day, placement.Campaign, placement.Creator, ofRefund);
            changes[line] = changes.GetValueOrDefault(line).Plus(change, times);
        }

        foreach (var credit in conversion.Credits.Where(credit => credit.Models.Holds(conversion.BookModel)))
        {
            Book(credit.Placement, conversion.Day, false, new(credit.Gross - credit.Discount, credit.Micros, 0));
            foreach (var (day, amount) in credit.RefundDays) Book(credit.Placement, day, true, new(-amount, 0, 0));
        }

        foreach (var accrual in conversion.Accruals)
        {
            Book(accrual.Placement, conversion.Day, false, new(0, 0, accrual.Commission + accrual.Reversals.Sum(day => day.Amount)));
            foreach (var (day, amount) in accrual.Reversals) Book(accrual.Placement, day, true, new(0, 0, -amount));
        }
    }

    /// <summary>
    /// The nearest cause: of a refund's line the refund, be it one that waited for its order; else what was said of the conversion itself,
    /// then its refunds, then a merge, then a touch, else the catalog.
    /// </summary>
    private static (LedgerReason Reason, EventId? CausedBy) Explain(Line line, IEnumerable<RefundStatement> waited, Cause cause)
    {
        var refund = cause.Events.OfType<RefundStatement>().Concat(line.OfRefund ? waited : []).LastOrDefault(refund => Identity.Order(refund.OrderId) == line.Conversion);
        var statement = cause.Events.OfType<ConversionStatement>().FirstOrDefault(statement => Identity.ConversionKey(statement) == line.Conversion);
        if (statement is not null && (refund is null || !line.OfRefund)) return (LedgerReason.Conversion, statement.Id);
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

    private readonly record struct Line(string Conversion, DateOnly OrderDay, DateOnly EntryDay, string Campaign, string Creator, bool OfRefund) : IComparable<Line>
    {
        public int CompareTo(Line other) =>
            string.CompareOrdinal(Conversion, other.Conversion) is var byConversion and not 0 ? byConversion
            : OrderDay != other.OrderDay ? OrderDay.CompareTo(other.OrderDay)
            : OfRefund != other.OfRefund ? OfRefund.CompareTo(other.OfRefund)
            : EntryDay != other.EntryDay ? EntryDay.CompareTo(other.EntryDay)
            : string.CompareOrdinal(Campaign, other.Campaign) is var byCampaign and not 0 ? byCampaign
            : string.CompareOrdinal(Creator, other.Creator);
    }

    private readonly record struct Change(long Amount, long Micros, long Commission)
    {
        public Change Plus(Change other, int times) => new(Amount + other.Amount * times, Micros + other.Micros * times, Commission + other.Commission * times);
    }
}
