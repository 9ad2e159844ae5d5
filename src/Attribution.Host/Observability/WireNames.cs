using System.Collections.Frozen;
using System.Text.Json;
using Attribution.Contracts;

namespace Attribution.Host.Observability;

/// <summary>Names of event types and rejection reasons on the wire and in metrics.</summary>
internal static class WireNames
{
    /// <summary>Type name for a payload that could not be read as an event.</summary>
    public const string UnknownType = "unknown";

    /// <summary>The types of events.</summary>
    public static readonly IReadOnlyList<string> EventTypes =
        ["click", "visit", "redemption", "conversion", "refund", "payment", "engagement", "referral"];

    private static readonly FrozenDictionary<RejectionReason, string> Reasons =
        Enum.GetValues<RejectionReason>().ToFrozenDictionary(
            reason => reason, reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()));

    /// <summary>Returns the name of a reason.</summary>
    public static string ForReason(RejectionReason reason) => Reasons[reason];

    /// <summary>Gets the names of all reasons, separated by commas.</summary>
    public static string AllReasons => string.Join(", ", Reasons.Values);

    /// <summary>Parses the name of a reason; null yields null.</summary>
    /// <returns>False if the text is not the name of a reason.</returns>
    public static bool TryParseReason(string? word, out RejectionReason? reason)
    {
        reason = null;
        if (word is null) return true;
        foreach (var (known, name) in Reasons)
            if (name == word)
                reason = known;
        return reason is not null;
    }
}
