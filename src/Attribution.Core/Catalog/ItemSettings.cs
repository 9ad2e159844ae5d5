using System.Collections.Frozen;
using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Models;
using Attribution.Core.Payouts;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>The conversion of catalog items into the settings that the engine uses. Pure.</summary>
internal static class ItemSettings
{
    /// <summary>The terms for claims of referral.</summary>
    public static readonly IReadOnlyCollection<string> ReferralTerms = [.. Enum.GetNames<ReferralPolicy>().Select(name => name.ToLowerInvariant())];

    /// <summary>Returns the settings of a campaign.</summary>
    public static CampaignSettings FromCampaign(CampaignItem campaign, CatalogContents contents)
    {
        var brand = contents.Items.GetValueOrDefault(new(CatalogKind.Brands, campaign.BrandId)) as BrandItem;
        return new(
            campaign.BrandId, campaign.StartsOn ?? DateOnly.MinValue, campaign.EndsOn ?? DateOnly.MaxValue,
            ParseLookback(campaign.Lookback?.Click), ParseLookback(campaign.Lookback?.Visit),
            campaign.GrossMarginPercent ?? brand?.GrossMarginPercent,
            (campaign.Assistants ?? brand?.Assistants) == BrandItem.CreditedAssistants, ParseLookback(campaign.Lookback?.Referral));
    }

    /// <summary>Returns the settings of a brand.</summary>
    public static BrandSettings FromBrand(BrandItem brand, IEnumerable<CampaignSettings> campaigns, TimeZoneHistory timeZones)
    {
        var terms = CreateTerms(brand);
        return new()
        {
            Id = brand.Id,
            Currency = Currency.Parse(brand.Currency),
            Calendar = timeZones.FindCalendar(brand.TimeZone)
                ?? throw new InvalidOperationException($"Brand {brand.Id}: unknown time zone {brand.TimeZone}."),
            Terms = terms,
            RateMaxAgeDays = brand.RateMaxAgeDays ?? BrandSettings.DefaultRateMaxAgeDays,
            HistoryCompleteSince = brand.HistoryCompleteSince,
            GrossMarginPercent = brand.GrossMarginPercent,
            ProductMargins = LineTerms.Create(
                (brand.ProductMargins ?? []).Select(margin => (margin.Product, margin.Category, (decimal?)margin.GrossMarginPercent))),
            MaxLookback = terms.SelectMany(version => new TimeSpan?[] { version.ClickLookback, version.VisitLookback, version.ReferralLookback })
                .Concat(campaigns.Where(campaign => campaign.Brand == brand.Id)
                    .SelectMany(campaign => new[] { campaign.ClickLookback, campaign.VisitLookback, campaign.ReferralLookback }))
                .Max()!.Value,
        };
    }

    /// <summary>Returns an agreement.</summary>
    public static Agreement FromAgreement(AgreementItem agreement, Placement placement, BrandSettings brand) => new(
        brand.Id, placement, agreement.Id,
        agreement.ValidFrom ?? DateOnly.MinValue, agreement.ValidTo ?? DateOnly.MaxValue,
        agreement.Commission.Rate ?? 0, ToMinor(agreement.Commission.Amount, brand),
        ToMinor(agreement.Commission.LeadAmount, brand),
        agreement.NewCustomersOnly,
        (agreement.ExcludedCodes ?? []).Select(TextNormalizer.Code).ToFrozenSet(StringComparer.Ordinal))
    {
        PaysUnknownCustomers = agreement.UnknownCustomers == AgreementItem.PayUnknown,
        Renewals = agreement.Renewals is null ? null
            : RenewalTerms.TryParse(agreement.Renewals, out var renewals) ? renewals
            : throw new InvalidOperationException($"Agreement {agreement.Id}: invalid renewals {agreement.Renewals}."),
        LineTerms = LineTerms.Create(
            (agreement.ProductRates ?? []).Select(rate => (rate.Product, rate.Category, (decimal?)rate.Rate))
                .Concat((agreement.ExcludedProducts ?? []).Select(name => ((string?)name, (string?)null, (decimal?)null)))
                .Concat((agreement.ExcludedCategories ?? []).Select(name => ((string?)null, (string?)name, (decimal?)null)))),
        PeriodTerms = CreatePeriodTerms(agreement, brand),
        HoldingDays = agreement.HoldingDays ?? 0,
        RequiresManualApproval = agreement.Approval == AgreementItem.ApprovedByHand,
    };

    /// <summary>
    /// Returns the terms without a start, followed by those of each version. A version inherits the settings that it
    /// omits.
    /// </summary>
    private static ImmutableArray<CreditTerms> CreateTerms(BrandItem brand)
    {
        var defaults = new CreditTerms(
            new(long.MinValue), Policy.Default, default,
            BrandSettings.DefaultClickLookback, BrandSettings.DefaultVisitLookback, BrandSettings.DefaultReferralLookback, default);
        var first = new BrandVersionItem(DateTimeOffset.MinValue, brand.Policy, brand.BookModel, brand.Lookback, brand.Referrals);
        var terms = ImmutableArray.CreateBuilder<CreditTerms>();
        terms.Add(Next(defaults, first) with { From = defaults.From });
        foreach (var version in brand.Versions ?? []) terms.Add(Next(terms[^1], version));
        return terms.ToImmutable();

        CreditTerms Next(CreditTerms previous, BrandVersionItem version) => new(
            Timestamp.From(version.ValidFrom),
            version.Policy is { } policy ? Policy.Create(policy.Name, policy.CodeShare) : previous.Policy,
            version.BookModel is not { } name ? previous.BookModel
                : ModelNames.TryParse(name, out var model) ? model
                : throw new InvalidOperationException($"Brand {brand.Id}: unknown model {name}."),
            ParseLookback(version.Lookback?.Click) ?? previous.ClickLookback,
            ParseLookback(version.Lookback?.Visit) ?? previous.VisitLookback,
            ParseLookback(version.Lookback?.Referral) ?? previous.ReferralLookback,
            version.Referrals is { } referrals ? Enum.Parse<ReferralPolicy>(referrals, ignoreCase: true) : previous.Referrals);
    }

    private static PeriodTerms? CreatePeriodTerms(AgreementItem agreement, BrandSettings brand)
    {
        if (agreement is { Tiers: null or [], Cap: null, Guarantee: null or 0, Fee: null or 0, FeePerPost: null or 0 })
            return null;
        return new()
        {
            Monthly = agreement.Period == AgreementItem.Month,
            TiersByOrders = agreement.TiersBy == AgreementItem.ByOrders,
            WholeTiers = agreement.TierMode == AgreementItem.WholeTiers,
            Tiers = CreateTiers(agreement, brand),
            Cap = agreement.Cap is null ? null : ToMinor(agreement.Cap, brand),
            Guarantee = ToMinor(agreement.Guarantee, brand),
            Fee = ToMinor(agreement.Fee, brand),
            FeePerPost = ToMinor(agreement.FeePerPost, brand),
        };
    }

    /// <summary>
    /// Returns the tiers in ascending order. If the first one begins above 0, the agreement's commission is the tier
    /// below it.
    /// </summary>
    private static ImmutableArray<Tier> CreateTiers(AgreementItem agreement, BrandSettings brand)
    {
        var commission = agreement.Commission;
        var tiers = (agreement.Tiers ?? []).Select(tier => new Tier(
            agreement.TiersBy == AgreementItem.ByOrders
                ? (long)(tier.From * CreditSplitter.WholeMicros)
                : ToMinor(tier.From, brand),
            ToMillionths(tier.Rate ?? commission.Rate ?? 0),
            ToMinor(tier.Amount ?? commission.Amount, brand))).ToList();
        if (tiers is [{ From: > 0 }, ..])
            tiers.Insert(0, new(0, ToMillionths(commission.Rate ?? 0), ToMinor(commission.Amount, brand)));
        return [.. tiers];
    }

    private static long ToMillionths(decimal percent) => (long)(percent * 1_000_000);

    private static long ToMinor(decimal? amount, BrandSettings brand) =>
        brand.Currency.TryToMinor(amount ?? 0, out var minor) ? minor : 0;

    private static TimeSpan? ParseLookback(string? text) =>
        text is null ? null
        : IsoDuration.TryParse(text, out var duration) ? duration
        : throw new InvalidOperationException($"Invalid duration: {text}.");
}
