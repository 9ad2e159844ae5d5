using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;

namespace Attribution.Storage.Codecs;

/// <summary>Touches within a stored journey.</summary>
internal static class TouchCodec
{
    /// <summary>The bit of evidence-only touches, above the kind, which is 0 or 1.</summary>
    private const int EvidenceOnlyBit = 2;

    /// <summary>The position of the exceeded limits above the kind.</summary>
    private const int LimitsShift = 2;

    /// <summary>Writes a touch.</summary>
    public static void WriteTouch(DocumentWriter to, Touch touch)
    {
        ValueCodec.WriteEventId(to, touch.Id);
        to.WriteTime(touch.At);
        to.WriteCount((int)touch.Kind | (touch.IsEvidenceOnly ? EvidenceOnlyBit : 0) | ((int)touch.ExceededLimits << LimitsShift));
        to.WriteSharedText(touch.Slug);
        to.WriteFlag(touch.Utm is not null);
        if (touch.Utm is { } utm)
        {
            to.WriteSharedText(utm.Source);
            to.WriteSharedText(utm.Medium);
            to.WriteSharedText(utm.Campaign);
            to.WriteSharedText(utm.Content);
            to.WriteSharedText(utm.Term);
            to.WriteSharedText(utm.Id);
        }
        to.WriteSharedText(touch.VisitorId);
        to.WriteSharedText(touch.ClickId);
        to.WriteCount((int)touch.Label);
        to.WriteDay(touch.Day);
        ValueCodec.WritePlacement(to, touch.Placement);
        to.WriteSharedText(touch.MatchedBy);
        to.WriteCount((int)touch.Role);
    }

    /// <summary>Reads a touch.</summary>
    public static Touch ReadTouch(ref DocumentReader from)
    {
        var (id, at, kind) = (ValueCodec.ReadEventId(ref from), from.ReadTime(), from.ReadInt32());
        return new()
        {
            Id = id,
            At = at,
            Kind = (TouchKind)(kind & ~EvidenceOnlyBit & ((1 << LimitsShift) - 1)),
            IsEvidenceOnly = (kind & EvidenceOnlyBit) != 0,
            ExceededLimits = (LinkLimits)(kind >> LimitsShift),
            Slug = from.ReadSharedTextOrNull(),
            Utm = from.ReadFlag()
                ? new Utm(
                    from.ReadSharedTextOrNull(), from.ReadSharedTextOrNull(), from.ReadSharedTextOrNull(),
                    from.ReadSharedTextOrNull(), from.ReadSharedTextOrNull(), from.ReadSharedTextOrNull())
                : null,
            VisitorId = from.ReadSharedTextOrNull(),
            ClickId = from.ReadSharedTextOrNull(),
            Label = (TouchLabel)from.ReadInt32(),
            Day = from.ReadDay(),
            Placement = ValueCodec.ReadPlacementOrNull(ref from),
            MatchedBy = from.ReadSharedTextOrNull(),
            Role = (TouchRole)from.ReadInt32(),
        };
    }

    /// <summary>Writes an evicted touch.</summary>
    public static void WriteEvictedTouch(DocumentWriter to, EvictedTouch touch)
    {
        ValueCodec.WriteEventId(to, touch.Id);
        to.WriteTime(touch.At);
        to.WriteSharedText(touch.ClickId);
        ValueCodec.WritePlacement(to, touch.Placement);
        to.WriteFlag(touch.IsLabeled);
    }

    /// <summary>Reads an evicted touch.</summary>
    public static EvictedTouch ReadEvictedTouch(ref DocumentReader from) => new(
        ValueCodec.ReadEventId(ref from),
        from.ReadTime(),
        from.ReadSharedTextOrNull(),
        ValueCodec.ReadPlacementOrNull(ref from),
        from.ReadFlag());

    /// <summary>Writes a count of evicted touches.</summary>
    public static void WriteEvictedCount(DocumentWriter to, EvictedCount count)
    {
        to.WriteDay(count.Day);
        ValueCodec.WritePlacement(to, count.Placement);
        to.WriteCount((int)count.Measure);
        to.WriteSigned(count.Count);
    }

    /// <summary>Reads a count of evicted touches.</summary>
    public static EvictedCount ReadEvictedCount(ref DocumentReader from) =>
        new(from.ReadDay(), ValueCodec.ReadPlacement(ref from), (Measure)from.ReadInt32(), from.ReadSigned());
}
