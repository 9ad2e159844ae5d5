using Attribution.Core.Identity;
using Attribution.Core.Journeys;

namespace Attribution.Storage.Codecs;

/// <summary>
/// The journey as a stored document. Times are differences to the previous time, days are differences to the UTC day of
/// their time, and recurring texts are written once, so that a touch takes about 60 bytes. A new member requires a new
/// version; old versions remain readable.
/// </summary>
/// <remarks>
/// Version 2 appends the states of reported conversions and refunds (<see cref="StateCodec"/>). A journey without any is
/// written as version 1.
/// </remarks>
internal static class JourneyCodec
{
    private const byte FirstVersion = 1;
    private const byte VersionWithStates = 2;

    /// <summary>Encodes a journey. The writer is cleared first.</summary>
    public static byte[] Encode(Journey journey, DocumentWriter to)
    {
        to.Clear();
        // Most journeys have touches only.
        var hasStates = !(journey.ReportedConversions.IsDefaultOrEmpty && journey.ReportedRefunds.IsDefaultOrEmpty)
            && StateCodec.HasStates(journey);
        to.WriteVersion(hasStates ? VersionWithStates : FirstVersion);
        to.WriteId(journey.Id);
        to.WriteSharedText(journey.Brand);
        to.WriteSigned(journey.CatalogVersion);
        to.WriteList(journey.Touches, TouchCodec.WriteTouch);
        to.WriteList(journey.EvictedTouches, TouchCodec.WriteEvictedTouch);
        to.WriteList(journey.EvictedCounts, TouchCodec.WriteEvictedCount);
        to.WriteList(journey.ReportedConversions, EventCodec.WriteReportedConversion);
        to.WriteList(journey.ReportedRefunds, EventCodec.WriteReportedRefund);
        to.WriteList(journey.Snapshots, EventCodec.WritePostSnapshot);
        to.WriteList(journey.Conversions, ConversionCodec.WriteConversion);
        to.WriteList(journey.WaitingRefunds, static (to, day) => to.WriteDay(day));
        to.WriteList(journey.ExceededLinkLimits, WriteLinkLimitExceeded);
        to.WriteList(journey.PostDays, WritePostDay);
        if (hasStates) StateCodec.WriteStates(to, journey);
        return to.Written.ToArray();
    }

    /// <summary>Decodes a journey.</summary>
    /// <exception cref="InvalidDataException">The document is damaged.</exception>
    /// <exception cref="StoreUnusableException">The document has a newer version.</exception>
    public static Journey Decode(ReadOnlySpan<byte> document)
    {
        var from = new DocumentReader("journey", VersionWithStates, document);
        var journey = new Journey
        {
            Id = from.ReadId(),
            Brand = from.ReadSharedText(),
            CatalogVersion = from.ReadSigned(),
            Touches = from.ReadList(TouchCodec.ReadTouch),
            EvictedTouches = from.ReadList(TouchCodec.ReadEvictedTouch),
            EvictedCounts = from.ReadList(TouchCodec.ReadEvictedCount),
            ReportedConversions = from.ReadList(EventCodec.ReadReportedConversion),
            ReportedRefunds = from.ReadList(EventCodec.ReadReportedRefund),
            Snapshots = from.ReadList(EventCodec.ReadPostSnapshot),
            Conversions = from.ReadList(ConversionCodec.ReadConversion),
            WaitingRefunds = from.ReadList(static (ref from) => from.ReadDay()),
            ExceededLinkLimits = from.ReadList(ReadLinkLimitExceeded),
            PostDays = from.ReadList(ReadPostDay),
        };
        if (from.Version >= VersionWithStates) journey = StateCodec.ReadStates(ref from, journey);
        from.EnsureEnd();
        return journey;
    }

    private static void WriteLinkLimitExceeded(DocumentWriter to, LinkLimitExceeded exceeded)
    {
        to.WriteCount((int)exceeded.Limit);
        to.WriteDay(exceeded.Day);
    }

    private static LinkLimitExceeded ReadLinkLimitExceeded(ref DocumentReader from) =>
        new((LinkLimits)from.ReadInt32(), from.ReadDay());

    private static void WritePostDay(DocumentWriter to, PostDay day)
    {
        to.WriteDay(day.Day);
        ValueCodec.WritePlacement(to, day.Placement);
        to.WriteSharedText(day.FeeAgreement);
        to.WriteList(day.Growth, static (to, value) => to.WriteSigned(value));
    }

    private static PostDay ReadPostDay(ref DocumentReader from) => new()
    {
        Day = from.ReadDay(),
        Placement = ValueCodec.ReadPlacementOrNull(ref from),
        FeeAgreement = from.ReadSharedTextOrNull(),
        Growth = from.ReadList(static (ref from) => from.ReadSigned()),
    };
}
