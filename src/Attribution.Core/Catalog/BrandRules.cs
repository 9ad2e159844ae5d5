using Attribution.Contracts.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Models;
using Attribution.Core.Values;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Core.Catalog;

/// <summary>The rules of brands.</summary>
internal static class BrandRules
{
    /// <summary>The terms for touches of assistants.</summary>
    public static readonly IReadOnlyCollection<string> AssistantTerms = [BrandItem.CreditedAssistants, BrandItem.IgnoredAssistants];

    /// <summary>Checks a brand.</summary>
    /// <param name="faults">Receives the faults.</param>
    /// <param name="current">The catalog that the brand would be written to.</param>
    /// <param name="brand">The brand.</param>
    /// <param name="hasData">True if rollups of the brand exist, so that its currency is fixed.</param>
    public static void Check(FaultCollector faults, CatalogDraft current, BrandItem brand, bool hasData)
    {
        faults.CheckText("/name", brand.Name);
        if (!current.TimeZones.Contains(brand.TimeZone))
            faults.Add(
                TimeZoneUnknown, "/timeZone",
                $"'{FaultCollector.Abbreviate(brand.TimeZone)}' is not a time zone of the tz database, e.g. Europe/Berlin");
        if (brand.RateMaxAgeDays is < 0 or > BrandSettings.MaxRateMaxAgeDays)
            faults.Add(OutOfRange, "/rateMaxAgeDays", "A number of days from 0 to 31");
        faults.CheckMargin(brand.GrossMarginPercent);
        if (brand.Assistants is { } assistants) faults.CheckKeyword("/assistants", assistants, AssistantTerms);
        faults.CheckProducts(
            "/productMargins", brand.ProductMargins, margin => (margin.Product, margin.Category),
            (pointer, margin) => faults.CheckMargin(margin.GrossMarginPercent, pointer));
        CheckTiers(faults, brand);
        CheckBenchmarks(faults, brand);
        faults.CheckList("/origins", brand.Origins, (pointer, origin) => CheckOrigin(faults, pointer, origin));
        CheckTerms(faults, "", brand.Policy, brand.BookModel, brand.Lookback, brand.Referrals);
        CheckVersions(faults, brand);
        CheckCurrency(faults, current, brand, hasData);
    }

    private static void CheckTiers(FaultCollector faults, BrandItem brand)
    {
        long? previous = null;
        var names = new HashSet<string>(StringComparer.Ordinal);
        faults.CheckList("/tiers", brand.Tiers, (pointer, tier) =>
        {
            faults.CheckText($"{pointer}/name", tier.Name);
            if (!names.Add(tier.Name)) faults.Add(OutOfRange, $"{pointer}/name", "Another tier has this name");
            if (tier.FromFollowers < 0 || tier.FromFollowers <= previous)
                faults.Add(
                    OutOfRange, $"{pointer}/fromFollowers",
                    "Must be 0 or more, and greater than in the previous tier");
            previous = tier.FromFollowers;
        });
    }

    private static void CheckBenchmarks(FaultCollector faults, BrandItem brand)
    {
        var seen = new HashSet<(string, string?, string?)>();
        var tiers = CreatorBenchmarks.FromBrand(brand).Tiers.Select(tier => tier.Name).ToList();
        faults.CheckList("/benchmarks", brand.Benchmarks, (pointer, benchmark) =>
        {
            faults.CheckKeyword($"{pointer}/measure", benchmark.Measure, CreatorBenchmarks.SupportedRatios);
            if (benchmark.Tier is { } tier) faults.CheckKeyword($"{pointer}/tier", tier, tiers);
            faults.CheckText($"{pointer}/platform", benchmark.Platform);
            if (!seen.Add((benchmark.Measure, benchmark.Tier, benchmark.Platform?.ToUpperInvariant())))
                faults.Add(
                    OutOfRange, $"{pointer}/measure",
                    "The measure already has a benchmark for this tier and platform");
        });
    }

    private static void CheckOrigin(FaultCollector faults, string pointer, string origin)
    {
        // Browsers compare origins as text, so an origin in any other form would never match. International hosts are
        // stored as browsers send them.
        origin = HostNames.ToAsciiOrigin(origin);
        if (System.Text.Ascii.IsValid(origin) && Uri.TryCreate(origin, UriKind.Absolute, out var url) && (url.Scheme is "http" or "https")
            && url.GetLeftPart(UriPartial.Authority) == origin) return;
        faults.Add(
            UrlInvalid, pointer,
            $"'{FaultCollector.Abbreviate(origin)}' is not an origin as browsers send it: http:// or https://, a host in lower case, "
            + "the port unless it is the default, and nothing else");
    }

    private static void CheckTerms(
        FaultCollector faults, string pointer, PolicyItem? policy, string? bookModel, LookbackItem? lookback, string? referrals)
    {
        faults.CheckLookback(pointer, lookback);
        if (bookModel is not null) CheckBookModel(faults, $"{pointer}/bookModel", bookModel);
        if (policy is not null) CheckPolicy(faults, $"{pointer}/policy", policy);
        if (referrals is not null) faults.CheckKeyword($"{pointer}/referrals", referrals, ItemSettings.ReferralTerms);
    }

    private static void CheckVersions(FaultCollector faults, BrandItem brand)
    {
        Timestamp? previous = null;
        faults.CheckList("/versions", brand.Versions, (pointer, version) =>
        {
            var from = Timestamp.From(version.ValidFrom);
            if (from <= previous)
                faults.Add(
                    OutOfRange, $"{pointer}/validFrom",
                    "Must be after that of the previous version, by at least one millisecond");
            previous = from;
            if (version is { Policy: null, BookModel: null, Referrals: null, Lookback: null or { Click: null, Visit: null, Referral: null } })
                faults.Add(
                    MemberMissing, pointer,
                    "A version must change something: specify policy, bookModel, lookback or referrals");
            CheckTerms(faults, pointer, version.Policy, version.BookModel, version.Lookback, version.Referrals);
        });
    }

    private static void CheckBookModel(FaultCollector faults, string pointer, string name)
    {
        var allowed = string.Join(", ", ModelNames.Bookable.Select(ModelNames.NameOf));
        if (!ModelNames.TryParse(name, out var model))
            faults.Add(ValueUnknown, pointer, $"'{FaultCollector.Abbreviate(name)}' is not one of {allowed}");
        else if (!ModelNames.Bookable.Contains(model))
            faults.Add(
                ValueUnknown, pointer,
                $"{name} cannot write the ledger: its shares need a fit, or add up to more than 100 %. Choose one of {allowed}");
    }

    private static void CheckPolicy(FaultCollector faults, string pointer, PolicyItem policy)
    {
        faults.CheckKeyword($"{pointer}/name", policy.Name, Policy.Names);
        pointer += "/codeShare";
        if (policy.Name == "split" && policy.CodeShare is null)
            faults.Add(MemberMissing, pointer, "The policy split requires the share of codes, above 0 and below 1");
        if (policy.Name == "split" && policy.CodeShare is <= 0 or >= 1)
            faults.Add(OutOfRange, pointer, "Must be above 0 and below 1");
        if (policy.CodeShare is { } share && decimal.Round(share, 6) != share)
            faults.Add(OutOfRange, pointer, "At most 6 decimals");
        if (policy.Name != "split" && policy.CodeShare is not null)
            faults.Add(MemberNotAllowed, pointer, "Only the policy split has a share");
    }

    private static void CheckCurrency(FaultCollector faults, CatalogDraft current, BrandItem brand, bool hasData)
    {
        if (faults.TryGetCurrency("/currency", brand.Currency, out _)
            && current.Find<BrandItem>(CatalogKind.Brands, brand.Id) is { } stored && stored.Currency != brand.Currency
            && (hasData || HasAmounts(current, brand.Id)))
            faults.Add(
                InUse, "/currency",
                $"The brand reports in {stored.Currency} and has stored amounts in it. Create another brand for another currency");
    }

    private static bool HasAmounts(CatalogDraft current, string brand)
    {
        var campaigns = current.ReferrersOf(new(CatalogKind.Brands, brand));
        return campaigns.Concat(campaigns.SelectMany(current.ReferrersOf)).Select(current.Find).Any(item =>
            item is CampaignItem { Budget: not null } or CostItem or MonthlyNetItem
            || (item is AgreementItem agreement && AgreementRules.HasAmounts(agreement)));
    }
}
