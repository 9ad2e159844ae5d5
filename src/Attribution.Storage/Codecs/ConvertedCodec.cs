using Attribution.Core.Journeys;

namespace Attribution.Storage.Codecs;

/// <summary>
/// The converted visitors within a stored journey of version 5: the touches that orders followed, and the visitors that it
/// shares with other journeys.
/// </summary>
internal static class ConvertedCodec
{
    /// <summary>Writes the converted visitors of a journey.</summary>
    public static void WriteConverted(DocumentWriter to, Journey journey)
    {
        to.WriteList(ValueCodec.FindIndexes(journey.Touches, touch => touch.IsConverted), (to, index) => to.WriteCount(index));
        to.WriteList(journey.SharedVisitors, WriteSharedVisitor);
    }

    /// <summary>Returns the journey with its converted visitors.</summary>
    public static Journey ReadConverted(ref DocumentReader from, Journey journey)
    {
        var touches = journey.Touches.ToBuilder();
        for (var left = from.ReadCount(); left > 0; left--)
        {
            var index = ValueCodec.ReadIndex(ref from, touches.Count, "an order after a touch");
            touches[index] = touches[index] with { IsConverted = true };
        }

        return journey with { Touches = touches.ToImmutable(), SharedVisitors = from.ReadList(ReadSharedVisitor) };
    }

    private static void WriteSharedVisitor(DocumentWriter to, SharedVisitor shared)
    {
        to.WriteDay(shared.Day);
        ValueCodec.WritePlacement(to, shared.Placement);
        to.WriteCount((int)shared.Role);
    }

    private static SharedVisitor ReadSharedVisitor(ref DocumentReader from) =>
        new(from.ReadDay(), ValueCodec.ReadPlacement(ref from), (SharedVisitorRole)from.ReadInt32());
}
