using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Values;

namespace Attribution.Storage.Rebuilds;

/// <summary>What a rebuilt journey says that the ledger should.</summary>
internal static class RebuiltLedger
{
    /// <summary>Every conversion of the journey with the lines that it comes to.</summary>
    public static IEnumerable<(string Conversion, IEnumerable<LedgerEntry> Standing)> ExpectedEntries(Journey journey, Timestamp at)
    {
        var standing = LedgerDifference.ExpectedLines(journey, at).ToLookup(line => line.Conversion, StringComparer.Ordinal);
        // An order of which only refunds are known has no credit, whatever the ledger says.
        var keys = journey.Conversions.Select(conversion => conversion.Key).Concat(journey.ReportedRefunds.Select(refund => IdentityRules.OrderAlias(refund.OrderId)));
        return keys.Distinct(StringComparer.Ordinal).Select(key => (key, standing[key]));
    }

    /// <summary>What stands as the cause of a rebuild's lines.</summary>
    public static string CauseFor(Guid run) => $"rebuild/{run}";
}
