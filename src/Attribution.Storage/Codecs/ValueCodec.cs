using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Storage.Codecs;

/// <summary>Values that occur in several parts of a stored journey.</summary>
internal static class ValueCodec
{
    /// <summary>Writes the id of an event.</summary>
    public static void WriteEventId(DocumentWriter to, EventId id)
    {
        to.WriteSharedText(id.Source);
        to.WriteText(id.Id);
    }

    /// <summary>Reads the id of an event.</summary>
    public static EventId ReadEventId(ref DocumentReader from) => new(from.ReadSharedText(), from.ReadText());

    /// <summary>Writes a placement, which may be null.</summary>
    public static void WritePlacement(DocumentWriter to, Placement? placement)
    {
        to.WriteSharedText(placement?.Campaign);
        if (placement is not null) to.WriteSharedText(placement.Creator);
    }

    /// <summary>Reads a placement.</summary>
    public static Placement ReadPlacement(ref DocumentReader from) => new(from.ReadSharedText(), from.ReadSharedText());

    /// <summary>Reads a placement, which may be null.</summary>
    public static Placement? ReadPlacementOrNull(ref DocumentReader from) =>
        from.ReadSharedTextOrNull() is { } campaign ? new Placement(campaign, from.ReadSharedText()) : null;

    /// <summary>Writes a text that may recur.</summary>
    public static void WriteText(DocumentWriter to, string text) => to.WriteSharedText(text);

    /// <summary>Reads a text that may recur.</summary>
    public static string ReadText(ref DocumentReader from) => from.ReadSharedText();
}
