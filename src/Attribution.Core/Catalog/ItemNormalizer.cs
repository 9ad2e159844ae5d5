using Attribution.Contracts.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>The conversion of items into their stored form. See <see cref="CatalogRules.Normalize"/>.</summary>
internal static class ItemNormalizer
{
    /// <summary>Returns an item in its stored form.</summary>
    public static ICatalogItem Normalize(CatalogDraft current, ICatalogItem item, Timestamp now) => item switch
    {
        CreatorItem { Status: "inactive", InactiveSince: null } x => x with
        {
            InactiveSince = current.Find<CreatorItem>(CatalogKind.Creators, x.Id)?.InactiveSince ?? now.ToDateTimeOffset(),
        },
        BrandItem { Origins: { } origins } x => x with { Origins = [.. origins.Select(HostNames.ToAsciiOrigin)] },
        CostItem x => x with { Amount = SetDecimals(Currency.Parse(x.Currency), x.Amount) },
        MonthlyNetItem x when current.CurrencyOf(x.CampaignId) is { } currency =>
            x with { Creators = [.. x.Creators.Select(share => share with { Net = SetDecimals(currency, share.Net) })] },
        CampaignItem { Budget: { } budget } x when current.Find<BrandItem>(CatalogKind.Brands, x.BrandId) is { } brand =>
            x with { Budget = SetDecimals(Currency.Parse(brand.Currency), budget) },
        AgreementItem x when current.CurrencyOf(x.CampaignId) is { } currency => Normalize(x, currency),
        _ => item,
    };

    private static AgreementItem Normalize(AgreementItem agreement, Currency currency) => agreement with
    {
        Commission = agreement.Commission with
        {
            Amount = SetDecimals(currency, agreement.Commission.Amount),
            LeadAmount = SetDecimals(currency, agreement.Commission.LeadAmount),
        },
        Tiers = agreement.Tiers?.Select(tier => tier with
        {
            From = agreement.TiersBy == AgreementItem.ByOrders
                ? decimal.Truncate(tier.From)
                : SetDecimals(currency, tier.From),
            Amount = SetDecimals(currency, tier.Amount),
        }).ToList(),
        Cap = SetDecimals(currency, agreement.Cap),
        Guarantee = SetDecimals(currency, agreement.Guarantee),
        Fee = SetDecimals(currency, agreement.Fee),
        FeePerPost = SetDecimals(currency, agreement.FeePerPost),
    };

    private static decimal SetDecimals(Currency currency, decimal amount) =>
        currency.TryToMinor(amount, out var minor) ? currency.ToMajor(minor) : amount;

    private static decimal? SetDecimals(Currency currency, decimal? amount) =>
        amount is { } known ? SetDecimals(currency, known) : null;
}
