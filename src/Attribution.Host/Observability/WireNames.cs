using System.Collections.Frozen;
using System.Text.Json;
using Attribution.Contracts;

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
}
