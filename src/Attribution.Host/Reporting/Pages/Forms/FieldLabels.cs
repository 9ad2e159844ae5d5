namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>Labels and help texts of form fields. The form shows the member's API name next to the label.</summary>
internal static class FieldLabels
{
    // The key is the member's name, or the kind and the member if the name has another meaning in that kind.
    private static readonly Dictionary<string, (string Label, string Help)> Labels = new(StringComparer.Ordinal)
    {
        ["id"] = ("Id", "1 to 64 characters: a-z, 0-9, dot, underscore, hyphen. Cannot be changed later."),
        ["name"] = ("Name", "Shown in reports."),
        ["niche"] = ("Niche", "Free text, for example: beauty, chess."),
        ["region"] = ("Region", "Free text, for example a country or a market."),
        ["status"] = ("Status", "Inactive: new touches earn no commission."),
        ["inactiveSince"] = ("Inactive since", "An instant. Leave empty for now."),
        ["handles.platform"] = ("Platform", "For example: instagram, tiktok."),
        ["handles.handle"] = ("Account", "Account name on the platform."),
        ["handles.followers"] = ("Followers", "A whole number. Leave empty if unknown."),
        ["customerKeys"] = ("Customer keys of the creator",
            "The creator's own customer keys. Orders placed with these keys earn no commission. One per line; "
            + "stored hashed."),
        ["currency"] = ("Currency", "Three letters, for example: USD, EUR."),
        ["timeZone"] = ("Time zone", "Determines the local day, for example: Europe/Berlin."),
        ["bookModel"] = ("Book model", "Writes the ledger and determines commission."),
        ["policy.name"] = ("Credit policy", "Value of codes compared with touches."),
        ["policy.codeShare"] = ("Share of codes", "Only for the policy split: greater than 0, less than 1."),
        ["lookback.click"] = ("Lookback for clicks", "A duration, for example P30D: 30 days."),
        ["lookback.visit"] = ("Lookback for visits without a click", "A duration, for example P7D: 7 days."),
        ["lookback.referral"] = ("Lookback for referrals", "A duration, for example P7D: 7 days. Claims that agents state with an order."),
        ["versions.lookback.referral"] = ("Lookback for referrals", "A duration. Applies from this version onward."),
        ["referrals"] = ("Claims of referral", "all, verified (those that the shop had confirmed) or ignored. Leave empty for all."),
        ["versions.referrals"] = ("Claims of referral", "Applies from this version onward."),
        ["provider"] = ("Network", "As claims name it, for example: impact.com. ref: the parameter ref."),
        ["publisherId"] = ("Publisher", "The network's id of the publisher. At least one of the three ids; all must match."),
        ["providerCampaignId"] = ("Campaign of the network", "The network's id of the campaign."),
        ["subId"] = ("Sub id", "The id that the publisher adds."),
        ["versions.validFrom"] = ("Valid from",
            "An instant, for example 2026-03-01T00:00:00Z. Valid until the next version."),
        ["versions.policy.name"] = ("Credit policy", "Applies from this version onward."),
        ["versions.policy.codeShare"] = ("Share of codes", "Only for the policy split: greater than 0, less than 1."),
        ["versions.bookModel"] = ("Book model", "Applies from this version onward."),
        ["versions.lookback.click"] = ("Lookback for clicks", "A duration. Applies from this version onward."),
        ["versions.lookback.visit"] = ("Lookback for visits without a click",
            "A duration. Applies from this version onward."),
        ["rateMaxAgeDays"] = ("Maximum age of exchange rates, days", "0 to 31. Leave empty for 7."),
        ["origins"] = ("Web origins of the shop",
            "Origins of pages that may report visits. One per line, for example: https://shop.example"),
        ["grossMarginPercent"] = ("Gross margin, percent", "Percentage of net that remains after the cost of goods."),
        ["historyCompleteSince"] = ("All orders known since",
            "First local day from which every order is known. Leave empty for the day of the first order."),
        ["tiers.name"] = ("Tier", "For example: micro, mid."),
        ["tiers.fromFollowers"] = ("Minimum followers", "Enter the smallest tier first."),
        ["benchmarks.measure"] = ("Measure", "For example: engagementRate, roiPercent, cpa."),
        ["benchmarks.good"] = ("Good value", "Minimum of a good value. For costs per unit: maximum."),
        ["benchmarks.tier"] = ("Tier", "Leave empty for all tiers."),
        ["benchmarks.platform"] = ("Platform", "Leave empty for all platforms."),
        ["brandId"] = ("Brand", "Id of the brand."),
        ["startsOn"] = ("First day", "Inclusive. Leave empty for no start date."),
        ["endsOn"] = ("Last day", "Inclusive. Leave empty for no end date."),
        ["goals.measure"] = ("Measure", "For example: net, orders, conversions, newCustomers."),
        ["goals.target"] = ("Target", "A number. Money in the brand's currency."),
        ["budget"] = ("Budget", "Maximum total cost, in the brand's currency."),
        ["assistants"] = ("Touches of assistants",
            "Clicks and visits of programs that act for a person. credited: they can earn; ignored: they are only counted. "
            + "Leave empty for the setting of the brand, and there for ignored."),
        ["costSharing"] = ("Cost sharing",
            "Distributes the campaign's own costs among its creators. evenly: in equal parts; by_fee: in "
            + "proportion to fees; by_net: in proportion to net, month by month. Leave empty for no sharing."),
        ["slug"] = ("Slug", "Follows /r/ (and the brand) in the link. Unique within the brand."),
        ["destination"] = ("Destination", "Target of the redirect, for example: https://shop.example"),
        ["campaignId"] = ("Campaign", "Id of the campaign."),
        ["creatorId"] = ("Creator", "Id of the creator."),
        ["platform"] = ("Platform", "Platform of the post, for example: instagram."),
        ["postId"] = ("Post", "Id of the post on the platform."),
        ["utm.source"] = ("utm_source", "Added to the destination."),
        ["utm.medium"] = ("utm_medium", "Added to the destination."),
        ["utm.campaign"] = ("utm_campaign", "Added to the destination."),
        ["utm.content"] = ("utm_content", "Added to the destination."),
        ["utm.term"] = ("utm_term", "Added to the destination."),
        ["utm.id"] = ("utm_id", "Added to the destination."),
        ["match.source"] = ("utm_source equals", "An asterisk at the end matches any suffix."),
        ["match.medium"] = ("utm_medium equals", "An asterisk at the end matches any suffix."),
        ["match.campaign"] = ("utm_campaign equals", "An asterisk at the end matches any suffix."),
        ["match.content"] = ("utm_content equals", "An asterisk at the end matches any suffix."),
        ["match.term"] = ("utm_term equals", "An asterisk at the end matches any suffix."),
        ["match.id"] = ("utm_id equals", "An asterisk at the end matches any suffix."),
        ["validFrom"] = ("Valid from", "Inclusive. Leave empty for no start date."),
        ["validTo"] = ("Valid until", "Exclusive. Leave empty for no end date."),
        ["fallback"] = ("Destination after expiry", "Target of the redirect when the link is no longer valid."),
        ["code"] = ("Code", "Not case-sensitive."),
        ["quarantinedFrom"] = ("Quarantined from",
            "Inclusive. Orders with this code earn no commission, for example after a leak."),
        ["quarantinedTo"] = ("Quarantined until", "Exclusive."),
        ["commission.kind"] = ("Commission", "Basis of the commission."),
        ["commission.rate"] = ("Percent of net", "For example 10 for ten percent."),
        ["commission.amount"] = ("Amount per order", "In the brand's currency."),
        ["commission.leadAmount"] = ("Amount per sign-up or lead", "In the brand's currency."),
        ["tiers.from"] = ("Above", "Net or number of orders in the period."),
        ["tiers.rate"] = ("Percent of net", "Replaces the rate from this threshold onward."),
        ["tiers.amount"] = ("Amount per order", "Replaces the amount from this threshold onward."),
        ["tiersBy"] = ("Basis of tiers", "net or orders."),
        ["tierMode"] = ("Tier mode", "marginal: a tier applies to the part within it; whole: to the entire period."),
        ["cap"] = ("Cap", "Maximum commission per period."),
        ["guarantee"] = ("Guarantee", "Minimum commission per period."),
        ["period"] = ("Period", "Period of tiers, cap and guarantee: each month, or the entire agreement."),
        ["fee"] = ("Fee", "Paid once, on the first day."),
        ["feePerPost"] = ("Fee per post", "Recognized on the first day with reported counters of the post."),
        ["holdingDays"] = ("Holding period, days", "Time before commission becomes payable: 0 to 400."),
        ["approval"] = ("Approval", "manual: a user must approve the commission as well."),
        ["newCustomersOnly"] = ("New customers only", "Only orders of new customers earn commission."),
        ["unknownCustomers"] = ("Orders of unknown customers",
            "With new customers only: pay, or hold until it is known that the customer is new. Leave empty for hold."),
        ["renewals"] = ("Renewals of subscriptions",
            "none, all, the first so many (3), or those within a time from the first order (P12M). Leave empty to pay them like any order."),
        ["excludedCodes"] = ("Excluded codes",
            "Orders with these codes earn no commission, for example staff codes. One per line."),
        ["kind"] = ("Kind", "Kind of cost."),
        ["amount"] = ("Amount", "Negative for a credit note."),
        ["recognition"] = ("Recognition", "on_date: on one day; spread: over several days, exact to the cent."),
        ["on"] = ("Day", "Local day on which the cost is recognized."),
        ["from"] = ("First day", "Inclusive."),
        ["to"] = ("Last day", "Inclusive."),
        ["fx-rates.from"] = ("From currency", "Three letters, for example: EUR."),
        ["fx-rates.to"] = ("To currency", "Three letters, for example: USD."),
        ["month"] = ("Month", "For example 2026-03. The id consists of campaign and month: spring.2026-03."),
        ["creators.creatorId"] = ("Creator", "Id of the creator."),
        ["creators.net"] = ("Net",
            "Net of the month, in the brand's currency. A creator with 0 or less bears no cost."),
        ["rate"] = ("Rate", "Units of the second currency per unit of the first: 0.000000001 to 1000000000."),
        ["model"] = ("Model", "Replaces the book model."),
    };

    private static readonly Dictionary<string, string> EntryLabels = new(StringComparer.Ordinal)
    {
        ["handles"] = "Account",
        ["goals"] = "Goal",
        ["versions"] = "Version",
        ["tiers"] = "Tier",
        ["benchmarks"] = "Benchmark",
        ["creators"] = "Creator",
    };

    /// <summary>Returns the label of an entry of a list.</summary>
    /// <param name="list">The member that holds the list.</param>
    /// <param name="number">The entry's number, starting with 1.</param>
    public static string GetEntryLabel(string list, int number) =>
        $"{EntryLabels.GetValueOrDefault(list, list)} {number}";

    /// <summary>Returns the label and help text of a member; the member's name and no help if it has none.</summary>
    /// <param name="member">The member's name in the API, without entry numbers: <c>handles.platform</c>.</param>
    /// <param name="isRate">True for a member of an exchange rate, in which from and to are currencies.</param>
    public static (string Label, string Help) GetLabel(string member, bool isRate) =>
        (isRate && Labels.TryGetValue($"fx-rates.{member}", out var texts)) || Labels.TryGetValue(member, out texts)
            ? texts
            : (member, "");
}
