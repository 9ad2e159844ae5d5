using Attribution.Contracts.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Values;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Core.Catalog;

/// <summary>The rules of campaigns and of the links, codes and UTM rules in them.</summary>
internal static class CampaignItemRules
{
    /// <summary>Checks a campaign.</summary>
    public static void CheckCampaign(FaultCollector faults, CatalogDraft current, CampaignItem campaign)
    {
        faults.CheckText("/name", campaign.Name);
        faults.CheckDays("/endsOn", campaign.StartsOn, campaign.EndsOn);
        faults.CheckLookback("", campaign.Lookback);
        faults.CheckMargin(campaign.GrossMarginPercent);
        if (campaign.Assistants is { } assistants) faults.CheckKeyword("/assistants", assistants, BrandRules.AssistantTerms);
        if (campaign.Budget is <= 0)
            faults.Add(OutOfRange, "/budget", "Must be above 0; omit it if there is no budget");
        else if (campaign.Budget is { } budget
            && current.Find<BrandItem>(CatalogKind.Brands, campaign.BrandId) is { } brand
            && Currency.TryParse(brand.Currency, out var currency))
            faults.CheckMoney("/budget", currency, budget);
        if (campaign.CostSharing is { } rule) faults.CheckKeyword("/costSharing", rule, CostSharing.Rules);
        faults.CheckList("/goals", campaign.Goals, (pointer, goal) => faults.CheckText($"{pointer}/measure", goal.Measure));
        CheckBrandChange(faults, current, campaign);
    }

    /// <summary>Checks a link.</summary>
    public static void CheckLink(FaultCollector faults, LinkItem link)
    {
        if (link.Slug.Length is 0 or > CatalogRules.MaxTextLength || !link.Slug.All(IsSlugCharacter))
            faults.Add(
                ValueUnknown, "/slug",
                $"A slug is 1 to {CatalogRules.MaxTextLength} characters of A-Z a-z 0-9 . _ - ~");
        if (link.Slug is "." or "..") faults.Add(ValueUnknown, "/slug", "Browsers remove . and .. from URLs");
        faults.CheckUrl("/destination", link.Destination);
        faults.CheckUrl("/fallback", link.Fallback);
        faults.CheckText("/platform", link.Platform);
        faults.CheckText("/postId", link.PostId);
        if (link.Utm is { } utm) CheckUtm(faults, "/utm", utm, allowPatterns: false);
        faults.CheckInterval("/validTo", link.ValidFrom, link.ValidTo);
    }

    /// <summary>Checks a code.</summary>
    public static void CheckCode(FaultCollector faults, CodeItem code)
    {
        faults.CheckText("/code", code.Code);
        faults.CheckInterval("/validTo", code.ValidFrom, code.ValidTo);
        faults.CheckInterval("/quarantinedTo", code.QuarantinedFrom, code.QuarantinedTo);
    }

    /// <summary>Checks a UTM rule.</summary>
    public static void CheckUtmRule(FaultCollector faults, UtmRuleItem rule)
    {
        CheckUtm(faults, "/match", rule.Match, allowPatterns: true);
        faults.CheckInterval("/validTo", rule.ValidFrom, rule.ValidTo);
    }

    /// <summary>Checks a publisher.</summary>
    public static void CheckPublisher(FaultCollector faults, PublisherItem publisher)
    {
        faults.CheckText("/provider", publisher.Provider);
        faults.CheckText("/publisherId", publisher.PublisherId);
        faults.CheckText("/providerCampaignId", publisher.ProviderCampaignId);
        faults.CheckText("/subId", publisher.SubId);
        if (publisher is { PublisherId: null, ProviderCampaignId: null, SubId: null })
            faults.Add(MatchEmpty, "", "Specify at least one of publisherId, providerCampaignId, subId");
        faults.CheckInterval("/validTo", publisher.ValidFrom, publisher.ValidTo);
    }

    private static void CheckBrandChange(FaultCollector faults, CatalogDraft current, CampaignItem campaign)
    {
        if (current.Find<CampaignItem>(CatalogKind.Campaigns, campaign.Id) is not { } stored
            || stored.BrandId == campaign.BrandId) return;
        var reference = CatalogKinds.RefOf(campaign);
        if (current.ReferrersOf(reference).Count > 0 || current.Matched.Contains(reference))
            faults.Add(
                InUse, "/brandId",
                $"The campaign belongs to {stored.BrandId} and has links, codes, rules, agreements or costs there. Create another campaign");
    }

    private static bool IsSlugCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '~';

    private static void CheckUtm(FaultCollector faults, string pointer, UtmItem utm, bool allowPatterns)
    {
        (string Name, string? Value)[] members =
        [
            ("source", utm.Source), ("medium", utm.Medium), ("campaign", utm.Campaign),
            ("content", utm.Content), ("term", utm.Term), ("id", utm.Id),
        ];
        if (members.All(member => member.Value is null))
            faults.Add(MatchEmpty, pointer, "Specify at least one of source, medium, campaign, content, term, id");
        foreach (var (name, value) in members)
        {
            if (value is null) continue;
            faults.CheckText($"{pointer}/{name}", value);
            var star = value.IndexOf('*', StringComparison.Ordinal);
            if (star < 0) continue;
            if (!allowPatterns)
                faults.Add(
                    PatternInvalid, $"{pointer}/{name}",
                    "A link's own parameters are exact and cannot contain *. Use a utm-rule for a pattern");
            else if (star != value.Length - 1)
                faults.Add(
                    PatternInvalid, $"{pointer}/{name}",
                    "Only one * is allowed, at the end; it makes the value a prefix");
        }
    }
}
