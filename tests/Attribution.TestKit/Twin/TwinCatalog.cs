using System.Numerics;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using NodaTime;
using NodaTime.Text;

namespace Attribution.TestKit.Twin;

/// <summary>A creator in a campaign.</summary>
public sealed record TwinPlacement(string Campaign, string Creator);

/// <summary>The credit terms of a brand at one time; lookbacks are null if not specified.</summary>
public sealed record TwinTerms(PolicyItem? Policy, string BookModel, string? ClickLookback, string? VisitLookback)
{
    public string? ReferralLookback { get; init; }

    public string Referrals { get; init; } = "all";
}

/// <summary>The catalog; every look-up searches it linearly.</summary>
public sealed class TwinCatalog(IEnumerable<ICatalogItem> items)
{
    private readonly List<ICatalogItem> items = [.. items];

    public BrandItem Brand(string id) => All<BrandItem>().Single(brand => brand.Id == id);

    public CampaignItem Campaign(string id) => All<CampaignItem>().Single(campaign => campaign.Id == id);

    public CreatorItem Creator(string id) => All<CreatorItem>().Single(creator => creator.Id == id);

    /// <summary>Returns the brand's local day of an instant.</summary>
    public DateOnly DayOf(string brand, long at) =>
        Instant.FromUnixTimeMilliseconds(at).InZone(DateTimeZoneProviders.Tzdb[Brand(brand).TimeZone]).Date.ToDateOnly();

    /// <summary>Returns the placement of a click by the link with its slug that was valid at the time.</summary>
    public TwinPlacement? FindByLink(string brand, string slug, long at) =>
        All<LinkItem>().Where(link => BrandOf(link.CampaignId) == brand && link.Slug == slug && IsValid(link.ValidFrom, link.ValidTo, at))
            .Select(link => new TwinPlacement(link.CampaignId, link.CreatorId)).FirstOrDefault();

    /// <summary>
    /// Returns the brand's terms for a conversion: each from the latest version that specifies it, otherwise the
    /// brand's own.
    /// </summary>
    public TwinTerms TermsAt(string brand, long at)
    {
        var versions = (Brand(brand).Versions ?? []).Where(version => version.ValidFrom.ToUnixTimeMilliseconds() <= at).Reverse().ToList();
        return new(
            versions.Select(version => version.Policy).FirstOrDefault(value => value is not null) ?? Brand(brand).Policy,
            versions.Select(version => version.BookModel).FirstOrDefault(value => value is not null) ?? Brand(brand).BookModel,
            versions.Select(version => version.Lookback?.Click).FirstOrDefault(value => value is not null) ?? Brand(brand).Lookback?.Click,
            versions.Select(version => version.Lookback?.Visit).FirstOrDefault(value => value is not null) ?? Brand(brand).Lookback?.Visit)
        {
            ReferralLookback = versions.Select(version => version.Lookback?.Referral).FirstOrDefault(value => value is not null) ?? Brand(brand).Lookback?.Referral,
            Referrals = versions.Select(version => version.Referrals).FirstOrDefault(value => value is not null) ?? Brand(brand).Referrals ?? "all",
        };
    }

    /// <summary>
    /// Returns the code valid at the time, trimmed and without regard to case, even if it is in quarantine.
    /// </summary>
    public CodeItem? Code(string brand, string code, long at) =>
        All<CodeItem>().FirstOrDefault(item =>
            BrandOf(item.CampaignId) == brand && NormalizeCode(item.Code) == NormalizeCode(code) && IsValid(item.ValidFrom, item.ValidTo, at));

    /// <summary>Returns true if a code is in quarantine at the time.</summary>
    public static bool IsQuarantined(CodeItem code, long at) =>
        (code.QuarantinedFrom is not null || code.QuarantinedTo is not null) && IsValid(code.QuarantinedFrom, code.QuarantinedTo, at);

    /// <summary>
    /// Returns the placement of a visit: explicit rules by most exact members, most prefixes and id, then the
    /// parameters of links in the same way.
    /// </summary>
    public TwinPlacement? FindByUtm(string brand, string url, long at)
    {
        var rules =
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
        return Best(rules) ?? Best(links);

        static TwinPlacement? Best(IEnumerable<(string Id, int Exact, int Prefixes, TwinPlacement Placement)> candidates) => candidates
            .OrderByDescending(rule => rule.Exact).ThenByDescending(rule => rule.Prefixes).ThenBy(rule => rule.Id, StringComparer.Ordinal)
            .Select(rule => rule.Placement).FirstOrDefault();
    }

    /// <summary>Returns the placement of a post by a link that names it.</summary>
    public TwinPlacement? FindByPost(string brand, string post) =>
        All<LinkItem>().Where(link => BrandOf(link.CampaignId) == brand && link.PostId == post)
            .OrderBy(link => link.Id, StringComparer.Ordinal)
            .Select(link => new TwinPlacement(link.CampaignId, link.CreatorId)).FirstOrDefault();

    /// <summary>
    /// Returns a touch's lookback in milliseconds: the campaign's, otherwise the brand's, otherwise 30 days for clicks
    /// and 7 for visits.
    /// </summary>
    public long Lookback(TwinTerms terms, string campaign, bool click)
    {
        var text = click
            ? Campaign(campaign).Lookback?.Click ?? terms.ClickLookback ?? "P30D"
            : Campaign(campaign).Lookback?.Visit ?? terms.VisitLookback ?? "P7D";
        return (long)PeriodPattern.NormalizingIso.Parse(text).Value.ToDuration().TotalMilliseconds;
    }

    /// <summary>Returns a claim's lookback in milliseconds: the campaign's, otherwise the brand's, otherwise 7 days.</summary>
    public long ReferralLookback(TwinTerms terms, string campaign) => (long)PeriodPattern.NormalizingIso
        .Parse(Campaign(campaign).Lookback?.Referral ?? terms.ReferralLookback ?? "P7D").Value.ToDuration().TotalMilliseconds;

    /// <summary>
    /// Returns the placement of a claim: the publisher with the most ids that all match, otherwise by its parameters as a
    /// visit, otherwise by its ref: a publisher of the provider ref, or a link.
    /// </summary>
    public TwinPlacement? FindByClaim(string brand, ReferralEvent claim, long at)
    {
        var url = "https://x/?" + claim.Parameters;
        return Publisher(claim.Provider, claim.PublisherId, claim.ProviderCampaignId, claim.SubId)
            ?? (claim.Parameters is null ? null : FindByUtm(brand, url, at))
            ?? (TwinEvent.Parameter(url, "ref") is { } name ? Publisher("ref", name, null, null) ?? FindByLink(brand, name, at) : null);

        TwinPlacement? Publisher(string? provider, string? publisher, string? campaign, string? sub) => All<PublisherItem>()
            .Where(item => BrandOf(item.CampaignId) == brand && IsValid(item.ValidFrom, item.ValidTo, at)
                && string.Equals(item.Provider, provider, StringComparison.OrdinalIgnoreCase)
                && (item.PublisherId ?? publisher) == publisher && (item.ProviderCampaignId ?? campaign) == campaign && (item.SubId ?? sub) == sub)
            .OrderByDescending(item => new[] { item.PublisherId, item.ProviderCampaignId, item.SubId }.OfType<string>().Count())
            .ThenBy(item => item.Id, StringComparer.Ordinal)
            .Select(item => new TwinPlacement(item.CampaignId, item.CreatorId)).FirstOrDefault();
    }

    /// <summary>Returns true if touches of assistants can earn credit for the campaign.</summary>
    public bool CreditsAssistants(string campaign) =>
        (Campaign(campaign).Assistants ?? Brand(BrandOf(campaign)).Assistants) == "credited";

    /// <summary>Returns true if a local day is within the campaign, both ends inclusive.</summary>
    public bool Runs(string campaign, DateOnly day) =>
        !(Campaign(campaign) is var found && (day < found.StartsOn || day > found.EndsOn));

    /// <summary>Returns true if the creator was inactive at the time.</summary>
    public bool IsInactive(string creator, long at) =>
        Creator(creator) is { Status: "inactive", InactiveSince: { } since } && at >= since.ToUnixTimeMilliseconds();

    /// <summary>Returns true if the customer is the creator.</summary>
    public bool IsOwnCustomerKey(string creator, string? customer) =>
        customer is not null && (Creator(creator).CustomerKeys ?? []).Contains(customer);

    /// <summary>Returns the agreement for an order of the day; null if there is none.</summary>
    public AgreementItem? Agreement(TwinPlacement placement, DateOnly day) =>
        All<AgreementItem>().SingleOrDefault(agreement =>
            agreement.CampaignId == placement.Campaign && agreement.CreatorId == placement.Creator
            && !(day < agreement.ValidFrom) && !(day >= agreement.ValidTo));

    /// <summary>
    /// Returns the exchange rate of a currency to the brand's on a day: given directly, inverted, or through a third
    /// currency. Uses the latest day within the brand's maximum age that has such a rate.
    /// </summary>
    public decimal? Rate(string brand, DateOnly day, string from)
    {
        var to = Brand(brand).Currency;
        if (from == to) return 1;
        decimal? Given(DateOnly on, string source, string target) =>
            All<FxRateItem>().SingleOrDefault(rate => rate.On == on && rate.From == source && rate.To == target)?.Rate;
        decimal? Known(DateOnly on, string source, string target) => Given(on, source, target) ?? 1 / Given(on, target, source);
        var currencies = All<FxRateItem>().SelectMany(rate => new[] { rate.From, rate.To }).Distinct().Order(StringComparer.Ordinal).ToList();
        return Enumerable.Range(0, (Brand(brand).RateMaxAgeDays ?? 7) + 1).Select(age => day.AddDays(-age))
            .SelectMany(on => currencies.Select(third => Known(on, from, third) * Known(on, third, to)).Prepend(Known(on, from, to)))
            .FirstOrDefault(rate => rate is not null);
    }

    /// <summary>Converts an amount to minor units.</summary>
    public static BigInteger Minor(decimal major, string currency) => new(major * Unit(currency));

    /// <summary>Returns the number of minor units per major unit.</summary>
    public static decimal Unit(string currency) =>
        currency switch { "JPY" or "KRW" => 1, "KWD" or "BHD" => 1_000, _ => 100 };

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

    /// <summary>Returns a code in the form used for comparison.</summary>
    public static string NormalizeCode(string code) => code.Trim().ToUpperInvariant();

    private static bool IsValid(DateTimeOffset? from, DateTimeOffset? to, long at) =>
        !(at < from?.ToUnixTimeMilliseconds()) && !(at >= to?.ToUnixTimeMilliseconds());

    private string BrandOf(string campaign) => Campaign(campaign).BrandId;

    private IEnumerable<T> All<T>() where T : ICatalogItem => items.OfType<T>();
}
