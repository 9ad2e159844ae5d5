using System.Numerics;
using Attribution.Contracts.Catalog;
using NodaTime;
using NodaTime.Text;

namespace Attribution.TestKit.Twin;

/// <summary>A creator in a campaign.</summary>
public sealed record TwinPlacement(string Campaign, string Creator);

/// <summary>What a brand credits by at a moment; lookbacks null where it says nothing.</summary>
public sealed record TwinTerms(PolicyItem? Policy, string BookModel, string? ClickLookback, string? VisitLookback);

/// <summary>The catalog, searched from one end to the other for every question.</summary>
public sealed class TwinCatalog(IEnumerable<ICatalogItem> items)
{
    private readonly List<ICatalogItem> items = [.. items];

    public BrandItem Brand(string id) => All<BrandItem>().Single(brand => brand.Id == id);

    public CampaignItem Campaign(string id) => All<CampaignItem>().Single(campaign => campaign.Id == id);

    public CreatorItem Creator(string id) => All<CreatorItem>().Single(creator => creator.Id == id);

    /// <summary>The brand's local day of an instant.</summary>
    public DateOnly DayOf(string brand, long at) =>
        Instant.FromUnixTimeMilliseconds(at).InZone(DateTimeZoneProviders.Tzdb[Brand(brand).TimeZone]).Date.ToDateOnly();

    /// <summary>Whose click it is: the slug as written, the link valid then.</summary>
    public TwinPlacement? FindByLink(string brand, string slug, long at) =>
        All<LinkItem>().Where(link => BrandOf(link.CampaignId) == brand && link.Slug == slug && IsValid(link.ValidFrom, link.ValidTo, at))
            .Select(link => new TwinPlacement(link.CampaignId, link.CreatorId)).FirstOrDefault();

    /// <summary>The brand's settings for a conversion of a moment: the latest version's that says, else the brand's own.</summary>
    public TwinTerms TermsAt(string brand, long at)
    {
        var versions = (Brand(brand).Versions ?? []).Where(version => version.ValidFrom.ToUnixTimeMilliseconds() <= at).Reverse().ToList();
        return new(
            versions.Select(version => version.Policy).FirstOrDefault(said => said is not null) ?? Brand(brand).Policy,
            versions.Select(version => version.BookModel).FirstOrDefault(said => said is not null) ?? Brand(brand).BookModel,
            versions.Select(version => version.Lookback?.Click).FirstOrDefault(said => said is not null) ?? Brand(brand).Lookback?.Click,
            versions.Select(version => version.Lookback?.Visit).FirstOrDefault(said => said is not null) ?? Brand(brand).Lookback?.Visit);
    }

    /// <summary>The code in whosever hands it is then: trimmed, case ignored, valid then, quarantined or not.</summary>
    public CodeItem? Code(string brand, string code, long at) =>
        All<CodeItem>().FirstOrDefault(item => BrandOf(item.CampaignId) == brand && NormalizeCode(item.Code) == NormalizeCode(code) && IsValid(item.ValidFrom, item.ValidTo, at));

    /// <summary>Whether a code is in quarantine at a moment.</summary>
    public static bool IsQuarantined(CodeItem code, long at) =>
        (code.QuarantinedFrom is not null || code.QuarantinedTo is not null) && IsValid(code.QuarantinedFrom, code.QuarantinedTo, at);

    /// <summary>Whose visit it is: the written rules by most exact members, most prefixes, id; then the links' own tuples, likewise.</summary>
    public TwinPlacement? FindByUtm(string brand, string url, long at)
    {
        var written =
            from rule in All<UtmRuleItem>()
            where BrandOf(rule.CampaignId) == brand && IsValid(rule.ValidFrom, rule.ValidTo, at)
            let members = Members(rule.Match)
            where members.All(member => Matches(url, member.Name, member.Value, mayBePrefix: true))
            let prefixes = members.Count(member => member.Value.EndsWith('*'))
            select (rule.Id, Exact: members.Count - prefixes, Prefixes: prefixes, Placement: new TwinPlacement(rule.CampaignId, rule.CreatorId));
        var links =
            from link in All<LinkItem>()
            where link.Utm is not null && BrandOf(link.CampaignId) == brand && IsValid(link.ValidFrom, link.ValidTo, at)
            let members = Members(link.Utm!)
            where members.Count > 0 && members.All(member => Matches(url, member.Name, member.Value, mayBePrefix: false))
            select (link.Id, Exact: members.Count, Prefixes: 0, Placement: new TwinPlacement(link.CampaignId, link.CreatorId));
        return Best(written) ?? Best(links);

        static TwinPlacement? Best(IEnumerable<(string Id, int Exact, int Prefixes, TwinPlacement Placement)> rules) => rules
            .OrderByDescending(rule => rule.Exact).ThenByDescending(rule => rule.Prefixes).ThenBy(rule => rule.Id, StringComparer.Ordinal)
            .Select(rule => rule.Placement).FirstOrDefault();
    }

    /// <summary>Whose post it is, by a link that names it.</summary>
    public TwinPlacement? FindByPost(string brand, string post) =>
        All<LinkItem>().Where(link => BrandOf(link.CampaignId) == brand && link.PostId == post).OrderBy(link => link.Id, StringComparer.Ordinal)
            .Select(link => new TwinPlacement(link.CampaignId, link.CreatorId)).FirstOrDefault();

    /// <summary>The lookback in milliseconds of a touch: the campaign's own, else the brand's, else 30 days for clicks and 7 for visits.</summary>
    public long Lookback(TwinTerms terms, string campaign, bool click)
    {
        var text = click
            ? Campaign(campaign).Lookback?.Click ?? terms.ClickLookback ?? "P30D"
            : Campaign(campaign).Lookback?.Visit ?? terms.VisitLookback ?? "P7D";
        return (long)PeriodPattern.NormalizingIso.Parse(text).Value.ToDuration().TotalMilliseconds;
    }

    /// <summary>Whether a local day lies in the campaign, both ends inside.</summary>
    public bool Runs(string campaign, DateOnly day) => !(Campaign(campaign) is var found && (day < found.StartsOn || day > found.EndsOn));

    /// <summary>Whether the creator was inactive by then.</summary>
    public bool IsInactive(string creator, long at) =>
        Creator(creator) is { Status: "inactive", InactiveSince: { } since } && at >= since.ToUnixTimeMilliseconds();

    /// <summary>Whether the customer is the creator.</summary>
    public bool IsOwnCustomerKey(string creator, string? customer) => customer is not null && (Creator(creator).CustomerKeys ?? []).Contains(customer);

    /// <summary>What the creator is paid for an order of that day, if anything.</summary>
    public AgreementItem? Agreement(TwinPlacement placement, DateOnly day) =>
        All<AgreementItem>().SingleOrDefault(agreement => agreement.CampaignId == placement.Campaign && agreement.CreatorId == placement.Creator
            && !(day < agreement.ValidFrom) && !(day >= agreement.ValidTo));

    /// <summary>
    /// How many units of the brand's currency one of another is on a day: stated, or the other way round, or by way of any third one; of the
    /// latest day within the brand's patience that has any of these.
    /// </summary>
    public decimal? Rate(string brand, DateOnly day, string from)
    {
        var to = Brand(brand).Currency;
        if (from == to) return 1;
        decimal? Stated(DateOnly on, string one, string other) => All<FxRateItem>().SingleOrDefault(rate => rate.On == on && rate.From == one && rate.To == other)?.Rate;
        decimal? Known(DateOnly on, string one, string other) => Stated(on, one, other) ?? 1 / Stated(on, other, one);
        var currencies = All<FxRateItem>().SelectMany(rate => new[] { rate.From, rate.To }).Distinct().Order(StringComparer.Ordinal).ToList();
        return Enumerable.Range(0, (Brand(brand).RateMaxAgeDays ?? 7) + 1).Select(age => day.AddDays(-age))
            .SelectMany(on => currencies.Select(third => Known(on, from, third) * Known(on, third, to)).Prepend(Known(on, from, to)))
            .FirstOrDefault(rate => rate is not null);
    }

    /// <summary>A stated amount in minor units.</summary>
    public static BigInteger Minor(decimal major, string currency) => new(major * Unit(currency));

    /// <summary>Minor units in a major one.</summary>
    public static decimal Unit(string currency) => currency switch { "JPY" or "KRW" => 1, "KWD" or "BHD" => 1_000, _ => 100 };

    private static bool Matches(string url, string name, string wanted, bool mayBePrefix)
    {
        if (TwinEvent.Normalize(TwinEvent.Parameter(url, name)) is not { } value) return false;
        return mayBePrefix && wanted.EndsWith('*')
            ? value.StartsWith(TwinEvent.Normalize(wanted[..^1]) ?? "", StringComparison.Ordinal)
            : value == TwinEvent.Normalize(wanted);
    }

    private static List<(string Name, string Value)> Members(UtmItem utm) =>
    [
        .. new (string Name, string? Value)[]
        {
            ("utm_source", utm.Source), ("utm_medium", utm.Medium), ("utm_campaign", utm.Campaign),
            ("utm_content", utm.Content), ("utm_term", utm.Term), ("utm_id", utm.Id),
        }.Where(member => member.Value is not null).Select(member => (member.Name, member.Value!)),
    ];

    /// <summary>A code as compared.</summary>
    public static string NormalizeCode(string code) => code.Trim().ToUpperInvariant();

    private static bool IsValid(DateTimeOffset? from, DateTimeOffset? to, long at) =>
        !(at < from?.ToUnixTimeMilliseconds()) && !(at >= to?.ToUnixTimeMilliseconds());

    private string BrandOf(string campaign) => Campaign(campaign).BrandId;

    private IEnumerable<T> All<T>() where T : ICatalogItem => items.OfType<T>();
}
