using System.Text;
using Attribution.Core.Identity;
using Attribution.Storage.Codecs;

namespace Attribution.Storage.Erasures;

/// <summary>The erasure of a person from stored documents.</summary>
internal static class StoredErasure
{
    /// <summary>
    /// Removes the person from an encoded journey. Returns null if the journey does not contain them. A head stays.
    /// </summary>
    public static byte[]? TryErase(PersonErasure erasure, ReadOnlySpan<byte> document, DocumentWriter to)
    {
        // Most journeys are excluded by a search of the encoded text.
        if (!erasure.MayOccurIn(document)) return null;
        var journey = JourneyCodec.Decode(document);
        var erased = erasure.Erase(journey);
        return ReferenceEquals(erased, journey) ? null : JourneyCodec.Encode(erased, to, JourneyCodec.HasHead(document));
    }

    /// <summary>
    /// Removes the person from the cause of a ledger entry. Returns null if the cause does not name them.
    /// </summary>
    public static string? TryEraseCause(PersonErasure erasure, string cause) =>
        erasure.OccursIn(cause) ? erasure.Replace(cause) : null;

    /// <summary>Returns true if a rejection names the person in its payload, event id or detail.</summary>
    public static bool IsNamedIn(PersonErasure erasure, ReadOnlySpan<byte> payload, string? eventId, string detail) =>
        erasure.OccursIn(Encoding.UTF8.GetString(payload)) || erasure.OccursIn(eventId ?? "") || erasure.OccursIn(detail);
}
