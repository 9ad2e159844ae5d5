using Attribution.Contracts.Catalog;
using Attribution.Core.Values;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Core.Catalog;

/// <summary>What a catalog item must satisfy to be written. Pure: all faults of an item at once, none when it may be written.</summary>
public static partial class CatalogRules
{
    /// <summary>Longest name, slug, code, handle or UTM value, in UTF-16 code units.</summary>
    public const int MaxTextLength = 200;

    /// <summary>Longest address, in UTF-16 code units.</summary>
    public const int MaxUrlLength = 2_048;

    /// <summary>Longest list (handles, customer keys, goals) of one item.</summary>
    public const int MaxListLength = 1_000;

    /// <summary>Longest lookback. A touch older than this earns nothing under any setting.</summary>
    public static readonly TimeSpan MaxLookback = TimeSpan.FromDays(400);

    /// <summary>The faults of an item against the catalog as it stands; empty when it may be written.</summary>
    /// <param name="current">The catalog it would be written to.</param>
    /// <param name="item">The item, whole.</param>
    /// <param name="brandHasData">Of a brand: whether anything is stored in its currency. See <see cref="Check(CatalogDraft, ICatalogItem, bool)"/>.</param>
    public static IReadOnlyList<CatalogFault> Check(CatalogContents current, ICatalogItem item, bool brandHasData = false) =>
        Check(new CatalogDraft(current), item, brandHasData);

    /// <summary>The faults of an item against the catalog as a write in progress has left it.</summary>
    /// <param name="current">The catalog it would be written to.</param>
    /// <param name="item">The item, whole.</param>
    /// <param name="brandHasData">
    /// Of a brand: whether rollups of it exist. Its currency is fixed from then on, and once it has a cost or an agreement with a fixed
    /// sum, for all those amounts are stored in its minor units. Its time zone may change: the days are then cut anew.
    /// </param>
    public static IReadOnlyList<CatalogFault> Check(CatalogDraft current, ICatalogItem item, bool brandHasData = false)
    {
        var faults = new List<CatalogFault>();
        if (!IsId(CatalogKinds.KindOf(item), item.Id))
            faults.Add(new(IdInvalid, "/id", $"An id is 1 to {MaxIdLength(CatalogKinds.KindOf(item))} of a-z 0-9 . _ -{(item is FxRateItem ? " and A-Z" : "")}"));
        CheckReferences(faults, current, item);
        switch (item)
        {
            case BrandItem brand: CheckBrand(faults, current, brand, brandHasData); break;
            case CreatorItem creator: CheckCreator(faults, creator); break;
            case CampaignItem campaign: CheckCampaign(faults, current, campaign); break;
            case LinkItem link: CheckLink(faults, link); break;
            case CodeItem code: CheckCode(faults, code); break;
            case UtmRuleItem rule: CheckUtmRule(faults, rule); break;
            case AgreementItem agreement: CheckAgreement(faults, current, agreement); break;
            case CostItem cost: CheckCost(faults, cost); break;
            case FxRateItem rate: CheckFxRate(faults, rate); break;
            case MonthlyNetItem net: CheckMonthlyNet(faults, current, net); break;
            default: throw new ArgumentOutOfRangeException(nameof(item), item.GetType().Name, "Not a kind of the catalog");
        }
        if (faults.Count == 0) CheckConflicts(faults, current, item);
        return faults;
    }

    /// <summary>Why an item cannot be deleted; empty when it can. What ever matched is ended instead, so that the past keeps its meaning.</summary>
    public static IReadOnlyList<CatalogFault> CheckDelete(CatalogDraft current, CatalogRef reference)
    {
        var name = reference.ToString();
        if (reference == DefaultBrand) return [new(InUse, "", "The brand default always exists; it cannot be deleted")];
        if (current.Matched.Contains(reference))
            return [new(InUse, "", $"{name} has matched events. End it (validTo, endsOn, or status inactive) instead of deleting it")];
        var referrers = current.ReferrersOf(reference);
        if (referrers.Count == 0) return [];
        var named = referrers.Select(x => x.ToString()).Order(StringComparer.Ordinal).Take(5);
        return [new(InUse, "", $"{name} is named by {referrers.Count} other item(s): {string.Join(", ", named)}{(referrers.Count > 5 ? ", …" : "")}. Delete those first")];
    }

    /// <summary>
    /// The item as it is stored and answered: amounts with the decimals of their currency, a creator made inactive stamped with the
    /// moment. The item must have passed <see cref="Check(CatalogDraft, ICatalogItem, bool)"/>.
    /// </summary>
    /// <param name="current">The catalog as it stands; a creator that was inactive before keeps its moment.</param>
    /// <param name="item">The item.</param>
    /// <param name="now">The moment of the write.</param>
    public static ICatalogItem Normalize(CatalogDraft current, ICatalogItem item, Timestamp now) => item switch
    {
        CreatorItem { Status: "inactive", InactiveSince: null } x =>
            x with { InactiveSince = current.Find<CreatorItem>(CatalogKind.Creators, x.Id)?.InactiveSince ?? now.ToDateTimeOffset() },
        CostItem x => x with { Amount = WithDecimalsOf(Currency.Parse(x.Currency), x.Amount) },
        MonthlyNetItem x when CurrencyOf(current, x.CampaignId) is { } currency =>
            x with { Creators = [.. x.Creators.Select(each => each with { Net = WithDecimalsOf(currency, each.Net) })] },
        CampaignItem { Budget: { } budget } x when current.Find<BrandItem>(CatalogKind.Brands, x.BrandId) is { } brand =>
            x with { Budget = WithDecimalsOf(Currency.Parse(brand.Currency), budget) },
        AgreementItem { Commission: var paid } x when CurrencyOf(current, x.CampaignId) is { } currency => x with
        {
            Commission = paid with
            {
                Amount = WithDecimalsOf(currency, paid.Amount),
                LeadAmount = WithDecimalsOf(currency, paid.LeadAmount),
            },
            Tiers = x.Tiers?.Select(tier => tier with
            {
                From = x.TiersBy == AgreementItem.ByOrders ? decimal.Truncate(tier.From) : WithDecimalsOf(currency, tier.From),
                Amount = WithDecimalsOf(currency, tier.Amount),
            }).ToList(),
            Cap = WithDecimalsOf(currency, x.Cap),
            Guarantee = WithDecimalsOf(currency, x.Guarantee),
            Fee = WithDecimalsOf(currency, x.Fee),
            FeePerPost = WithDecimalsOf(currency, x.FeePerPost),
        },
        _ => item,
    };

    /// <summary>The brand that exists from the start.</summary>
    public static readonly CatalogRef DefaultBrand = new(CatalogKind.Brands, "default");

    /// <summary>Whether a text is 1 to 64 of <c>a-z 0-9 . _ -</c>; of a rate also of <c>A-Z</c>, since its id is made of currencies; of a monthly net up to 72, since its id is made of a campaign's.</summary>
    public static bool IsId(CatalogKind kind, string? id) =>
        id is { Length: >= 1 } && id.Length <= MaxIdLength(kind)
        && id.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '-' || (kind == CatalogKind.FxRates && char.IsAsciiLetterUpper(c)));

    private static int MaxIdLength(CatalogKind kind) => kind == CatalogKind.MonthlyNets ? 72 : 64;

    private static decimal WithDecimalsOf(Currency currency, decimal amount) =>
        currency.TryToMinor(amount, out var minor) ? currency.ToMajor(minor) : amount;

    private static decimal? WithDecimalsOf(Currency currency, decimal? amount) => amount is { } known ? WithDecimalsOf(currency, known) : null;

    private static Currency? CurrencyOf(CatalogDraft current, string campaign) =>
        current.BrandOf(campaign) is { } brand && current.Find<BrandItem>(CatalogKind.Brands, brand) is { } found && Currency.TryParse(found.Currency, out var currency)
            ? currency
            : null;

    private static void CheckReferences(List<CatalogFault> faults, CatalogDraft current, ICatalogItem item)
    {
        foreach (var (number, reference) in CatalogReferences.ReferencedBy(item).Index())
        {
            if (current.Find(reference) is not null) continue;
            var (pointer, noun) = reference.Kind switch
            {
                CatalogKind.Brands => ("/brandId", "brand"),
                CatalogKind.Campaigns => ("/campaignId", "campaign"),
                _ => (item is MonthlyNetItem ? $"/creators/{number - 1}/creatorId" : "/creatorId", "creator"),
            };
            faults.Add(new(ReferenceUnknown, pointer, $"There is no {noun} '{Abbreviate(reference.Id)}'. Write it first: PUT /v1/{CatalogKinds.NameOf(reference.Kind)}/{{id}}"));
        }
    }

    private static void CheckConflicts(List<CatalogFault> faults, CatalogDraft current, ICatalogItem item)
    {
        if (current.FindConflict(item) is not { } rival) return;
        var (pointer, what) = item switch
        {
            LinkItem x => ("/slug", $"The slug '{x.Slug}' is held within the brand by links/{rival.Id}"),
            CodeItem x => ("/code", $"The code '{x.Code}' is assigned within the brand by codes/{rival.Id}"),
            AgreementItem => ("/validFrom", $"The placement is under agreements/{rival.Id}"),
            _ => ("/on", $"The rate of that day and pair stands as fx-rates/{rival.Id}"),
        };
        faults.Add(new(IntervalOverlap, pointer, item is FxRateItem ? what : $"{what} in an overlapping interval. End that one first, or begin where it ends"));
    }
}
