using Attribution.Contracts.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Models;
using Attribution.Core.Values;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Core.Catalog;

/// <summary>
/// The rules that a catalog item must satisfy to be written. Pure. All faults of an item are returned at once; an item
/// without faults may be written.
/// </summary>
public static class CatalogRules
{
    /// <summary>Maximum length of a name, slug, code, handle or UTM value, in UTF-16 code units.</summary>
    public const int MaxTextLength = 200;

    /// <summary>Maximum length of a URL, in UTF-16 code units.</summary>
    public const int MaxUrlLength = 2_048;

    /// <summary>Maximum length of a list (handles, customer keys, goals) of one item.</summary>
    public const int MaxListLength = 1_000;

    /// <summary>The longest lookback. Older touches earn no credit under any setting.</summary>
    public static readonly TimeSpan MaxLookback = TimeSpan.FromDays(400);

    /// <summary>The brand that always exists.</summary>
    public static readonly CatalogRef DefaultBrand = new(CatalogKind.Brands, BrandSettings.DefaultId);

    /// <summary>Returns the faults of an item relative to the current catalog; empty if it may be written.</summary>
    /// <param name="current">The catalog that the item would be written to.</param>
    /// <param name="item">The complete item.</param>
    /// <param name="brandHasData">
    /// For a brand: true if amounts are stored in its currency. See
    /// <see cref="Check(CatalogDraft, ICatalogItem, bool)"/>.
    /// </param>
    public static IReadOnlyList<CatalogFault> Check(CatalogContents current, ICatalogItem item, bool brandHasData = false) =>
        Check(new CatalogDraft(current), item, brandHasData);

    /// <summary>
    /// Returns the faults of an item relative to the catalog during a write; empty if it may be written.
    /// </summary>
    /// <param name="current">The catalog that the item would be written to.</param>
    /// <param name="item">The complete item.</param>
    /// <param name="brandHasData">
    /// For a brand: true if rollups of it exist. The currency is fixed once rollups exist, or once the brand has a cost
    /// or an agreement with a fixed sum, because these amounts are stored in minor units of the currency. The time zone
    /// can change; the days are then recalculated.
    /// </param>
    public static IReadOnlyList<CatalogFault> Check(CatalogDraft current, ICatalogItem item, bool brandHasData = false)
    {
        var faults = new FaultCollector();
        var kind = CatalogKinds.KindOf(item);
        if (!IsId(kind, item.Id))
            faults.Add(
                IdInvalid, "/id",
                $"An id is 1 to {MaxIdLength(kind)} characters of a-z 0-9 . _ -{(item is FxRateItem ? " and A-Z" : "")}, and not . or ..");
        ReferenceRules.CheckReferences(faults, current, item);
        CheckItem(faults, current, item, brandHasData);
        if (faults.Faults.Count == 0) ReferenceRules.CheckConflicts(faults, current, item);
        return faults.Faults;
    }

    /// <summary>
    /// Returns the reasons for which an item cannot be deleted; empty if it can be. An item that has matched events
    /// must be ended instead, so that earlier events keep their meaning.
    /// </summary>
    public static IReadOnlyList<CatalogFault> CheckDelete(CatalogDraft current, CatalogRef reference)
    {
        var faults = new FaultCollector();
        ReferenceRules.CheckDelete(faults, current, reference);
        return faults.Faults;
    }

    /// <summary>
    /// Returns an item in its stored form. Amounts have the decimals of their currency, and a creator that becomes
    /// inactive gets the time of the write. The item must have passed
    /// <see cref="Check(CatalogDraft, ICatalogItem, bool)"/>.
    /// </summary>
    /// <param name="current">The current catalog. A creator that is already inactive keeps its time.</param>
    /// <param name="item">The item.</param>
    /// <param name="now">The time of the write.</param>
    public static ICatalogItem Normalize(CatalogDraft current, ICatalogItem item, Timestamp now) =>
        ItemNormalizer.Normalize(current, item, now);

    /// <summary>
    /// Returns true if a text is an id: 1 to 64 characters of <c>a-z 0-9 . _ -</c>. Ids of exchange rates may also
    /// contain <c>A-Z</c> because they contain currencies. Ids of monthly nets have up to 72 characters because they
    /// contain a campaign's id. <c>.</c> and <c>..</c> are no ids: clients remove them from URLs.
    /// </summary>
    public static bool IsId(CatalogKind kind, string? id) =>
        id is { Length: >= 1 } and not ("." or "..") && id.Length <= MaxIdLength(kind)
        && id.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '-'
            || (kind == CatalogKind.FxRates && char.IsAsciiLetterUpper(c)));

    /// <summary>Returns the values that a member allows; null if the member has no closed list of values.</summary>
    /// <param name="record">The record that contains the member.</param>
    /// <param name="member">
    /// The member's name in JSON; members of nested objects are separated by a dot: <c>policy.name</c>.
    /// </param>
    public static IReadOnlyCollection<string>? AllowedValues(Type record, string member) => member switch
    {
        "status" => CreatorRules.Statuses,
        "kind" when record == typeof(CostItem) => CostRules.Kinds,
        "recognition" => CostRules.Recognitions,
        "commission.kind" => AgreementRules.CommissionKinds,
        "tiersBy" => AgreementRules.TierMeasures,
        "tierMode" => AgreementRules.TierModes,
        "period" => AgreementRules.Periods,
        "unknownCustomers" => AgreementRules.UnknownCustomerTerms,
        "assistants" => BrandRules.AssistantTerms,
        "referrals" or "versions.referrals" => ItemSettings.ReferralTerms,
        "policy.name" => Policy.Names,
        "bookModel" or "model" => [.. ModelNames.Bookable.Select(ModelNames.NameOf)],
        _ => null,
    };

    private static void CheckItem(FaultCollector faults, CatalogDraft current, ICatalogItem item, bool brandHasData)
    {
        switch (item)
        {
            case BrandItem brand: BrandRules.Check(faults, current, brand, brandHasData); break;
            case CreatorItem creator: CreatorRules.Check(faults, creator); break;
            case CampaignItem campaign: CampaignItemRules.CheckCampaign(faults, current, campaign); break;
            case LinkItem link: CampaignItemRules.CheckLink(faults, link); break;
            case CodeItem code: CampaignItemRules.CheckCode(faults, code); break;
            case UtmRuleItem rule: CampaignItemRules.CheckUtmRule(faults, rule); break;
            case PublisherItem publisher: CampaignItemRules.CheckPublisher(faults, publisher); break;
            case AgreementItem agreement: AgreementRules.Check(faults, current.CurrencyOf(agreement.CampaignId), agreement); break;
            case CostItem cost: CostRules.CheckCost(faults, cost); break;
            case FxRateItem rate: CostRules.CheckFxRate(faults, rate); break;
            case MonthlyNetItem net: CostRules.CheckMonthlyNet(faults, current.CurrencyOf(net.CampaignId), net); break;
            default: throw new ArgumentOutOfRangeException(nameof(item), item.GetType().Name, "Unknown kind of item.");
        }
    }

    private static int MaxIdLength(CatalogKind kind) => kind == CatalogKind.MonthlyNets ? 72 : 64;
}
