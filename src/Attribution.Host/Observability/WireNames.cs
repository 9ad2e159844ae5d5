using System.Collections.Frozen;
using System.Text.Json;
using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Observability;

/// <summary>What events and reasons are called on the wire and in every meter.</summary>
internal static class WireNames
{
    /// <summary>The type of what could not be read as an event.</summary>
    public const string UnknownType = "unknown";

    private static readonly FrozenDictionary<RejectionReason, string> Reasons =
        Enum.GetValues<RejectionReason>().ToFrozenDictionary(reason => reason, reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()));

    /// <summary>The reason as it stands in answers.</summary>
    public static string ForReason(RejectionReason reason) => Reasons[reason];

    /// <summary>All reasons as they stand in answers, for a message that lists them.</summary>
    public static string AllReasons => string.Join(", ", Reasons.Values);

    /// <summary>Reads a reason as it stands in answers. Null is null.</summary>
    /// <returns>False where the word is none.</returns>
    public static bool TryParseReason(string? word, out RejectionReason? reason)
    {
        reason = null;
        if (word is null) return true;
        foreach (var (known, name) in Reasons)
            if (name == word)
                reason = known;
        return reason is not null;
    }

    /// <summary>The event's type. A redemption is a conversion here: both are statements about an order.</summary>
    public static string ForEvent(JourneyEvent happened) => happened switch
    {
        Click => "click",
        Visit => "visit",
        ReportedConversion => "conversion",
        ReportedRefund => "refund",
        PostSnapshot => "engagement",
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, "Not a type of event."),
    };
}
