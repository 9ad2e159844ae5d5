using Attribution.Contracts;
using Attribution.Core.Quality;
using static Attribution.Core.Events.EventMember;

namespace Attribution.Core.Events;

/// <summary>A reader of clicks, visits and post counters.</summary>
internal static class TouchReader
{
    /// <summary>Reads a click.</summary>
    public static Click ReadClick<TFields>(ref TFields json, EventHeader header, BotRules? bots)
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
    public static Visit ReadVisit<TFields>(ref TFields json, EventHeader header, BotRules? bots)
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
        return json.ReadKeyword(Label, "bot", "prefetch", "head") switch
        {
            "bot" => TouchLabel.Bot,
            "prefetch" => TouchLabel.Prefetch,
            "head" => TouchLabel.Head,
            _ => bots?.Classify(userAgent) ?? TouchLabel.None,
        };
    }

    /// <summary>Reads a post's counters.</summary>
    public static PostSnapshot ReadEngagement<TFields>(ref TFields json, EventHeader header)
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
}
