using System.Text;
using Attribution.Core.Events;

namespace Attribution.Core.Rollups;

/// <summary>What a name that matched nothing was given as. Stored: never renumber.</summary>
public enum UnmatchedKind
{
    /// <summary>A discount code of an order.</summary>
    Code = 1,

    /// <summary>The slug of a click's link.</summary>
    Link = 2,

    /// <summary>The UTM parameters of a visit, as one name.</summary>
    Utm = 3,

    /// <summary>The currency of an amount that no exchange rate of its day was known for.</summary>
    Rate = 4,
}

/// <summary>
/// Names that matched nothing in the catalog, as keys of measures: counted by day like everything else, so that what is counted goes away
/// by itself when the catalog learns the name.
/// </summary>
public static class UnmatchedNames
{
    /// <summary>Longest name kept: longer ones are cut, and those alike in their first 200 characters count as one.</summary>
    public const int MaxLength = 200;

    /// <summary>The measure that counts names of a kind: redemptions, clicks, visits or amounts that named it.</summary>
    public static Measure MeasureOf(UnmatchedKind kind) => kind switch
    {
        UnmatchedKind.Code => Measure.Redemptions,
        UnmatchedKind.Link => Measure.Clicks,
        UnmatchedKind.Utm => Measure.Visits,
        UnmatchedKind.Rate => Measure.RateGaps,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind."),
    };

    /// <summary>Stands for the campaign in the keys of a kind. No id can be this.</summary>
    public static string CampaignOf(UnmatchedKind kind) => kind switch
    {
        UnmatchedKind.Code => "?code",
        UnmatchedKind.Link => "?link",
        UnmatchedKind.Utm => "?utm",
        UnmatchedKind.Rate => "?rate",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind."),
    };

    /// <summary>The kind of a key that <see cref="RollupKey.IsUnmatched"/>.</summary>
    public static UnmatchedKind KindOf(in RollupKey key) => key.Campaign switch
    {
        "?code" => UnmatchedKind.Code,
        "?link" => UnmatchedKind.Link,
        "?utm" => UnmatchedKind.Utm,
        "?rate" => UnmatchedKind.Rate,
        _ => throw new ArgumentOutOfRangeException(nameof(key), key.Campaign, "Not the key of an unmatched name."),
    };

    /// <summary>UTM parameters as one name: <c>source=instagram&amp;campaign=spring</c>, in the order source, medium, campaign, content, term, id; absent ones left out.</summary>
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

    /// <summary>A name as it is kept: at most <see cref="MaxLength"/> characters, never half of one.</summary>
    public static string Truncate(string name) =>
        name.Length <= MaxLength ? name : name[..(char.IsHighSurrogate(name[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
}
