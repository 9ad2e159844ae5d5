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
        return journey with
        {
            Touches = from.ReadChanges(journey.Touches, "an order after a touch", static (ref _, touch) => touch with { IsConverted = true }),
            SharedVisitors = from.ReadList(ReadSharedVisitor),
        };
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
