using System.Collections.Frozen;
using Attribution.Contracts.Catalog;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>The lookup tables of a <see cref="CatalogSnapshot"/>. Immutable and thread-safe.</summary>
internal sealed class CatalogIndex
{
    private readonly CatalogContents contents;
    private readonly Dictionary<Placement, Placement> placements = [];

    /// <summary>Builds the tables of contents that have passed the catalog's rules.</summary>
    public CatalogIndex(CatalogContents contents)
    {
        this.contents = contents;
        Campaigns = Items<CampaignItem>().ToFrozenDictionary(
            campaign => campaign.Id, campaign => ItemSettings.FromCampaign(campaign, contents));
        Brands = Items<BrandItem>().Select(brand => ItemSettings.FromBrand(brand, Campaigns.Values, contents.TimeZones))
            .ToFrozenDictionary(brand => brand.Id);
        InactiveSince = Items<CreatorItem>().Where(creator => creator.Status == "inactive")
            .ToFrozenDictionary(
                creator => creator.Id, creator => Timestamp.From(creator.InactiveSince ?? DateTimeOffset.MaxValue));
        OwnCustomerKeys = Items<CreatorItem>().Where(creator => creator.CustomerKeys is { Count: > 0 })
            .ToFrozenDictionary(
                creator => creator.Id, creator => creator.CustomerKeys!.ToFrozenSet(StringComparer.Ordinal));
        Links = Group(Items<LinkItem>().Select(link => ((BrandOf(link.CampaignId), link.Slug), Assign(link))));
        Codes = Group(Items<CodeItem>()
            .Select(code => ((BrandOf(code.CampaignId), TextNormalizer.Code(code.Code)), Assign(code))));
        Posts = Group(Items<LinkItem>().Where(link => link.PostId is not null)
            .OrderBy(link => link.Id, StringComparer.Ordinal)
            .Select(link => (
                (BrandOf(link.CampaignId), link.PostId!), Assign(link with { ValidFrom = null, ValidTo = null }))));
        UtmRules = GetUtmRules().GroupBy(rule => rule.Brand)
            .ToFrozenDictionary(group => group.Key, group => new UtmRules(group.Select(rule => rule.Rule)));
        Publishers = Items<PublisherItem>().GroupBy(publisher => BrandOf(publisher.CampaignId))
            .ToFrozenDictionary(group => group.Key, group => new Publishers(group.Select(publisher => (publisher, Assign(publisher)))));
        Agreements = Group(Items<AgreementItem>().Select(CreateAgreement));
        AgreementsById = Agreements.Values.SelectMany(all => all).ToFrozenDictionary(agreement => agreement.Id);
        Rates = new ExchangeRates(Items<FxRateItem>(), contents.FixedRatesVersion is not null);
        Fits = contents.Fits.Select(stored => stored.Fit).GroupBy(fit => fit.Brand)
            .ToFrozenDictionary(brand => brand.Key, brand => brand.OrderBy(fit => fit.Number).ToArray());
    }

    /// <summary>Gets the brands by id.</summary>
    public FrozenDictionary<string, BrandSettings> Brands { get; }

    /// <summary>Gets the campaigns by id.</summary>
    public FrozenDictionary<string, CampaignSettings> Campaigns { get; }

    /// <summary>Gets the time at which creators became inactive, by creator id.</summary>
    public FrozenDictionary<string, Timestamp> InactiveSince { get; }

    /// <summary>Gets the creators' own customer keys by creator id; creators without such keys are absent.</summary>
    public FrozenDictionary<string, FrozenSet<string>> OwnCustomerKeys { get; }

    /// <summary>Gets the assignments of links by brand and slug.</summary>
    public FrozenDictionary<(string Brand, string Slug), Assignment[]> Links { get; }

    /// <summary>Gets the assignments of codes by brand and normalized code.</summary>
    public FrozenDictionary<(string Brand, string Code), Assignment[]> Codes { get; }

    /// <summary>Gets the assignments of posts without time limits, in order of link ids.</summary>
    public FrozenDictionary<(string Brand, string PostId), Assignment[]> Posts { get; }

    /// <summary>Gets the UTM rules by brand.</summary>
    public FrozenDictionary<string, UtmRules> UtmRules { get; }

    /// <summary>Gets the publishers of networks by brand.</summary>
    public FrozenDictionary<string, Publishers> Publishers { get; }

    /// <summary>Gets the agreements by placement.</summary>
    public FrozenDictionary<Placement, Agreement[]> Agreements { get; }

    /// <summary>Gets the agreements by id.</summary>
    public FrozenDictionary<string, Agreement> AgreementsById { get; }

    /// <summary>Gets the exchange rates.</summary>
    public ExchangeRates Rates { get; }

    /// <summary>Gets the fits by brand, in order of their numbers.</summary>
    public FrozenDictionary<string, Fit[]> Fits { get; }

    private IEnumerable<T> Items<T>() where T : ICatalogItem => contents.Items.Values.OfType<T>();

    private string BrandOf(string campaign) => Campaigns[campaign].Brand;

    private Placement Intern(string campaign, string creator)
    {
        var placement = new Placement(campaign, creator);
        return placements.TryGetValue(placement, out var known) ? known : placements[placement] = placement;
    }

    private Assignment Assign(LinkItem link) => new(
        new(CatalogKind.Links, link.Id), Intern(link.CampaignId, link.CreatorId),
        StartOf(link.ValidFrom), EndOf(link.ValidTo));

    private Assignment Assign(CodeItem code) => new(
        new(CatalogKind.Codes, code.Id), Intern(code.CampaignId, code.CreatorId),
        StartOf(code.ValidFrom), EndOf(code.ValidTo))
    {
        Quarantine = code.QuarantinedFrom is null && code.QuarantinedTo is null
            ? null
            : (StartOf(code.QuarantinedFrom), EndOf(code.QuarantinedTo)),
    };

    private Assignment Assign(UtmRuleItem rule) => new(
        new(CatalogKind.UtmRules, rule.Id), Intern(rule.CampaignId, rule.CreatorId),
        StartOf(rule.ValidFrom), EndOf(rule.ValidTo));

    private Assignment Assign(PublisherItem publisher) => new(
        new(CatalogKind.Publishers, publisher.Id), Intern(publisher.CampaignId, publisher.CreatorId),
        StartOf(publisher.ValidFrom), EndOf(publisher.ValidTo));

    private IEnumerable<(string Brand, UtmRule Rule)> GetUtmRules() =>
        Items<UtmRuleItem>()
            .Select(rule => (BrandOf(rule.CampaignId), UtmRule.Create(Assign(rule), rule.Match, implied: false)))
            .Concat(Items<LinkItem>().Where(link => link.Utm is not null && link.Utm != new UtmItem())
                .Select(link => (BrandOf(link.CampaignId), UtmRule.Create(Assign(link), link.Utm!, implied: true))));

    private (Placement Placement, Agreement Agreement) CreateAgreement(AgreementItem agreement)
    {
        var placement = Intern(agreement.CampaignId, agreement.CreatorId);
        return (placement, ItemSettings.FromAgreement(agreement, placement, Brands[BrandOf(agreement.CampaignId)]));
    }

    private static FrozenDictionary<TKey, TValue[]> Group<TKey, TValue>(IEnumerable<(TKey Key, TValue Value)> pairs)
        where TKey : notnull =>
        pairs.GroupBy(pair => pair.Key, pair => pair.Value)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray());

    private static Timestamp StartOf(DateTimeOffset? first) =>
        first is { } known ? Timestamp.From(known) : new(long.MinValue);

    private static Timestamp EndOf(DateTimeOffset? last) =>
        last is { } known ? Timestamp.From(known) : new(long.MaxValue);
}
