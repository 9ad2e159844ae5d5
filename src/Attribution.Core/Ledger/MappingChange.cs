using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Core.Ledger;

/// <summary>
/// The reports of a shop's order that was delivered again after the rules for reading it had changed. Version 1.0.0
/// named the report <c>order:{id}:{shop's time}</c>, without <c>stateAt</c>; the same delivery is now named
/// <c>order:{id}:{shop's time}:{digest}</c>, and replaces it.
/// </summary>
internal static class MappingChange
{
    private const int TimeLength = 24;
    private const int DigestLength = 12;

    /// <summary>
    /// Returns true if a report reads a state of an order that version 1.0.0 had read, so that every difference comes
    /// from the rules.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="known">The reports of the order's journey.</param>
    public static bool IsRemapped(ReportedConversion report, IEnumerable<ReportedConversion> known)
    {
        if (report.StateAt is not { } state || FindOrder(report.Id.Id) is not { } order) return false;
        return known.Any(earlier =>
            earlier.StateAt is null && earlier.Id.Source == report.Id.Source && earlier.ConversionId == report.ConversionId
            && earlier.Id.Id.StartsWith(order, StringComparison.Ordinal)
            && Rfc3339.TryParse(earlier.Id.Id[order.Length..], out var version)
            // Version 1.0.0 did not know the time within the second.
            && version.UnixMilliseconds / 1_000 == state.UnixMilliseconds / 1_000);
    }

    /// <summary>Returns <c>order:{id}:</c> of an id; null if it is not the id of a shop's state.</summary>
    private static string? FindOrder(string id)
    {
        var length = id.Length - TimeLength - 1 - DigestLength;
        return length > 0 && id.StartsWith("order:", StringComparison.Ordinal) && id[length - 1] == ':' && id[length + TimeLength] == ':'
            && Rfc3339.TryParse(id[length..(length + TimeLength)], out _)
            ? id[..length]
            : null;
    }
}
