using System.Collections.Immutable;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Codecs;

/// <summary>
/// The journey as a stored document. Times are differences to the previous time, days are differences to the UTC day of
/// their time, and recurring texts are written once, so that a touch takes about 60 bytes. A new member requires a new
/// version; old versions remain readable.
/// </summary>
/// <remarks>
/// Version 2 appends the states of reported conversions and refunds (<see cref="StateCodec"/>), version 3 also their
/// payments (<see cref="PaymentCodec"/>), version 4 what is known of customers (<see cref="CustomerCodec"/>), and version 5
/// the converted visitors (<see cref="ConvertedCodec"/>). Version 6 has a head (<see cref="JourneyHead"/>) before the lists,
/// and of these sections only those that are not empty. A journey is written in the lowest version that can contain it,
/// with a head once all live processes read that. Version 7 has touches of assistants, whose label and counts earlier builds
/// do not know. Version 8 may have subscriptions (<see cref="SubscriptionCodec"/>), version 9 claims of referrals
/// (<see cref="ReferralCodec"/>), and version 10 lines of orders (<see cref="LineCodec"/>).
/// </remarks>
internal static class JourneyCodec
{
    /// <summary>The newest version.</summary>
    public const byte NewestVersion = VersionWithLines;

    /// <summary>
    /// The version with converted visitors. Journeys are evaluated again once all live processes of a store read it.
    /// </summary>
    public const byte VersionWithConverted = 5;

    /// <summary>The version with a head.</summary>
    public const byte VersionWithHead = 6;

    /// <summary>Parts of a journey that the first version did not have, by version.</summary>
    [Flags]
    private enum Sections
    {
        None = 0,
        States = 1,
        Payments = 2,
        Customers = 4,
        Converted = 8,
        Subscriptions = 16,
        Referrals = 32,
        Lines = 64,
        All = States | Payments | Customers | Converted | Subscriptions | Referrals | Lines,
    }

    private const byte FirstVersion = 1;
    private const byte VersionWithStates = 2;
    private const byte VersionWithPayments = 3;
    private const byte VersionWithCustomers = 4;
    private const byte VersionWithAssistants = 7;
    private const byte VersionWithSubscriptions = 8;
    private const byte VersionWithReferrals = 9;
    private const byte VersionWithLines = 10;

    /// <summary>Encodes a journey. The writer is cleared first.</summary>
    /// <param name="journey">The journey.</param>
    /// <param name="to">The writer.</param>
    /// <param name="withHead">True if all live processes of the store read a head.</param>
    public static byte[] Encode(Journey journey, DocumentWriter to, bool withHead = false)
    {
        to.Clear();
        var sections = FindSections(journey);
        var lowest = LowestVersionWith(sections);
        if (HasAssistants(journey)) lowest = Math.Max(lowest, VersionWithAssistants);
        var version = withHead ? Math.Max(lowest, VersionWithHead) : lowest;
        to.WriteVersion(version);
        to.WriteId(journey.Id);
        to.WriteSharedText(journey.Brand);
        to.WriteSigned(journey.CatalogVersion);
        if (version >= VersionWithHead) WriteHead(to, JourneyHead.FromJourney(journey));
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
        if (version >= VersionWithHead) to.WriteCount((int)sections);
        else sections = SectionsOf(version);
        if (sections.HasFlag(Sections.States)) StateCodec.WriteStates(to, journey);
        if (sections.HasFlag(Sections.Payments)) PaymentCodec.WritePayments(to, journey);
        if (sections.HasFlag(Sections.Customers)) CustomerCodec.WriteCustomers(to, journey);
        if (sections.HasFlag(Sections.Converted)) ConvertedCodec.WriteConverted(to, journey);
        if (sections.HasFlag(Sections.Subscriptions)) SubscriptionCodec.WriteSubscriptions(to, journey);
        if (sections.HasFlag(Sections.Referrals)) ReferralCodec.WriteReferrals(to, journey.Touches);
        if (sections.HasFlag(Sections.Lines)) LineCodec.WriteLines(to, journey);
        return to.Written.ToArray();
    }

    /// <summary>Returns the version of an encoded journey.</summary>
    public static int VersionOf(ReadOnlySpan<byte> document) => document[0];

    /// <summary>Returns true if an encoded journey has a head.</summary>
    public static bool HasHead(ReadOnlySpan<byte> document) => VersionOf(document) >= VersionWithHead;

    /// <summary>Reads the head of a journey. Documents of earlier versions are decoded for it.</summary>
    /// <exception cref="InvalidDataException">The document is damaged.</exception>
    /// <exception cref="StoreUnusableException">The document has a newer version.</exception>
    public static JourneyHead ReadHead(ReadOnlySpan<byte> document)
    {
        var from = new DocumentReader("journey", NewestVersion, document);
        if (from.Version < VersionWithHead) return JourneyHead.FromJourney(Decode(document));
        from.ReadId();
        from.ReadSharedText();
        return ReadHead(ref from, from.ReadSigned());
    }

    /// <summary>Decodes a journey.</summary>
    /// <exception cref="InvalidDataException">The document is damaged.</exception>
    /// <exception cref="StoreUnusableException">The document has a newer version.</exception>
    public static Journey Decode(ReadOnlySpan<byte> document)
    {
        var from = new DocumentReader("journey", NewestVersion, document);
        var (id, brand, catalogVersion) = (from.ReadId(), from.ReadSharedText(), from.ReadSigned());
        if (from.Version >= VersionWithHead) ReadHead(ref from, catalogVersion);
        var journey = new Journey
        {
            Id = id,
            Brand = brand,
            CatalogVersion = catalogVersion,
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
        var sections = from.Version >= VersionWithHead ? (Sections)from.ReadInt32() : SectionsOf(from.Version);
        if (sections > Sections.All) throw from.Corrupt("an unknown section");
        if (sections.HasFlag(Sections.States)) journey = StateCodec.ReadStates(ref from, journey);
        if (sections.HasFlag(Sections.Payments)) journey = PaymentCodec.ReadPayments(ref from, journey);
        if (sections.HasFlag(Sections.Customers)) journey = CustomerCodec.ReadCustomers(ref from, journey);
        if (sections.HasFlag(Sections.Converted)) journey = ConvertedCodec.ReadConverted(ref from, journey);
        if (sections.HasFlag(Sections.Subscriptions)) journey = SubscriptionCodec.ReadSubscriptions(ref from, journey);
        if (sections.HasFlag(Sections.Referrals)) journey = ReferralCodec.ReadReferrals(ref from, journey);
        if (sections.HasFlag(Sections.Lines)) journey = LineCodec.ReadLines(ref from, journey);
        from.EnsureEnd();
        return journey;
    }

    /// <summary>Returns the sections that have something to contain.</summary>
    private static Sections FindSections(Journey journey)
    {
        // Most journeys have touches only.
        var hasOrders = !(journey.ReportedConversions.IsDefaultOrEmpty && journey.ReportedRefunds.IsDefaultOrEmpty
            && journey.ReportedPayments.IsDefaultOrEmpty && journey.Conversions.IsDefaultOrEmpty);
        var sections = HasConverted(journey) ? Sections.Converted : Sections.None;
        var hasClaims = !journey.Touches.IsDefaultOrEmpty && journey.Touches.Any(touch => touch.Claim is not null);
        if (hasClaims || (!journey.EvictedCounts.IsDefault && journey.EvictedCounts.Any(c => c.Measure == Measure.Referrals))) sections |= Sections.Referrals;
        if (hasOrders && StateCodec.HasStates(journey)) sections |= Sections.States;
        if (hasOrders && SubscriptionCodec.HasSubscriptions(journey)) sections |= Sections.Subscriptions;
        if (hasOrders && LineCodec.HasLines(journey)) sections |= Sections.Lines;
        if (hasOrders && PaymentCodec.HasPayments(journey)) sections |= Sections.Payments;
        if ((hasOrders || !journey.FirstOrders.IsDefaultOrEmpty) && CustomerCodec.HasCustomers(journey)) sections |= Sections.Customers;
        return sections;
    }

    /// <summary>Returns the lowest version that can contain some sections.</summary>
    private static byte LowestVersionWith(Sections sections) => sections switch
    {
        >= Sections.Lines => VersionWithLines,
        >= Sections.Referrals => VersionWithReferrals,
        >= Sections.Subscriptions => VersionWithSubscriptions,
        >= Sections.Converted => VersionWithConverted,
        >= Sections.Customers => VersionWithCustomers,
        >= Sections.Payments => VersionWithPayments,
        >= Sections.States => VersionWithStates,
        _ => FirstVersion,
    };

    /// <summary>Returns the sections of a version before the head, which has all earlier ones too, even if they are empty.</summary>
    private static Sections SectionsOf(int version) => (Sections)((1 << (version - 1)) - 1);

    private static bool HasConverted(Journey journey)
    {
        if (!journey.SharedVisitors.IsDefaultOrEmpty) return true;
        if (journey.Touches.IsDefaultOrEmpty) return false;
        foreach (var touch in journey.Touches)
            if (touch.IsConverted)
                return true;
        return false;
    }

    private static bool HasAssistants(Journey journey)
    {
        if (!journey.Touches.IsDefaultOrEmpty)
            foreach (var touch in journey.Touches)
                if (touch.Label == TouchLabel.Assistant)
                    return true;
        if (!journey.EvictedCounts.IsDefaultOrEmpty)
            foreach (var count in journey.EvictedCounts)
                if (count.Measure == Measure.AssistantTouches)
                    return true;
        return false;
    }

    private static void WriteHead(DocumentWriter to, in JourneyHead head)
    {
        to.WriteCount(head.Touches);
        to.WriteCount(head.EvictedTouches);
        to.WriteCount(head.ReportedConversions);
        to.WriteCount(head.ReportedRefunds);
        to.WriteCount(head.ReportedPayments);
        to.WriteCount(head.Snapshots);
        to.WriteTimeOrNull(head.FirstAt);
        to.WriteTimeOrNull(head.LastTouchAt);
        to.WriteTimeOrNull(head.LastReportAt);
        to.WriteFlag(head.HasCandidates);
        to.WriteFlag(head.AwaitsClick);
    }

    private static JourneyHead ReadHead(ref DocumentReader from, long catalogVersion) => new(
        catalogVersion, from.ReadInt32(), from.ReadInt32(), from.ReadInt32(), from.ReadInt32(), from.ReadInt32(), from.ReadInt32(),
        from.ReadTimeOrNull(), from.ReadTimeOrNull(), from.ReadTimeOrNull(), from.ReadFlag(), from.ReadFlag());

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
        to.WriteCount((touch.Kind == TouchKind.Click ? 0 : 1) | (touch.IsEvidenceOnly ? EvidenceOnlyBit : 0) | ((int)touch.ExceededLimits << LimitsShift));
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

    /// <summary>Returns the indexes of the events for which a later version stores more.</summary>
    public static ImmutableArray<int> FindIndexes<T>(ImmutableArray<T> events, Func<T, bool> isWanted)
    {
        if (events.IsDefaultOrEmpty) return [];
        ImmutableArray<int>.Builder? indexes = null;
        for (var i = 0; i < events.Length; i++)
            if (isWanted(events[i]))
                (indexes ??= ImmutableArray.CreateBuilder<int>()).Add(i);
        return indexes?.ToImmutable() ?? [];
    }
}
