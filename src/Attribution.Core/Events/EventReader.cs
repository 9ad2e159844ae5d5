using System.Text.RegularExpressions;
using Attribution.Contracts;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using static Attribution.Core.Events.EventMember;

namespace Attribution.Core.Events;

/// <summary>
/// Reads one event from its JSON: checks it against the contracts, normalises it, and says precisely what is wrong with a bad one. The same
/// rules hold at the door and on the bus; the first fault found is the one reported. Never throws for bad input. Thread-safe.
/// </summary>
public static partial class EventReader
{
    /// <summary>Reads an event as a sender gave it: a member that its type does not have is refused by name.</summary>
    /// <param name="utf8Object">One JSON object in UTF-8 without a byte order mark.</param>
    /// <param name="context">What holds for events that do not say it themselves.</param>
    public static EventReadResult ReadStrict(ReadOnlySpan<byte> utf8Object, EventContext context) => Read(utf8Object, context, strict: true);

    /// <summary>Reads an event out of a pack: unknown members, which a newer producer may have added, are passed over. All else is as at the door.</summary>
    /// <param name="utf8Object">One JSON object in UTF-8 without a byte order mark.</param>
    /// <param name="context">What the pack says for events that do not say it themselves.</param>
    public static EventReadResult ReadLenient(ReadOnlySpan<byte> utf8Object, EventContext context) => Read(utf8Object, context, strict: false);

    private static EventReadResult Read(ReadOnlySpan<byte> utf8Object, EventContext context, bool strict)
    {
        var text = EventJson.Parse(utf8Object);
        var read = text.Fault is null ? Read(ref text, context, strict) : null;
        return new EventReadResult(text.Fault is null ? read : null, text.Fault, text.IdAsSent(read?.Id.Id));
    }

    private static JourneyEvent? Read(ref EventJson text, EventContext context, bool strict)
    {
        var type = text.Type();
        var members = type switch
        {
            "click" => EventMembers.ClickMembers,
            "visit" => EventMembers.VisitMembers,
            "redemption" => EventMembers.RedemptionMembers,
            "conversion" => EventMembers.ConversionMembers,
            "refund" => EventMembers.RefundMembers,
            "engagement" => EventMembers.EngagementMembers,
            _ => 0UL,
        };
        if (members == 0)
        {
            text.Reject(RejectionReason.TypeUnknown, EventMember.Type, "must be one of click, visit, redemption, conversion, refund, engagement.");
            return null;
        }
        if (strict) text.RejectUnknownMembers(members, type!);

        var head = ReadHeader(ref text, context);
        return type switch
        {
            "click" => ReadClick(ref text, head, context.Bots),
            "visit" => ReadVisit(ref text, head, context.Bots),
            "redemption" => ReadRedemption(ref text, head),
            "conversion" => ReadConversion(ref text, head),
            "refund" => ReadRefund(ref text, head),
            _ => ReadEngagement(ref text, head),
        };
    }

    private static EventHeader ReadHeader(ref EventJson text, EventContext context)
    {
        var id = text.RequiredText(Id, EventLimits.Id);
        var at = text.RequiredTime(OccurredAt);
        if (text.Fault is null)
        {
            var age = Timestamp.From(context.ReceivedAt) - at;
            if (age > context.Horizon)
                text.Reject(RejectionReason.TooLate, OccurredAt, $"lies more than {context.Horizon.TotalDays:0.##} days before the event was received.");
            else if (age < -EventLimits.MaxClockSkew)
                text.Reject(RejectionReason.TooEarly, OccurredAt, "lies more than a day after the event was received.");
        }
        var source = text.Text(Source, EventLimits.Id) ?? context.Source;
        var brand = text.Text(BrandId, EventLimits.Name) ?? context.Brand;
        return new EventHeader(new EventId(source, id), brand, at);
    }

    private static Click ReadClick(ref EventJson text, EventHeader head, BotRules bots) => new()
    {
        Id = head.Id,
        Brand = head.Brand,
        At = head.At,
        Slug = text.RequiredText(Link, EventLimits.Name),
        VisitorId = text.Text(VisitorId, EventLimits.Id),
        ClickId = text.Text(ClickId, EventLimits.Id),
        Label = ReadLabel(ref text, bots),
    };

    private static Visit ReadVisit(ref EventJson text, EventHeader head, BotRules bots)
    {
        var url = text.RequiredText(Url, EventLimits.Url);
        if (!LandingUrl.IsAbsolute(url))
            text.Reject(RejectionReason.UrlInvalid, Url, "must be an absolute address: http:// or https://, then a host.");
        var landing = LandingUrl.Parse(url);
        return new Visit
        {
            Id = head.Id,
            Brand = head.Brand,
            At = head.At,
            Utm = landing.Utm,
            VisitorId = text.Text(VisitorId, EventLimits.Id),
            ClickId = text.Text(ClickId, EventLimits.Id) ?? landing.ClickId,
            Label = ReadLabel(ref text, bots),
        };
    }

    // Referrer and ip are checked, so that the archive holds nothing beyond the bounds, and not used here.
    private static TouchLabel ReadLabel(ref EventJson text, BotRules bots)
    {
        text.CheckOptionalText(Referrer, EventLimits.Url);
        text.CheckOptionalText(Ip, EventLimits.Ip);
        var userAgent = text.Text(UserAgent, EventLimits.UserAgent, mayBeEmpty: true);
        return text.Keyword(Label, "bot", "prefetch", "head") switch
        {
            "bot" => TouchLabel.Bot,
            "prefetch" => TouchLabel.Prefetch,
            "head" => TouchLabel.Head,
            _ => bots.Classify(userAgent),
        };
    }

    private static ReportedConversion ReadRedemption(ref EventJson text, EventHeader head)
    {
        var order = text.RequiredText(OrderId, EventLimits.Id);
        if (!text.HasValue(Codes)) text.RejectMissing(Codes);
        return ReadReportedConversion(ref text, head, ConversionKind.Order, order);
    }

    private static ReportedConversion? ReadConversion(ref EventJson text, EventHeader head)
    {
        var kind = text.Keyword(Kind, "order", "signup", "lead") switch
        {
            "order" => ConversionKind.Order,
            "signup" => ConversionKind.Signup,
            "lead" => ConversionKind.Lead,
            _ => default,
        };
        if (kind == default)
        {
            text.RejectMissing(Kind);
            return null;
        }
        var (own, other) = kind == ConversionKind.Order ? (OrderId, ConversionId) : (ConversionId, OrderId);
        if (text.HasValue(other))
            text.Reject(RejectionReason.MemberNotAllowed, other, $"does not go with this kind; it is named by {EventMembers.Names[(int)own]} alone.");
        return ReadReportedConversion(ref text, head, kind, text.RequiredText(own, EventLimits.Id));
    }

    private static ReportedConversion ReadReportedConversion(ref EventJson text, EventHeader head, ConversionKind kind, string conversionId)
    {
        var codes = text.Codes(Codes);
        var currency = text.ReadCurrency(EventMember.Currency);
        var gross = text.Money(Gross, currency);
        var discount = text.Money(Discount, currency);
        text.Money(Tax, currency);
        text.Money(Shipping, currency);

        // Money is stated whole or not at all, so that the statements of one conversion never mix the amounts of two currencies.
        var someMoney = currency is not null || kind == ConversionKind.Order;
        if (someMoney && currency is null) text.RejectMissing(EventMember.Currency);
        if (someMoney && gross is null) text.RejectMissing(Gross);
        if (discount > gross) text.Reject(RejectionReason.DiscountAboveGross, Discount, "is greater than gross, from which it is taken.");

        return new ReportedConversion
        {
            Id = head.Id,
            Brand = head.Brand,
            At = head.At,
            Kind = kind,
            ConversionId = conversionId,
            Currency = currency?.Code,
            Gross = gross,
            Discount = discount,
            Codes = codes,
            CustomerKey = ReadCustomerKey(ref text),
            IsNewCustomer = text.Flag(IsNewCustomer),
            VisitorId = text.Text(VisitorId, EventLimits.Id),
            ClickId = text.Text(ClickId, EventLimits.Id),
        };
    }

    private static string? ReadCustomerKey(ref EventJson text)
    {
        var key = text.Text(CustomerKey, EventLimits.Id);
        if (key is not null && IsEmailAddress(key))
            text.Reject(RejectionReason.PersonalData, CustomerKey, "looks like an e-mail address; send a keyed hash (HMAC) of it, or your own id of the customer.");
        return key;
    }

    private static bool IsEmailAddress(string key) => key.Contains('@') && EmailAddress().IsMatch(key);

    private static ReportedRefund ReadRefund(ref EventJson text, EventHeader head)
    {
        var order = text.RequiredText(OrderId, EventLimits.Id);
        var refund = text.RequiredText(RefundId, EventLimits.Id);
        var kind = text.Keyword(Kind, "refund", "cancel", "chargeback") switch
        {
            "refund" => RefundKind.Refund,
            "cancel" => RefundKind.Cancel,
            "chargeback" => RefundKind.Chargeback,
            _ => default,
        };
        if (kind == default) text.RejectMissing(Kind);
        var currency = text.ReadCurrency(EventMember.Currency);
        var amount = text.Money(Amount, currency);
        if (kind != RefundKind.Cancel)
        {
            if (amount is null) text.RejectMissing(Amount);
            if (amount == 0) text.Reject(RejectionReason.OutOfRange, Amount, "must be above 0; only a cancel may give nothing back.");
        }
        return new ReportedRefund
        {
            Id = head.Id,
            Brand = head.Brand,
            At = head.At,
            OrderId = order,
            RefundId = refund,
            Kind = kind,
            Currency = currency?.Code,
            Amount = amount,
        };
    }

    private static PostSnapshot ReadEngagement(ref EventJson text, EventHeader head)
    {
        var snapshot = new PostSnapshot
        {
            Id = head.Id,
            Brand = head.Brand,
            At = head.At,
            PostId = text.RequiredText(PostId, EventLimits.Id),
            Platform = text.RequiredText(Platform, EventLimits.Name),
            Creator = text.Text(CreatorId, EventLimits.Name),
            Campaign = text.Text(CampaignId, EventLimits.Name),
            Impressions = text.Count(Impressions),
            Reach = text.Count(Reach),
            Likes = text.Count(Likes),
            Comments = text.Count(Comments),
            Shares = text.Count(Shares),
            Saves = text.Count(Saves),
            Views = text.Count(Views),
        };
        text.Count(Followers);
        return snapshot;
    }

    // Somebody's address may stand alone, in brackets after a name, or behind a prefix.
    [GeneratedRegex(@"[^@\s]@[^@\s]+\.[^@\s]")]
    private static partial Regex EmailAddress();

    private readonly record struct EventHeader(EventId Id, string Brand, Timestamp At);
}
