using System.Text;
using Attribution.Core.Events;

namespace Attribution.Core.Rollups;

/// <summary>
/// Names that matched nothing in the catalog, as rollup keys. They are counted by day like everything else, so the
/// counts disappear when the catalog gets the name.
/// </summary>
public static class UnmatchedNames
{
    /// <summary>
    /// Maximum length of a name: longer names are truncated, and names with the same first 200 characters count as one.
    /// </summary>
    public const int MaxLength = 200;

    /// <summary>
    /// Returns the measure that counts names of a kind: redemptions, clicks, visits, amounts without a rate, or referrals.
    /// </summary>
    public static Measure MeasureOf(UnmatchedKind kind) => kind switch
    {
        UnmatchedKind.Code => Measure.Redemptions,
        UnmatchedKind.Link => Measure.Clicks,
        UnmatchedKind.Utm => Measure.Visits,
        UnmatchedKind.Rate => Measure.RateGaps,
        UnmatchedKind.Referral => Measure.Referrals,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind."),
    };

    /// <summary>Returns the campaign part of the keys of a kind. Not a valid id.</summary>
    public static string CampaignOf(UnmatchedKind kind) => kind switch
    {
        UnmatchedKind.Code => "?code",
        UnmatchedKind.Link => "?link",
        UnmatchedKind.Utm => "?utm",
        UnmatchedKind.Rate => "?rate",
        UnmatchedKind.Referral => "?referral",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind."),
    };

    /// <summary>Returns the kind of a key for which <see cref="RollupKey.IsUnmatched"/> is true.</summary>
    public static UnmatchedKind KindOf(in RollupKey key) => key.Campaign switch
    {
        "?code" => UnmatchedKind.Code,
        "?link" => UnmatchedKind.Link,
        "?utm" => UnmatchedKind.Utm,
        "?rate" => UnmatchedKind.Rate,
        "?referral" => UnmatchedKind.Referral,
        _ => throw new ArgumentOutOfRangeException(nameof(key), key.Campaign, "The key is not that of an unmatched name."),
    };

    /// <summary>
    /// Returns a claim as one name: the network with its ids, or the campaign parameters, with <c>ref</c> at the end.
    /// </summary>
    public static string NameOf(ReferralClaim claim, Utm? utm)
    {
        if (claim.Name is { } name) return name;
        var parameters = utm is null ? "" : NameOf(utm);
        return claim.Ref is not { } reference ? parameters : parameters.Length == 0 ? $"ref={reference}" : $"{parameters}&ref={reference}";
    }

    /// <summary>
    /// Returns UTM parameters as one name: <c>source=instagram&amp;campaign=spring</c>, in the order source, medium,
    /// campaign, content, term, id; absent parameters are left out.
    /// </summary>
    public static string NameOf(Utm utm)
    {
        var name = new StringBuilder();
        void Append(string member, string? value)
        {
            if (value is null) return;
            if (name.Length > 0) name.Append('&');
            name.Append(member).Append('=').Append(value);
        }

        Append("source", utm.Source);
        Append("medium", utm.Medium);
        Append("campaign", utm.Campaign);
        Append("content", utm.Content);
        Append("term", utm.Term);
        Append("id", utm.Id);
        return name.ToString();
    }

    /// <summary>Truncates a name to <see cref="MaxLength"/> characters without splitting a surrogate pair.</summary>
    public static string Truncate(string name) =>
        name.Length <= MaxLength ? name
        : name[..(char.IsHighSurrogate(name[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
}
