using System.Collections.Frozen;
using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Models;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Payouts;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>
/// An immutable snapshot of the catalog, indexed for matching. Every look-up is by the event's own time, so a change of hands never
/// reaches into the past. Thread-safe.
/// </summary>
public sealed class CatalogSnapshot
{
    private readonly FrozenDictionary<string, BrandSettings> brands;
    private readonly FrozenDictionary<string, CampaignSettings> campaigns;
    private readonly FrozenDictionary<string, Timestamp> inactiveSince;
    private readonly FrozenDictionary<string, FrozenSet<string>> ownCustomerKeys;
    private readonly FrozenDictionary<(string Brand, string Slug), Assignment[]> links;
    private readonly FrozenDictionary<(string Brand, string Code), Assignment[]> codes;
    private readonly FrozenDictionary<(string Brand, string PostId), Assignment[]> posts;
    private readonly FrozenDictionary<string, UtmRules> utmRules;
    private readonly FrozenDictionary<Placement, Agreement[]> agreements;
    private readonly FrozenDictionary<string, Agreement> agreementsById;
    private readonly ExchangeRates rates;
    private readonly FrozenDictionary<string, Fit[]> fits;

    private CatalogSnapshot(CatalogContents contents)
    {
        Contents = contents;
        var placements = new Dictionary<Placement, Placement>();
        Placement Intern(string campaign, string creator)
        {
            var placement = new Placement(campaign, creator);
            return placements.TryGetValue(placement, out var known) ? known : placements[placement] = placement;
        }

        Assignment Assign(CatalogKind kind, string id, string campaign, string creator, DateTimeOffset? from, DateTimeOffset? to) =>
            new(new CatalogRef(kind, id), Intern(campaign, creator),
                Since(from), Until(to));

        campaigns = Items<CampaignItem>().ToFrozenDictionary(campaign => campaign.Id, Settings);
        brands = Items<BrandItem>().Select(Settings).ToFrozenDictionary(brand => brand.Id);
        inactiveSince = Items<CreatorItem>().Where(creator => creator.Status == "inactive")
            .ToFrozenDictionary(creator => creator.Id, creator => Timestamp.From(creator.InactiveSince ?? DateTimeOffset.MaxValue));
        ownCustomerKeys = Items<CreatorItem>().Where(creator => creator.CustomerKeys is { Count: > 0 })
            .ToFrozenDictionary(creator => creator.Id, creator => creator.CustomerKeys!.ToFrozenSet(StringComparer.Ordinal));
        links = Group(Items<LinkItem>().Select(link => (
            (BrandOf(link.CampaignId), link.Slug),
            Assign(CatalogKind.Links, link.Id, link.CampaignId, link.CreatorId, link.ValidFrom, link.ValidTo))));
        codes = Group(Items<CodeItem>().Select(code => (
            (BrandOf(code.CampaignId), TextNormalizer.Code(code.Code)),
            Assign(CatalogKind.Codes, code.Id, code.CampaignId, code.CreatorId, code.ValidFrom, code.ValidTo) with
            {
                Quarantine = code.QuarantinedFrom is null && code.QuarantinedTo is null ? null : (Since(code.QuarantinedFrom), Until(code.QuarantinedTo)),
            })));
        posts = Group(Items<LinkItem>().Where(link => link.PostId is not null).OrderBy(link => link.Id, StringComparer.Ordinal).Select(link => (
            (BrandOf(link.CampaignId), link.PostId!),
            Assign(CatalogKind.Links, link.Id, link.CampaignId, link.CreatorId, null, null))));
        utmRules = Items<UtmRuleItem>()
            .Select(rule => (Brand: BrandOf(rule.CampaignId), Rule: Rule(
                Assign(CatalogKind.UtmRules, rule.Id, rule.CampaignId, rule.CreatorId, rule.ValidFrom, rule.ValidTo), rule.Match, implied: false)))
            .Concat(Items<LinkItem>().Where(link => link.Utm is not null && link.Utm != new UtmItem()).Select(link => (Brand: BrandOf(link.CampaignId), Rule: Rule(
                Assign(CatalogKind.Links, link.Id, link.CampaignId, link.CreatorId, link.ValidFrom, link.ValidTo), link.Utm!, implied: true))))
            .GroupBy(rule => rule.Brand).ToFrozenDictionary(group => group.Key, group => new UtmRules(group.Select(rule => rule.Rule)));
        agreements = Group(Items<AgreementItem>().Select(agreement => (
            Intern(agreement.CampaignId, agreement.CreatorId), Settings(agreement, Intern(agreement.CampaignId, agreement.CreatorId), brands[BrandOf(agreement.CampaignId)]))));
        agreementsById = agreements.Values.SelectMany(all => all).ToFrozenDictionary(agreement => agreement.Id);
        rates = new ExchangeRates(Items<FxRateItem>());
        fits = contents.Fits.Select(stored => stored.Fit).GroupBy(fit => fit.Brand)
            .ToFrozenDictionary(brand => brand.Key, brand => brand.OrderBy(fit => fit.Number).ToArray());
    }

    /// <summary>What it was made from.</summary>
    public CatalogContents Contents { get; }

    /// <summary>The version it stands for.</summary>
    public long Version => Contents.Version;

    /// <summary>Indexes the contents, which must have passed the catalog's rules.</summary>
    public static CatalogSnapshot Create(CatalogContents contents) => new(contents);

    /// <summary>The items of one kind, in no order.</summary>
    public IEnumerable<T> Items<T>() where T : ICatalogItem => Contents.Items.Values.OfType<T>();

    /// <summary>A brand's settings; null when there is no such brand.</summary>
    public BrandSettings? FindBrand(string id) => brands.GetValueOrDefault(id);

    /// <summary>A campaign's settings; null when there is no such campaign.</summary>
    public CampaignSettings? FindCampaign(string id) => campaigns.GetValueOrDefault(id);

    /// <summary>Whether there is such a creator.</summary>
    public bool HasCreator(string id) => Contents.Items.ContainsKey(new(CatalogKind.Creators, id));

    /// <summary>Whom a click on a slug belongs to; null when no link of that slug holds then. Slugs are compared ordinally.</summary>
    public Assignment? MatchLink(string brand, string slug, Timestamp at) => ActiveAt(links, (brand, slug), at);

    /// <summary>Whom a code belongs to at an order's time.</summary>
    /// <param name="brand">The brand.</param>
    /// <param name="code">The code, normalised.</param>
    /// <param name="at">The order's time.</param>
    /// <param name="known">Whether the code exists at all, whenever.</param>
    public Assignment? MatchCode(string brand, string code, Timestamp at, out bool known)
    {
        known = codes.ContainsKey((brand, code));
        return ActiveAt(codes, (brand, code), at);
    }

    /// <summary>Whom a landing's parameters name; null when no rule holds.</summary>
    public Assignment? MatchUtm(string brand, Utm utm, Timestamp at) => utmRules.GetValueOrDefault(brand)?.Match(utm, at);

    /// <summary>Whose post it is by a link that names it; of several the least link id. Null when none does.</summary>
    public Placement? PlacementOfPost(string brand, string postId) =>
        posts.TryGetValue((brand, postId), out var named) ? named[0].Placement : null;

    /// <summary>Whether a creator is active at an instant; one that never became inactive always is.</summary>
    public bool IsActive(string creator, Timestamp at) => !inactiveSince.TryGetValue(creator, out var since) || at < since;

    /// <summary>Whether a customer key is the creator's own.</summary>
    public bool IsOwnCustomerKey(string creator, string? customerKey) =>
        customerKey is not null && ownCustomerKeys.Count > 0 && ownCustomerKeys.TryGetValue(creator, out var keys) && keys.Contains(customerKey);

    /// <summary>The agreement of a placement on a local day; null when none holds.</summary>
    public Agreement? AgreementOn(Placement placement, DateOnly day) =>
        agreements.TryGetValue(placement, out var all) ? Array.Find(all, agreement => agreement.From <= day && day < agreement.To) : null;

    /// <summary>An agreement by its id; null when there is no such agreement.</summary>
    public Agreement? FindAgreement(string id) => agreementsById.GetValueOrDefault(id);

    /// <summary>All agreements, in no order.</summary>
    public IReadOnlyList<Agreement> Agreements => agreementsById.Values;

    /// <summary>
    /// How many units of the brand's currency one of another is on a local day: 1 for its own, null when no rate is known that is of that day
    /// or at most <see cref="BrandSettings.RateMaxAgeDays"/> older.
    /// </summary>
    public decimal? FindRate(string from, BrandSettings to, DateOnly on) => rates.Find(from, to.Currency.Code, on, to.RateMaxAgeDays);

    /// <summary>A brand's fits by number; empty when none was made.</summary>
    public IReadOnlyList<Fit> FitsOf(string brand) => fits.TryGetValue(brand, out var all) ? all : [];

    /// <summary>
    /// The fit that credits a brand's conversions of a local day: of those that begin on it or before, the newest. Null when the day lies
    /// before the first.
    /// </summary>
    public Fit? FitOn(string brand, DateOnly day) => fits.TryGetValue(brand, out var all) ? Array.FindLast(all, fit => fit.From <= day) : null;

    private string BrandOf(string campaign) => campaigns[campaign].Brand;

    private static Assignment? ActiveAt(FrozenDictionary<(string, string), Assignment[]> index, (string, string) key, Timestamp at)
    {
        if (!index.TryGetValue(key, out var all)) return null;
        foreach (var assignment in all)
            if (assignment.IsActiveAt(at))
                return assignment;
        return null;
    }

    private static FrozenDictionary<TKey, TValue[]> Group<TKey, TValue>(IEnumerable<(TKey Key, TValue Value)> pairs) where TKey : notnull =>
        pairs.GroupBy(pair => pair.Key, pair => pair.Value).ToFrozenDictionary(group => group.Key, group => group.ToArray());

    private static UtmRules.Rule Rule(Assignment assignment, UtmItem match, bool implied)
    {
        static string? Whole(string? value, bool implied) => value is null || (!implied && value.EndsWith('*')) ? null : TextNormalizer.UtmValue(value);
        static string? Start(string? value, bool implied) => value is null || implied || !value.EndsWith('*') ? null : TextNormalizer.UtmValue(value[..^1]);
        Utm Map(Func<string?, bool, string?> member) => new(
            member(match.Source, implied), member(match.Medium, implied), member(match.Campaign, implied),
            member(match.Content, implied), member(match.Term, implied), member(match.Id, implied));
        return new(assignment, Map(Whole), Map(Start), implied);
    }

    private BrandSettings Settings(BrandItem brand)
    {
        var terms = Terms(brand);
        return new()
        {
            Id = brand.Id,
            Currency = Currency.Parse(brand.Currency),
            Calendar = BrandCalendar.ForTimeZone(brand.TimeZone) ?? throw new InvalidOperationException($"Brand {brand.Id}: no time zone {brand.TimeZone}."),
            Terms = terms,
            RateMaxAgeDays = brand.RateMaxAgeDays ?? BrandSettings.DefaultRateMaxAgeDays,
            MaxLookback = terms.SelectMany(each => new TimeSpan?[] { each.ClickLookback, each.VisitLookback })
                .Concat(campaigns.Values.Where(campaign => campaign.Brand == brand.Id).SelectMany(campaign => new[] { campaign.ClickLookback, campaign.VisitLookback }))
                .Max()!.Value,
        };
    }

    /// <summary>The terms since ever, and those of each version, which take over what they do not say from those before.</summary>
    private static ImmutableArray<CreditTerms> Terms(BrandItem brand)
    {
        var terms = ImmutableArray.CreateBuilder<CreditTerms>();
        terms.Add(Next(new(new(long.MinValue), Policy.Default, default, BrandSettings.DefaultClickLookback, BrandSettings.DefaultVisitLookback),
            new(DateTimeOffset.MinValue, brand.Policy, brand.BookModel, brand.Lookback)) with { From = new(long.MinValue) });
        foreach (var version in brand.Versions ?? []) terms.Add(Next(terms[^1], version));
        return terms.ToImmutable();

        CreditTerms Next(CreditTerms before, BrandVersionItem version) => new(
            Timestamp.From(version.ValidFrom),
            version.Policy is { } policy ? Policy.Create(policy.Name, policy.CodeShare) : before.Policy,
            version.BookModel is not { } name ? before.BookModel
                : ModelNames.TryParse(name, out var model) ? model : throw new InvalidOperationException($"Brand {brand.Id}: no model {name}."),
            Lookback(version.Lookback?.Click) ?? before.ClickLookback, Lookback(version.Lookback?.Visit) ?? before.VisitLookback);
    }

    private CampaignSettings Settings(CampaignItem campaign) => new(
        campaign.BrandId, campaign.StartsOn ?? DateOnly.MinValue, campaign.EndsOn ?? DateOnly.MaxValue,
        Lookback(campaign.Lookback?.Click), Lookback(campaign.Lookback?.Visit),
        campaign.GrossMarginPercent ?? (Contents.Items.GetValueOrDefault(new(CatalogKind.Brands, campaign.BrandId)) as BrandItem)?.GrossMarginPercent);

    private static Agreement Settings(AgreementItem agreement, Placement placement, BrandSettings brand) => new(
        brand.Id, placement, agreement.Id, agreement.ValidFrom ?? DateOnly.MinValue, agreement.ValidTo ?? DateOnly.MaxValue,
        agreement.Commission.Rate ?? 0, Minor(agreement.Commission.Amount, brand), Minor(agreement.Commission.LeadAmount, brand),
        agreement.NewCustomersOnly, (agreement.ExcludedCodes ?? []).Select(TextNormalizer.Code).ToFrozenSet(StringComparer.Ordinal))
    {
        PeriodTerms = PeriodTerms(agreement, brand),
        HoldingDays = agreement.HoldingDays ?? 0,
        RequiresManualApproval = agreement.Approval == AgreementItem.ApprovedByHand,
    };

    private static PeriodTerms? PeriodTerms(AgreementItem agreement, BrandSettings brand)
    {
        if (agreement is { Tiers: null or [], Cap: null, Guarantee: null or 0, Fee: null or 0, FeePerPost: null or 0 }) return null;
        var byOrders = agreement.TiersBy == AgreementItem.ByOrders;
        List<Tier> tiers =
        [
            .. (agreement.Tiers ?? []).Select(tier => new Tier(
                byOrders ? (long)(tier.From * CreditSplitter.WholeMicros) : Minor(tier.From, brand),
                Millionths(tier.Rate ?? agreement.Commission.Rate ?? 0), Minor(tier.Amount ?? agreement.Commission.Amount, brand))),
        ];
        if (tiers is [{ From: > 0 }, ..]) tiers.Insert(0, new(0, Millionths(agreement.Commission.Rate ?? 0), Minor(agreement.Commission.Amount, brand)));
        return new()
        {
            Monthly = agreement.Period == AgreementItem.Month,
            TiersByOrders = byOrders,
            WholeTiers = agreement.TierMode == AgreementItem.WholeTiers,
            Tiers = [.. tiers],
            Cap = agreement.Cap is null ? null : Minor(agreement.Cap, brand),
            Guarantee = Minor(agreement.Guarantee, brand),
            Fee = Minor(agreement.Fee, brand),
            FeePerPost = Minor(agreement.FeePerPost, brand),
        };
    }

    private static long Millionths(decimal percent) => (long)(percent * 1_000_000);

    private static long Minor(decimal? amount, BrandSettings brand) => brand.Currency.TryToMinor(amount ?? 0, out var minor) ? minor : 0;

    private static Timestamp Since(DateTimeOffset? first) => first is { } known ? Timestamp.From(known) : new(long.MinValue);

    private static Timestamp Until(DateTimeOffset? last) => last is { } known ? Timestamp.From(known) : new(long.MaxValue);

    private static TimeSpan? Lookback(string? text) =>
        text is null ? null
        : IsoDuration.TryParse(text, out var duration) ? duration
        : throw new InvalidOperationException($"No duration: {text}.");
}
