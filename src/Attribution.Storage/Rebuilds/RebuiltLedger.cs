using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Values;

namespace Attribution.Storage.Rebuilds;

/// <summary>The ledger entries that a rebuilt journey requires.</summary>
internal static class RebuiltLedger
{
    /// <summary>Returns every conversion of the journey with its expected entries.</summary>
    public static IEnumerable<(string Conversion, IEnumerable<LedgerEntry> Expected)> ExpectedEntries(
        Journey journey, Timestamp at)
    {
        var expected = LedgerDifference.ExpectedLines(journey, at).ToLookup(entry => entry.Conversion, StringComparer.Ordinal);
        // An order of which only refunds are known has no credit, so no entries are expected.
        var keys = journey.Conversions.Select(conversion => conversion.Key)
            .Concat(journey.ReportedRefunds.Select(refund => IdentityRules.OrderAlias(refund.OrderId)));
        return keys.Distinct(StringComparer.Ordinal).Select(key => (key, expected[key]));
    }

    /// <summary>Returns the cause of a rebuild's entries.</summary>
    public static string CauseFor(Guid run) => $"rebuild/{run}";
}
