using System.Text;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Storage.Codecs;

namespace Attribution.Storage.Erasures;

/// <summary>The erasure of a person from stored documents.</summary>
internal static class StoredErasure
{
    /// <summary>Decodes a journey and removes the person. Returns null if the journey does not contain them.</summary>
    public static Journey? TryErase(PersonErasure erasure, ReadOnlySpan<byte> document)
    {
        // Most journeys are excluded by a search of the encoded text.
        if (!erasure.MayOccurIn(document)) return null;
        var journey = JourneyCodec.Decode(document);
        var erased = erasure.Erase(journey);
        return ReferenceEquals(erased, journey) ? null : erased;
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
