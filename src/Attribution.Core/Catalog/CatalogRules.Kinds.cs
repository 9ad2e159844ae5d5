using Attribution.Contracts.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Crediting;
using Attribution.Core.Models;
using Attribution.Core.Values;
using NodaTime;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Core.Catalog;

/// <content>One method a kind.</content>
public static partial class CatalogRules
{
    private static readonly string[] Statuses = ["active", "inactive"];
    private static readonly string[] CostKinds = ["fee", "production", "management", "gift", "shipping", "other"];
    private static readonly string[] Recognitions = ["on_date", "spread"];

    /// <summary>The words that a member may hold, for whoever offers them; null where it takes other values than a closed list's.</summary>
    /// <param name="record">The record that has it.</param>
    /// <param name="member">Its name in JSON, a dot before one of an object inside: <c>policy.name</c>.</param>
    public static IReadOnlyCollection<string>? AllowedValues(Type record, string member) => member switch
    {
        "status" => Statuses,
        "kind" when record == typeof(CostItem) => CostKinds,
        "recognition" => Recognitions,
        "commission.kind" => CommissionKinds,
        "tiersBy" => TierMeasures,
        "tierMode" => TierModes,
        "period" => Periods,
        "policy.name" => Policy.Names,
        "bookModel" or "model" => [.. ModelNames.Bookable.Select(ModelNames.NameOf)],
        _ => null,
    };

    private static void CheckBrand(List<CatalogFault> faults, CatalogDraft current, BrandItem brand, bool hasData)
    {
        CheckText(faults, "/name", brand.Name);
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(brand.TimeZone) is null)
            faults.Add(new(TimeZoneUnknown, "/timeZone", $"'{Abbreviate(brand.TimeZone)}' is not a time zone of the tz database, e.g. Europe/Berlin"));
        if (brand.RateMaxAgeDays is < 0 or > 31) faults.Add(new(OutOfRange, "/rateMaxAgeDays", "A number of days from 0 to 31"));
        CheckMargin(faults, brand.GrossMarginPercent);
        CheckTiersAndBenchmarks(faults, brand);
        CheckList(faults, "/origins", brand.Origins, (pointer, origin) => CheckOrigin(faults, pointer, origin));
        CheckTerms(faults, "", brand.Policy, brand.BookModel, brand.Lookback);
        Timestamp? before = null;
        CheckList(faults, "/versions", brand.Versions, (pointer, version) =>
        {
            var from = Timestamp.From(version.ValidFrom);
            if (from <= before) faults.Add(new(OutOfRange, $"{pointer}/validFrom", "Must lie after that of the version before, by a millisecond or more"));
            before = from;
            if (version is { Policy: null, BookModel: null, Lookback: null or { Click: null, Visit: null } })
                faults.Add(new(MemberMissing, pointer, "Say what changes: policy, bookModel or lookback"));
            CheckTerms(faults, pointer, version.Policy, version.BookModel, version.Lookback);
        });
        if (TryGetCurrency(faults, "/currency", brand.Currency, out _)
            && current.Find<BrandItem>(CatalogKind.Brands, brand.Id) is { } known && known.Currency != brand.Currency && (hasData || HoldsMoney(current, brand.Id)))
            faults.Add(new(InUse, "/currency", $"The brand reports in {known.Currency} and has amounts stored in it. Make another brand for another currency"));
    }

    private static void CheckTiersAndBenchmarks(List<CatalogFault> faults, BrandItem brand)
    {
        long? before = null;
        var tiers = new HashSet<string>(StringComparer.Ordinal);
        CheckList(faults, "/tiers", brand.Tiers, (pointer, tier) =>
        {
            CheckText(faults, $"{pointer}/name", tier.Name);
            if (!tiers.Add(tier.Name)) faults.Add(new(OutOfRange, $"{pointer}/name", "Another tier has this name"));
            if (tier.FromFollowers < 0 || tier.FromFollowers <= before) faults.Add(new(OutOfRange, $"{pointer}/fromFollowers", "Must be 0 or more, and above that of the tier before"));
            before = tier.FromFollowers;
        });
        var seen = new HashSet<(string, string?, string?)>();
        var known = CreatorBenchmarks.FromBrand(brand).Tiers.Select(tier => tier.Name).ToList();
        CheckList(faults, "/benchmarks", brand.Benchmarks, (pointer, benchmark) =>
        {
            CheckKeyword(faults, $"{pointer}/measure", benchmark.Measure, CreatorBenchmarks.SupportedRatios);
            if (benchmark.Tier is { } tier) CheckKeyword(faults, $"{pointer}/tier", tier, known);
            if (benchmark.Platform is { } platform) CheckText(faults, $"{pointer}/platform", platform);
            if (!seen.Add((benchmark.Measure, benchmark.Tier, benchmark.Platform?.ToUpperInvariant())))
                faults.Add(new(OutOfRange, $"{pointer}/measure", "The measure has a benchmark for this tier and platform already"));
        });
    }

    private static void CheckMargin(List<CatalogFault> faults, decimal? percent)
    {
        if (percent is <= 0 or > 100) faults.Add(new(OutOfRange, "/grossMarginPercent", "A percentage above 0 and at most 100: 60 where goods sold at 100 cost 40. Leave it out where it is not known"));
        else if (percent is { Scale: > 6 }) faults.Add(new(OutOfRange, "/grossMarginPercent", "At most 6 decimals"));
    }

    private static void CheckTerms(List<CatalogFault> faults, string pointer, PolicyItem? policy, string? bookModel, LookbackItem? lookback)
    {
        CheckLookback(faults, pointer, lookback);
        if (bookModel is not null) CheckBookModel(faults, $"{pointer}/bookModel", bookModel);
        if (policy is not null) CheckPolicy(faults, $"{pointer}/policy", policy);
    }

    private static void CheckBookModel(List<CatalogFault> faults, string pointer, string name)
    {
        var known = string.Join(", ", ModelNames.Bookable.Select(ModelNames.NameOf));
        if (!ModelNames.TryParse(name, out var model)) faults.Add(new(ValueUnknown, pointer, $"'{Abbreviate(name)}' is not one of {known}"));
        else if (!ModelNames.Bookable.Contains(model)) faults.Add(new(ValueUnknown, pointer, $"{name} cannot write the ledger: its shares need a fit, or sum to more than the whole. Choose one of {known}"));
    }

    private static void CheckPolicy(List<CatalogFault> faults, string pointer, PolicyItem policy)
    {
        CheckKeyword(faults, $"{pointer}/name", policy.Name, Policy.Names);
        if (policy.Name == "split" && policy.CodeShare is null) faults.Add(new(MemberMissing, $"{pointer}/codeShare", "split needs the codes' share, above 0 and below 1"));
        if (policy.Name == "split" && policy.CodeShare is <= 0 or >= 1) faults.Add(new(OutOfRange, $"{pointer}/codeShare", "Must be above 0 and below 1"));
        if (policy.CodeShare is { } share && decimal.Round(share, 6) != share) faults.Add(new(OutOfRange, $"{pointer}/codeShare", "At most 6 decimals"));
        if (policy.Name != "split" && policy.CodeShare is not null) faults.Add(new(MemberNotAllowed, $"{pointer}/codeShare", "Only the policy split has a share"));
    }

    private static bool HoldsMoney(CatalogDraft current, string brand) =>
        current.ReferrersOf(new(CatalogKind.Brands, brand)) is var campaigns
        && campaigns.Concat(campaigns.SelectMany(current.ReferrersOf))
            .Select(current.Find)
            .Any(item => item is CampaignItem { Budget: not null } or CostItem or MonthlyNetItem || (item is AgreementItem agreement && HoldsMoney(agreement)));

    private static void CheckCreator(List<CatalogFault> faults, CreatorItem creator)
    {
        CheckText(faults, "/name", creator.Name);
        CheckText(faults, "/niche", creator.Niche);
        CheckText(faults, "/region", creator.Region);
        CheckKeyword(faults, "/status", creator.Status, Statuses);
        if (creator is { Status: "active", InactiveSince: not null })
            faults.Add(new(MemberNotAllowed, "/inactiveSince", "Only an inactive creator has it; leave it out or null"));
        CheckList(faults, "/handles", creator.Handles, (pointer, handle) =>
        {
            CheckText(faults, $"{pointer}/platform", handle.Platform);
            CheckText(faults, $"{pointer}/handle", handle.Handle);
            if (handle.Followers < 0) faults.Add(new(OutOfRange, $"{pointer}/followers", "Must not be negative"));
        });
        CheckList(faults, "/customerKeys", creator.CustomerKeys, (pointer, key) =>
        {
            CheckText(faults, pointer, key);
            if (key.Contains('@', StringComparison.Ordinal)) faults.Add(new(PersonalData, pointer, "Looks like an e-mail address; use the keyed hash or id that orders carry"));
        });
    }

    private static void CheckCampaign(List<CatalogFault> faults, CatalogDraft current, CampaignItem campaign)
    {
        CheckText(faults, "/name", campaign.Name);
        CheckDays(faults, "/endsOn", campaign.StartsOn, campaign.EndsOn);
        CheckLookback(faults, "", campaign.Lookback);
        CheckMargin(faults, campaign.GrossMarginPercent);
        if (campaign.Budget is <= 0) faults.Add(new(OutOfRange, "/budget", "Must be above 0; leave it out where there is none"));
        else if (campaign.Budget is { } budget && current.Find<BrandItem>(CatalogKind.Brands, campaign.BrandId) is { } brand && Currency.TryParse(brand.Currency, out var currency)) CheckMoney(faults, "/budget", currency, budget);
        if (campaign.CostSharing is { } rule) CheckKeyword(faults, "/costSharing", rule, CostSharing.Rules);
        CheckList(faults, "/goals", campaign.Goals, (pointer, goal) => CheckText(faults, $"{pointer}/measure", goal.Measure));
        var reference = CatalogKinds.RefOf(campaign);
        if (current.Find<CampaignItem>(CatalogKind.Campaigns, campaign.Id) is { } before && before.BrandId != campaign.BrandId
            && (current.ReferrersOf(reference).Count > 0 || current.Matched.Contains(reference)))
            faults.Add(new(InUse, "/brandId", $"The campaign belongs to {before.BrandId} and has links, codes, rules, agreements or costs there. Make another campaign"));
    }

    private static void CheckLink(List<CatalogFault> faults, LinkItem link)
    {
        if (link.Slug.Length is 0 or > MaxTextLength || !link.Slug.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '~'))
            faults.Add(new(ValueUnknown, "/slug", $"A slug is 1 to {MaxTextLength} of A-Z a-z 0-9 . _ - ~"));
        if (link.Slug is "." or "..") faults.Add(new(ValueUnknown, "/slug", "Browsers take . and .. out of an address"));
        CheckUrl(faults, "/destination", link.Destination);
        CheckUrl(faults, "/fallback", link.Fallback);
        CheckText(faults, "/platform", link.Platform);
        CheckText(faults, "/postId", link.PostId);
        if (link.Utm is { } utm) CheckUtm(faults, "/utm", utm, patterns: false);
        CheckInterval(faults, "/validTo", link.ValidFrom, link.ValidTo);
    }

    private static void CheckCode(List<CatalogFault> faults, CodeItem code)
    {
        CheckText(faults, "/code", code.Code);
        CheckInterval(faults, "/validTo", code.ValidFrom, code.ValidTo);
        CheckInterval(faults, "/quarantinedTo", code.QuarantinedFrom, code.QuarantinedTo);
    }

    private static void CheckUtmRule(List<CatalogFault> faults, UtmRuleItem rule)
    {
        CheckUtm(faults, "/match", rule.Match, patterns: true);
        CheckInterval(faults, "/validTo", rule.ValidFrom, rule.ValidTo);
    }

    private static void CheckCost(List<CatalogFault> faults, CostItem cost)
    {
        CheckKeyword(faults, "/kind", cost.Kind, CostKinds);
        CheckText(faults, "/postId", cost.PostId);
        if (TryGetCurrency(faults, "/currency", cost.Currency, out var currency)) CheckMoney(faults, "/amount", currency, cost.Amount);
        CheckKeyword(faults, "/recognition", cost.Recognition, Recognitions);
        if (cost.Recognition == "on_date")
        {
            if (cost.On is null) faults.Add(new(MemberMissing, "/on", "on_date needs the local day it stands on"));
            if (cost.From is not null) faults.Add(new(MemberNotAllowed, "/from", "on_date has a day (on), no range"));
            if (cost.To is not null) faults.Add(new(MemberNotAllowed, "/to", "on_date has a day (on), no range"));
        }
        else if (cost.Recognition == "spread")
        {
            if (cost.On is not null) faults.Add(new(MemberNotAllowed, "/on", "spread has a range (from, to), no day"));
            if (cost.From is null) faults.Add(new(MemberMissing, "/from", "spread needs its first local day"));
            if (cost.To is null) faults.Add(new(MemberMissing, "/to", "spread needs its last local day"));
            CheckDays(faults, "/to", cost.From, cost.To);
            if (cost.To is { } to && cost.From is { } from && to.DayNumber - from.DayNumber >= 3_660)
                faults.Add(new(OutOfRange, "/to", "A cost is spread over at most 3660 days"));
        }
    }

    private static void CheckMonthlyNet(List<CatalogFault> faults, CatalogDraft current, MonthlyNetItem net)
    {
        if (!CalendarMonth.TryParse(net.Month, out _)) faults.Add(new(ValueUnknown, "/month", $"'{Abbreviate(net.Month)}' is not a month such as 2026-03"));
        if (net.Id != MonthlyNets.IdOf(net.CampaignId, net.Month)) faults.Add(new(IdInvalid, "/id", $"Is made of campaign and month: {Abbreviate(MonthlyNets.IdOf(net.CampaignId, net.Month))}"));
        var currency = CurrencyOf(current, net.CampaignId);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        CheckList(
            faults, "/creators", net.Creators, (pointer, each) =>
            {
                if (!seen.Add(each.CreatorId)) faults.Add(new(OutOfRange, $"{pointer}/creatorId", "The creator is named already"));
                if (currency is { } known) CheckMoney(faults, $"{pointer}/net", known, each.Net);
            },
            MonthlyNets.MaxCreators);
    }

    private static void CheckFxRate(List<CatalogFault> faults, FxRateItem rate)
    {
        var known = TryGetCurrency(faults, "/from", rate.From, out var from) & TryGetCurrency(faults, "/to", rate.To, out var to);
        if (known && from == to) faults.Add(new(OutOfRange, "/to", "A rate leads from one currency to another"));
        if (rate.Rate is < 0.000_000_001m or > 1_000_000_000) faults.Add(new(OutOfRange, "/rate", "Must be from 0.000000001 to 1000000000"));
    }
}
