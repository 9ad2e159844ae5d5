using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Ledger;

/// <summary>What the ledger says of conversions, compared with what their journeys say. Pure.</summary>
public static class LedgerDifference
{
    /// <summary>The lines that a journey's conversions would have, had they come all at once: what the ledger's lines of them sum to.</summary>
    public static IEnumerable<LedgerEntry> ExpectedLines(Journey journey, Timestamp at) => LedgerLines.ForChange([], journey, new LedgerCause([], Merged: false), at);

    /// <summary>
    /// The lines that turn what is recorded of one conversion into what is expected: one a placement, order day and entry day, and none
    /// where both say the same.
    /// </summary>
    /// <param name="recorded">The ledger's lines of the conversion.</param>
    /// <param name="expected">The lines that would say what is right; empty: it should have no credit.</param>
    /// <param name="causedBy">What found it.</param>
    /// <param name="at">When it is recorded.</param>
    public static IEnumerable<LedgerEntry> Between(IEnumerable<LedgerEntry> recorded, IEnumerable<LedgerEntry> expected, string causedBy, Timestamp at) =>
        expected.Select(line => (Line: line, Times: 1)).Concat(recorded.Select(line => (Line: line, Times: -1)))
            .GroupBy(one => (one.Line.Brand, one.Line.Conversion, one.Line.Placement, one.Line.OrderDay, one.Line.EntryDay))
            .Select(group => group.First().Line with
            {
                Amount = group.Sum(one => one.Line.Amount * one.Times),
                Micros = group.Sum(one => one.Line.Micros * one.Times),
                Commission = group.Sum(one => one.Line.Commission * one.Times),
                Reason = LedgerReason.Rebuild,
                CausedBy = causedBy,
                RecordedAt = at,
            })
            .Where(line => (line.Amount | line.Micros | line.Commission) != 0);
}
