using System.Text.RegularExpressions;
using Attribution.Contracts;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using static Attribution.Core.Events.EventMember;

namespace Attribution.Core.Events;

/// <summary>
/// A reader of single events, in JSON or typed. It validates an event against the contracts, normalizes it, and
/// describes the fault of an invalid one. The same rules apply at ingest and on the bus. Only the first fault is
/// reported. Never throws for invalid input. Thread-safe.
/// </summary>
public static partial class EventReader
{
    /// <summary>Reads an event as received from a sender. Members that are unknown for its type are rejected.</summary>
    /// <param name="utf8Object">One JSON object in UTF-8 without a byte order mark.</param>
    /// <param name="context">Defaults for events that omit a source or brand.</param>
    public static EventReadResult ReadStrict(ReadOnlySpan<byte> utf8Object, EventContext context) =>
        Read(utf8Object, context, strict: true);

    /// <summary>
    /// Reads an event from a pack. Unknown members, which a newer producer may have added, are ignored; otherwise as
    /// <see cref="ReadStrict"/>.
    /// </summary>
    /// <param name="utf8Object">One JSON object in UTF-8 without a byte order mark.</param>
    /// <param name="context">Defaults of the pack for events that omit a source or brand.</param>
    public static EventReadResult ReadLenient(ReadOnlySpan<byte> utf8Object, EventContext context) =>
        Read(utf8Object, context, strict: false);

    /// <summary>Reads a typed event by the rules that apply to its JSON, without writing the JSON first.</summary>
    /// <param name="click">The event.</param>
    /// <param name="length">Length of its JSON in bytes.</param>
    /// <param name="context">Defaults for events that omit a source or brand.</param>
    public static EventReadResult Read(ClickEvent click, int length, EventContext context) =>
        Read(EventRecord.From(click), length, context);

    /// <inheritdoc cref="Read(ClickEvent, int, EventContext)"/>
    public static EventReadResult Read(VisitEvent visit, int length, EventContext context) =>
        Read(EventRecord.From(visit), length, context);

    /// <inheritdoc cref="Read(ClickEvent, int, EventContext)"/>
    public static EventReadResult Read(ConversionEvent conversion, int length, EventContext context) =>
        Read(EventRecord.From(conversion), length, context);

    /// <inheritdoc cref="Read(ClickEvent, int, EventContext)"/>
    public static EventReadResult Read(RefundEvent refund, int length, EventContext context) =>
        Read(EventRecord.From(refund), length, context);

    /// <inheritdoc cref="Read(ClickEvent, int, EventContext)"/>
    public static EventReadResult Read(PaymentEvent payment, int length, EventContext context) =>
        Read(EventRecord.From(payment), length, context);

    /// <inheritdoc cref="Read(ClickEvent, int, EventContext)"/>
    public static EventReadResult Read(ReferralEvent referral, int length, EventContext context) =>
        Read(EventRecord.From(referral), length, context);

    private static EventReadResult Read(ReadOnlySpan<byte> utf8Object, EventContext context, bool strict)
    {
        var json = EventJson.Parse(utf8Object);
        var mayHoldPersonalData = json.Contains(Ip) || json.Contains(CustomerKey) || json.Contains(Token);
        return Read(ref json, context, strict) with { MayHoldPersonalData = mayHoldPersonalData };
    }

    private static EventReadResult Read(EventRecord record, int length, EventContext context)
    {
        // Like JSON that is too long, which is rejected before its id is read.
        if (length > EventLimits.Bytes) return new EventReadResult(null, EventFaults.EventTooLong(length), null);
        return Read(ref record, context, strict: true);
    }

    private static EventReadResult Read<TFields>(ref TFields fields, EventContext context, bool strict)
        where TFields : struct, IEventFields, allows ref struct
    {
        var read = fields.Fault is null ? ReadEvent(ref fields, context, strict) : null;
        return new EventReadResult(fields.Fault is null ? read : null, fields.Fault, fields.ReadIdAsSent(read?.Id.Id))
        {
            LeftOut = fields.Fault is null && fields.LeftOut.Count > 0 ? fields.LeftOut : null,
        };
    }

    private static JourneyEvent? ReadEvent<TFields>(ref TFields json, EventContext context, bool strict)
        where TFields : struct, IEventFields, allows ref struct
    {
        var type = json.ReadType();
        var members = type switch
        {
            "click" => EventMembers.ClickMembers,
            "visit" => EventMembers.VisitMembers,
            "redemption" => EventMembers.RedemptionMembers,
            "conversion" => EventMembers.ConversionMembers,
            "refund" => EventMembers.RefundMembers,
            "payment" => EventMembers.PaymentMembers,
            "engagement" => EventMembers.EngagementMembers,
            "referral" => EventMembers.ReferralMembers,
            _ => 0UL,
        };
        if (members == 0)
        {
            json.Reject(
                RejectionReason.TypeUnknown, EventMember.Type,
                "must be one of click, visit, redemption, conversion, refund, payment, engagement, referral."
                + (json.HasValue(EventMember.Type) ? "" : " Send several events as a list, without an object around it."));
            return null;
        }
        if (strict) json.RejectUnknownMembers(members, type!);

        var header = ReadHeader(ref json, context);
        return type switch
        {
            "click" => ReadClick(ref json, header, context.Bots),
            "visit" => ReadVisit(ref json, header, context.Bots),
            "redemption" => ConversionReader.ReadRedemption(ref json, header),
            "conversion" => ConversionReader.ReadConversion(ref json, header),
            "refund" => ConversionReader.ReadRefund(ref json, header),
            "payment" => ConversionReader.ReadPayment(ref json, header),
            "referral" => ReferralReader.Read(ref json, header),
            _ => ReadEngagement(ref json, header),
        };
    }

    private static EventHeader ReadHeader<TFields>(ref TFields json, EventContext context)
        where TFields : struct, IEventFields, allows ref struct
    {
        var id = json.ReadRequiredText(Id, EventLimits.Id);
        var at = json.ReadRequiredTime(OccurredAt);
        var receivedAt = Timestamp.From(context.ReceivedAt);
        if (json.Fault is null)
        {
            var age = receivedAt - at;
            if (age > context.Horizon)
                json.Reject(
                    RejectionReason.TooLate, OccurredAt,
                    $"is more than {context.Horizon.TotalDays:0.##} days before the event was received.");
            else if (age < -EventLimits.MaxClockSkew)
                json.Reject(RejectionReason.TooEarly, OccurredAt, "is more than a day after the event was received.");
        }
        var source = json.ReadText(Source, EventLimits.Id) ?? context.Source;
        var brand = json.ReadText(BrandId, EventLimits.Name) ?? context.Brand;
        return new EventHeader(new EventId(source, id), brand, at, receivedAt);
    }

    /// <summary>Reads a click.</summary>
    private static Click ReadClick<TFields>(ref TFields json, EventHeader header, BotRules? bots)
        where TFields : struct, IEventFields, allows ref struct => new()
    {
        Id = header.Id,
        Brand = header.Brand,
        At = header.At,
        Slug = json.ReadRequiredText(Link, EventLimits.Name),
        VisitorId = json.ReadText(VisitorId, EventLimits.Id),
        ClickId = json.ReadText(ClickId, EventLimits.Id),
        Label = ReadLabel(ref json, bots),
    };

    /// <summary>Reads a visit.</summary>
    private static Visit ReadVisit<TFields>(ref TFields json, EventHeader header, BotRules? bots)
        where TFields : struct, IEventFields, allows ref struct
    {
        var url = json.ReadRequiredText(Url, EventLimits.Url);
        if (!LandingUrl.IsAbsolute(url))
            json.Reject(
                RejectionReason.UrlInvalid, Url, "must be an absolute URL: http:// or https://, followed by a host.");
        var landing = LandingUrl.Parse(url);
        return new Visit
        {
            Id = header.Id,
            Brand = header.Brand,
            At = header.At,
            Utm = landing.Utm,
            VisitorId = json.ReadText(VisitorId, EventLimits.Id),
            ClickId = json.ReadText(ClickId, EventLimits.Id) ?? landing.ClickId,
            Label = ReadLabel(ref json, bots),
        };
    }

    // Referrer and ip are not used here. They are validated so that the archive contains nothing that exceeds the
    // limits.
    private static TouchLabel ReadLabel<TFields>(ref TFields json, BotRules? bots)
        where TFields : struct, IEventFields, allows ref struct
    {
        json.CheckOptionalText(Referrer, EventLimits.Url);
        json.CheckOptionalText(Ip, EventLimits.Ip);
        var userAgent = json.ReadText(UserAgent, EventLimits.UserAgent, mayBeEmpty: true);
        return json.ReadKeyword(Label, "bot", "prefetch", "head", "assistant") switch
        {
            "bot" => TouchLabel.Bot,
            "prefetch" => TouchLabel.Prefetch,
            "head" => TouchLabel.Head,
            "assistant" => TouchLabel.Assistant,
            _ => bots?.Classify(userAgent) ?? TouchLabel.None,
        };
    }

    /// <summary>Reads a post's counters.</summary>
    private static PostSnapshot ReadEngagement<TFields>(ref TFields json, EventHeader header)
        where TFields : struct, IEventFields, allows ref struct
    {
        var snapshot = new PostSnapshot
        {
            Id = header.Id,
            Brand = header.Brand,
            At = header.At,
            PostId = json.ReadRequiredText(PostId, EventLimits.Id),
            Platform = json.ReadRequiredText(Platform, EventLimits.Name),
            Creator = json.ReadText(CreatorId, EventLimits.Name),
            Campaign = json.ReadText(CampaignId, EventLimits.Name),
            Impressions = json.ReadCount(Impressions),
            Reach = json.ReadCount(Reach),
            Likes = json.ReadCount(Likes),
            Comments = json.ReadCount(Comments),
            Shares = json.ReadCount(Shares),
            Saves = json.ReadCount(Saves),
            Views = json.ReadCount(Views),
        };
        json.ReadCount(Followers);
        return snapshot;
    }

    /// <summary>Returns true if a customer key looks like an e-mail address.</summary>
    internal static bool IsEmailAddress(string key) => key.Contains('@') && EmailAddress().IsMatch(key);

    // An address can be the entire key, or occur in angle brackets after a name, or after a prefix.
    [GeneratedRegex(@"[^@\s]@[^@\s]+\.[^@\s]")]
    private static partial Regex EmailAddress();
}
