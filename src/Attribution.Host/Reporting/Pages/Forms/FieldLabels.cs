namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>What a field of a form is called by people, and what to write into it. The member's name in the API stands beside it.</summary>
internal static class FieldLabels
{
    // By the record's member alone, or by the kind of record and the member where it means another thing there.
    private static readonly Dictionary<string, (string Label, string Help)> Labels = new(StringComparer.Ordinal)
    {
        ["id"] = ("Id", "1 to 64 of a-z, 0-9, dot, underscore and hyphen; stays as it is"),
        ["name"] = ("Name", "As reports show it"),
        ["niche"] = ("Niche", "Free text: beauty, chess, …"),
        ["region"] = ("Region", "Free text: a country, a market"),
        ["status"] = ("Status", "Inactive: new touches earn nothing from then on"),
        ["inactiveSince"] = ("Inactive since", "An instant; now, when left empty"),
        ["handles.platform"] = ("Platform", "instagram, tiktok, …"),
        ["handles.handle"] = ("Account", "Its name there"),
        ["handles.followers"] = ("Followers", "A whole number, if known"),
        ["customerKeys"] = ("Her own customer keys", "Orders under them earn her nothing; one a line, kept hashed"),
        ["currency"] = ("Currency", "Three letters: USD, EUR"),
        ["timeZone"] = ("Time zone", "Where its days begin: Europe/Berlin"),
        ["bookModel"] = ("Model of the books", "Writes the ledger and pays"),
        ["policy.name"] = ("Credit policy", "What codes are worth against touches"),
        ["policy.codeShare"] = ("Share of the codes", "For the policy split alone: above 0, below 1"),
        ["lookback.click"] = ("Clicks count for", "A duration: P30D is thirty days"),
        ["lookback.visit"] = ("Visits without a click count for", "A duration: P7D is seven days"),
        ["versions.validFrom"] = ("Holds from", "An instant: 2026-03-01T00:00:00Z; until the next version"),
        ["versions.policy.name"] = ("Credit policy", "From then on"),
        ["versions.policy.codeShare"] = ("Share of the codes", "For the policy split alone: above 0, below 1"),
        ["versions.bookModel"] = ("Model of the books", "From then on"),
        ["versions.lookback.click"] = ("Clicks count for", "A duration, from then on"),
        ["versions.lookback.visit"] = ("Visits without a click count for", "A duration, from then on"),
        ["rateMaxAgeDays"] = ("Exchange rates hold for, days", "0 to 31; 7 when left empty"),
        ["origins"] = ("Shop's web origins", "Pages that may report visits, one a line: https://shop.example"),
        ["grossMarginPercent"] = ("Gross margin, percent", "What of net is left after the goods are paid for"),
        ["tiers.name"] = ("Tier", "micro, mid, …"),
        ["tiers.fromFollowers"] = ("From followers", "The smaller tier first"),
        ["benchmarks.measure"] = ("Measure", "engagementRate, roiPercent, cpa, …"),
        ["benchmarks.good"] = ("Good from", "Of a cost per something: at most"),
        ["benchmarks.tier"] = ("For this tier", "All, when left empty"),
        ["benchmarks.platform"] = ("On this platform", "All, when left empty"),
        ["brandId"] = ("Brand", "Its id"),
        ["startsOn"] = ("First day", "Inside; since ever, when left empty"),
        ["endsOn"] = ("Last day", "Inside; open, when left empty"),
        ["goals.measure"] = ("Measure", "net, orders, conversions, newCustomers, …"),
        ["goals.target"] = ("To reach", "A number; money in the brand's currency"),
        ["budget"] = ("Budget", "What it may cost in all, in the brand's currency"),
        ["costSharing"] = ("Its own costs are borne by", "evenly: its creators alike; by_fee: in the ratio of their fees; by_net: of their net, month by month; nobody, when left empty"),
        ["slug"] = ("Word in the address", "What follows /r/; unique within the brand"),
        ["destination"] = ("Leads to", "https://…"),
        ["campaignId"] = ("Campaign", "Its id"),
        ["creatorId"] = ("Creator", "Her id"),
        ["platform"] = ("Platform", "Where it is posted"),
        ["postId"] = ("Post", "The platform's id of it"),
        ["utm.source"] = ("utm_source", "Added to the address it leads to"),
        ["utm.medium"] = ("utm_medium", "Added to the address it leads to"),
        ["utm.campaign"] = ("utm_campaign", "Added to the address it leads to"),
        ["utm.content"] = ("utm_content", "Added to the address it leads to"),
        ["utm.term"] = ("utm_term", "Added to the address it leads to"),
        ["utm.id"] = ("utm_id", "Added to the address it leads to"),
        ["match.source"] = ("utm_source is", "A star at the end: begins with"),
        ["match.medium"] = ("utm_medium is", "A star at the end: begins with"),
        ["match.campaign"] = ("utm_campaign is", "A star at the end: begins with"),
        ["match.content"] = ("utm_content is", "A star at the end: begins with"),
        ["match.term"] = ("utm_term is", "A star at the end: begins with"),
        ["match.id"] = ("utm_id is", "A star at the end: begins with"),
        ["validFrom"] = ("Holds from", "First instant, inside; since ever, when left empty"),
        ["validTo"] = ("Holds until", "That instant is outside; open, when left empty"),
        ["fallback"] = ("Afterwards leads to", "https://…"),
        ["code"] = ("Code", "As printed; upper and lower case are the same"),
        ["quarantinedFrom"] = ("Quarantined from", "Orders by it earn nothing from then on: a leaked code, say"),
        ["quarantinedTo"] = ("Quarantined until", "That instant is outside"),
        ["commission.kind"] = ("Commission", "Of what it is reckoned"),
        ["commission.rate"] = ("Percent of net", "10 is a tenth"),
        ["commission.amount"] = ("Sum for an order", "In the brand's currency"),
        ["commission.leadAmount"] = ("Sum for a sign-up or lead", "In the brand's currency"),
        ["tiers.from"] = ("Beyond", "Net revenue, or orders, of the period"),
        ["tiers.rate"] = ("Percent of net", "Instead, from there on"),
        ["tiers.amount"] = ("Sum for an order", "Instead, from there on"),
        ["tiersBy"] = ("Tiers begin by", "net, or orders"),
        ["tierMode"] = ("A tier pays for", "marginal: what lies within it; whole: all of the period"),
        ["cap"] = ("At most", "Commission of a period"),
        ["guarantee"] = ("At least", "Commission of a period"),
        ["period"] = ("Period", "For tiers, at most and at least: each month, or the whole agreement"),
        ["fee"] = ("Fee", "Paid once, on the first day"),
        ["feePerPost"] = ("Fee for each post", "On the first day its counters were reported for"),
        ["holdingDays"] = ("Held for, days", "Before it is payable: 0 to 400"),
        ["approval"] = ("Approval", "manual: somebody must approve it too"),
        ["newCustomersOnly"] = ("Only new customers pay", ""),
        ["excludedCodes"] = ("Codes that pay nothing", "Staff's, say; one a line"),
        ["kind"] = ("Kind", "What was paid for"),
        ["amount"] = ("Amount", "Less than 0 for a credit note"),
        ["recognition"] = ("Stands on", "on_date: one day; spread: over days, to the cent"),
        ["on"] = ("Day", "The local day it stands on"),
        ["from"] = ("First day", "Inside"),
        ["to"] = ("Last day", "Inside"),
        ["fx-rates.from"] = ("One unit of", "Three letters: EUR"),
        ["fx-rates.to"] = ("is so many of", "Three letters: USD"),
        ["month"] = ("Month", "2026-03; the id is campaign and month: spring.2026-03"),
        ["creators.creatorId"] = ("Creator", "Her id"),
        ["creators.net"] = ("Net", "Of the month, in the brand's currency; 0 or less: bears nothing"),
        ["rate"] = ("Rate", "From 0.000000001 to 1000000000"),
        ["model"] = ("Model", "In the place of the books'"),
    };

    private static readonly Dictionary<string, string> EntryLabels = new(StringComparer.Ordinal)
    {
        ["handles"] = "Account", ["goals"] = "Goal", ["versions"] = "Version", ["tiers"] = "Tier", ["benchmarks"] = "Benchmark", ["creators"] = "Creator",
    };

    /// <summary>What an entry of a list is called.</summary>
    public static string GetEntryLabel(string list, int number) => $"{EntryLabels.GetValueOrDefault(list, list)} {number}";

    /// <summary>The words of a member.</summary>
    /// <param name="member">Its name in the API, without numbers: <c>handles.platform</c>.</param>
    /// <param name="isRate">Whether it is of an exchange rate, whose from and to are currencies.</param>
    public static (string Label, string Help) GetLabel(string member, bool isRate) =>
        (isRate && Labels.TryGetValue($"fx-rates.{member}", out var words)) || Labels.TryGetValue(member, out words) ? words : (member, "");
}
