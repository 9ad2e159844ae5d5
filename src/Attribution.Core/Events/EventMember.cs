using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using static Attribution.Core.Events.EventMember;

namespace Attribution.Core.Events;

/// <summary>Every member that some type of event has; on the wire each is its name in camelCase.</summary>
internal enum EventMember
{
    Type, Id, OccurredAt, Source, BrandId,
    Link, Url, VisitorId, ClickId, Referrer, UserAgent, Ip, Label,
    OrderId, ConversionId, Kind, Codes, Currency, Gross, Discount, Tax, Shipping, CustomerKey, IsNewCustomer,
    RefundId, Amount,
    PostId, Platform, CreatorId, CampaignId, Impressions, Reach, Likes, Comments, Shares, Saves, Views, Followers,
}

/// <summary>The members of each type of event, and their names.</summary>
internal static class EventMembers
{
    /// <summary>The names, by member.</summary>
    public static readonly ImmutableArray<string> Names =
        [.. Enum.GetNames<EventMember>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    /// <summary>How many there are.</summary>
    public const int Count = (int)Followers + 1;

    private static readonly ImmutableArray<byte[]> Utf8 = [.. Names.Select(Encoding.UTF8.GetBytes)];

    private static readonly ImmutableArray<EventMember[]> ByLength =
    [
        .. Enumerable.Range(0, Names.Max(name => name.Length) + 1)
            .Select(length => Enum.GetValues<EventMember>().Where(member => Names[(int)member].Length == length).ToArray()),
    ];

    private static readonly ulong CommonMembers = SetOf(EventMember.Type, Id, OccurredAt, Source, BrandId);
    private static readonly ulong TouchMembers = CommonMembers | SetOf(VisitorId, ClickId, Referrer, UserAgent, Ip, Label);
    private static readonly ulong OrderMembers = CommonMembers | SetOf(OrderId, Codes, Currency, Gross, Discount, Tax, Shipping, CustomerKey, IsNewCustomer, VisitorId, ClickId);

    /// <summary>What a click may carry.</summary>
    public static readonly ulong ClickMembers = TouchMembers | SetOf(Link);

    /// <summary>What a visit may carry.</summary>
    public static readonly ulong VisitMembers = TouchMembers | SetOf(Url);

    /// <summary>What a redemption may carry.</summary>
    public static readonly ulong RedemptionMembers = OrderMembers;

    /// <summary>What a conversion may carry; its kind narrows it further.</summary>
    public static readonly ulong ConversionMembers = OrderMembers | SetOf(Kind, ConversionId);

    /// <summary>What a refund may carry.</summary>
    public static readonly ulong RefundMembers = CommonMembers | SetOf(OrderId, RefundId, Kind, Currency, Amount);

    /// <summary>What an engagement may carry.</summary>
    public static readonly ulong EngagementMembers =
        CommonMembers | SetOf(PostId, Platform, CreatorId, CampaignId, Impressions, Reach, Likes, Comments, Shares, Saves, Views, Followers);

    /// <summary>A set of members: a bit each.</summary>
    public static ulong SetOf(params ReadOnlySpan<EventMember> members)
    {
        var set = 0UL;
        foreach (var member in members) set |= Bit(member);
        return set;
    }

    /// <summary>The set of one.</summary>
    public static ulong Bit(EventMember member) => 1UL << (int)member;

    /// <summary>The member of a name; null for one that no type has.</summary>
    public static EventMember? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length >= ByLength.Length) return null;
        foreach (var member in ByLength[name.Length])
            if (name.SequenceEqual(Utf8[(int)member]))
                return member;
        return null;
    }

    /// <summary>The member of a set that a wrong name most likely meant: the one fewest letters away, at most two, case aside; null if there is none.</summary>
    public static string? ClosestName(string name, ulong set) =>
        (from member in Enum.GetValues<EventMember>()
         where (set & Bit(member)) != 0
         let distance = EditDistance(name.ToUpperInvariant(), Names[(int)member].ToUpperInvariant())
         where distance <= 2 && distance < Names[(int)member].Length - 1
         orderby distance
         select Names[(int)member]).FirstOrDefault();

    // Levenshtein's distance.
    private static int EditDistance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var change = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
