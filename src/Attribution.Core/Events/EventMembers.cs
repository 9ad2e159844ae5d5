using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Attribution.Core.Values;
using static Attribution.Core.Events.EventMember;

namespace Attribution.Core.Events;

/// <summary>A table of the members of each type of event and of their names.</summary>
internal static class EventMembers
{
    /// <summary>The names of the members, indexed by member.</summary>
    public static readonly ImmutableArray<string> Names =
        [.. Enum.GetNames<EventMember>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    /// <summary>The number of members.</summary>
    public const int Count = (int)Followers + 1;

    private static readonly ulong CommonMembers = SetOf(EventMember.Type, Id, OccurredAt, Source, BrandId);
    private static readonly ulong TouchMembers =
        CommonMembers | SetOf(VisitorId, ClickId, Referrer, UserAgent, Ip, Label);
    private static readonly ulong OrderMembers = CommonMembers | SetOf(
        OrderId, Codes, EventMember.Currency, Gross, Discount, Tax, Shipping, CustomerKey, IsNewCustomer, VisitorId, ClickId,
        StateAt, RefundIds, Subscription, Renewal, Lines);

    /// <summary>The members of a click.</summary>
    public static readonly ulong ClickMembers = TouchMembers | SetOf(Link);

    /// <summary>The members of a visit.</summary>
    public static readonly ulong VisitMembers = TouchMembers | SetOf(Url);

    /// <summary>The members of a redemption.</summary>
    public static readonly ulong RedemptionMembers = OrderMembers;

    /// <summary>The members of a conversion. Its kind excludes some of them.</summary>
    public static readonly ulong ConversionMembers = OrderMembers | SetOf(Kind, ConversionId);

    /// <summary>The members of a refund.</summary>
    public static readonly ulong RefundMembers =
        CommonMembers | SetOf(OrderId, RefundId, Kind, EventMember.Currency, Amount, EventMember.Void, StateAt, Basis, Lines);

    /// <summary>The members of a payment.</summary>
    public static readonly ulong PaymentMembers =
        CommonMembers | SetOf(OrderId, PaymentId, EventMember.Currency, Gross, Discount, Tax, Shipping, Renewal);

    /// <summary>The members of a referral.</summary>
    public static readonly ulong ReferralMembers = CommonMembers | SetOf(
        OrderId, Provider, PublisherId, ProviderCampaignId, SubId, Token, Parameters, ExpiresAt, Verified);

    /// <summary>The members of an engagement.</summary>
    public static readonly ulong EngagementMembers =
        CommonMembers | SetOf(
            PostId, Platform, CreatorId, CampaignId, Impressions, Reach, Likes, Comments, Shares,
            Saves, Views, Followers);

    /// <summary>Returns a set of members with one bit per member.</summary>
    public static ulong SetOf(params ReadOnlySpan<EventMember> members)
    {
        var set = 0UL;
        foreach (var member in members) set |= 1UL << (int)member;
        return set;
    }

    // Names of other products for members, in small letters and without separators. The first member that the event has is meant.
    private static readonly FrozenDictionary<string, EventMember[]> OtherNames = new Dictionary<string, EventMember[]>
    {
        ["slug"] = [Link], ["linkid"] = [Link], ["linkslug"] = [Link], ["shortlink"] = [Link],
        ["code"] = [Codes], ["coupon"] = [Codes], ["coupons"] = [Codes], ["couponcode"] = [Codes], ["discountcode"] = [Codes],
        ["discountcodes"] = [Codes], ["promocode"] = [Codes], ["voucher"] = [Codes],
        ["total"] = [Gross, Amount], ["value"] = [Gross, Amount], ["price"] = [Gross, Amount], ["revenue"] = [Gross, Amount],
        ["subtotal"] = [Gross, Amount], ["amount"] = [Gross], ["gross"] = [Amount],
        ["timestamp"] = [OccurredAt], ["time"] = [OccurredAt], ["date"] = [OccurredAt], ["createdat"] = [OccurredAt],
        ["eventtime"] = [OccurredAt], ["event"] = [EventMember.Type], ["eventtype"] = [EventMember.Type], ["eventid"] = [Id],
        ["customer"] = [CustomerKey], ["customerid"] = [CustomerKey], ["userid"] = [CustomerKey], ["email"] = [CustomerKey],
        ["order"] = [OrderId], ["ordernumber"] = [OrderId], ["transactionid"] = [OrderId], ["visitor"] = [VisitorId],
        ["anonymousid"] = [VisitorId], ["clientid"] = [VisitorId], ["brand"] = [BrandId], ["pageurl"] = [Url], ["page"] = [Url],
        ["landingpage"] = [Url], ["items"] = [Lines], ["lineitems"] = [Lines], ["products"] = [Lines], ["newcustomer"] = [IsNewCustomer],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// Returns the name of the member in a set that a misspelled name, or a name of other products, most likely means;
    /// null if there is none.
    /// </summary>
    public static string? ClosestName(string name, ulong set)
    {
        var plain = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        if (OtherNames.TryGetValue(plain, out var meant))
        {
            foreach (var member in meant)
                if ((set & SetOf(member)) != 0) return Names[(int)member];
        }

        return SimilarNames.Find(
            name, Enum.GetValues<EventMember>().Where(member => (set & SetOf(member)) != 0).Select(member => Names[(int)member]));
    }
}
