using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Ledger;

/// <summary>Compares the ledger's lines of conversions with their journeys. Pure.</summary>
public static class LedgerDifference
{
    /// <summary>
    /// Returns the lines that a journey's conversions would have if all events had arrived at once. The ledger's lines
    /// should have the same sums.
    /// </summary>
    public static IEnumerable<LedgerEntry> ExpectedLines(Journey journey, Timestamp at) =>
        LedgerLines.ForChange([], journey, new LedgerCause([], Merged: false), at);

    /// <summary>
    /// Returns the lines that correct the recorded lines of one conversion: one per placement, order day and entry day,
    /// and none if both sums are equal.
    /// </summary>
    /// <param name="recorded">The ledger's lines of the conversion.</param>
    /// <param name="expected">The expected lines; empty if the conversion should have no credit.</param>
    /// <param name="causedBy">The cause to record.</param>
    /// <param name="at">The time of recording.</param>
    public static IEnumerable<LedgerEntry> Between(
        IEnumerable<LedgerEntry> recorded, IEnumerable<LedgerEntry> expected, string causedBy, Timestamp at) =>
        expected.Select(line => (Line: line, Times: 1)).Concat(recorded.Select(line => (Line: line, Times: -1)))
            .GroupBy(signed => (
                signed.Line.Brand, signed.Line.Conversion, signed.Line.Placement, signed.Line.OrderDay, signed.Line.EntryDay))
            .Select(group => group.First().Line with
            {
                Amount = Sum(group, line => line.Amount),
                Micros = Sum(group, line => line.Micros),
                Commission = Sum(group, line => line.Commission),
                Reason = LedgerReason.Rebuild,
                CausedBy = causedBy,
                RecordedAt = at,
            })
            .Where(line => (line.Amount | line.Micros | line.Commission) != 0);

    /// <summary>Sums in 128 bits, because a part of the lines can exceed 64 bits although all of them do not.</summary>
    private static long Sum(IEnumerable<(LedgerEntry Line, int Times)> group, Func<LedgerEntry, long> value) =>
        (long)group.SumWide(signed => (Int128)value(signed.Line) * signed.Times);
}
