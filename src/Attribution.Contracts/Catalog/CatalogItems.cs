using System.Text.Json.Serialization;

namespace Attribution.Contracts.Catalog;

// What brands tell us about their creators, as it stands in JSON: the body of PUT, the answer of GET and what the store keeps.
// Ids are 1 to 64 of a-z 0-9 . _ -; everything with a validFrom/validTo holds in [validFrom, validTo), null being open.

/// <summary>A person who promotes. Shared by all brands.</summary>
/// <param name="Id">The creator's id.</param>
/// <param name="Name">Name shown in reports.</param>
/// <param name="Niche">Free text.</param>
/// <param name="Region">Free text.</param>
/// <param name="Status"><c>active</c> or <c>inactive</c>; from the moment of becoming inactive on, new touches earn nothing.</param>
/// <param name="InactiveSince">When the status became <c>inactive</c>; set by the server when absent.</param>
/// <param name="Handles">Accounts on platforms.</param>
/// <param name="CustomerKeys">The creator's own customer keys, given as events give them, stored and answered hashed: orders under them earn the creator nothing.</param>
public sealed record CreatorItem(
    string Id, string Name, string? Niche = null, string? Region = null, string Status = "active", DateTimeOffset? InactiveSince = null,
    IReadOnlyList<HandleItem>? Handles = null, IReadOnlyList<string>? CustomerKeys = null) : ICatalogItem;

/// <summary>An account of a creator.</summary>
/// <param name="Platform"><c>instagram</c>, <c>tiktok</c>, …</param>
/// <param name="Handle">The account's name there.</param>
/// <param name="Followers">Followers, if known.</param>
public sealed record HandleItem(string Platform, string Handle, long? Followers = null);

/// <summary>The boundary of everything: orders compete for credit among a brand's own campaigns only.</summary>
/// <param name="Id">The brand's id; <c>default</c> exists from the start.</param>
/// <param name="Name">Name shown in reports.</param>
/// <param name="Currency">ISO 4217 currency of its reports.</param>
/// <param name="TimeZone">IANA time zone of its days.</param>
/// <param name="BookModel">The model that writes the ledger and pays, before the first version that says otherwise.</param>
/// <param name="Policy">What codes are worth against touches, before the first version that says otherwise.</param>
/// <param name="Lookback">Default lookbacks of its campaigns, before the first version that says otherwise.</param>
/// <param name="Versions">What holds instead from an instant on, by the conversion's own time; each later than the one before.</param>
/// <param name="RateMaxAgeDays">How many days before the day of an amount its exchange rate may be of, 0 to 31; absent: 7.</param>
/// <param name="Origins">Web origins whose pages may report visits, e.g. <c>https://shop.example</c>. Absent: none.</param>
/// <param name="GrossMarginPercent">Percent of net that is left after the goods are paid for, above 0 and at most 100, of campaigns that do not say. Absent: not known.</param>
/// <param name="Tiers">Creators by followers, the smaller first. Absent: nano from 1,000, micro from 10,000, mid from 50,000, macro from 500,000, mega from 1,000,000.</param>
/// <param name="Benchmarks">What is good. Absent: an engagement rate of 0.03, an ROI of 300 percent.</param>
public sealed record BrandItem(
    string Id, string Name, string Currency = "USD", string TimeZone = "Etc/UTC", string BookModel = "last_touch",
    PolicyItem? Policy = null, LookbackItem? Lookback = null, IReadOnlyList<BrandVersionItem>? Versions = null, int? RateMaxAgeDays = null,
    IReadOnlyList<string>? Origins = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? GrossMarginPercent = null,
    IReadOnlyList<CreatorTierItem>? Tiers = null, IReadOnlyList<BenchmarkItem>? Benchmarks = null) : ICatalogItem;

/// <summary>Creators of about as many followers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="FromFollowers">Fewest followers, on the platform where a creator has most; the next tier begins where this one ends.</param>
public sealed record CreatorTierItem(string Name, long FromFollowers);

/// <summary>From where on a ratio is good.</summary>
/// <param name="Measure">The ratio's name: <c>engagementRate</c>, <c>roiPercent</c>, …</param>
/// <param name="Good">The least that is good; of a cost per something (<c>cpa</c>, <c>cpc</c>, <c>cpe</c>, <c>cpm</c>) the most.</param>
/// <param name="Tier">For creators of this tier only; absent: of every tier that has none of its own.</param>
/// <param name="Platform">On this platform only (<c>tiktok</c>; case does not matter): a post's, or the one where a creator has most followers; absent: on every platform that has none of its own. One for the tier comes before one for the platform, and one for both before either.</param>
public sealed record BenchmarkItem(
    string Measure, [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal Good, string? Tier = null,
    string? Platform = null);

/// <summary>A brand's settings from an instant on. What a version does not say is as in the version before it.</summary>
/// <param name="ValidFrom">First instant, inside; it holds until the next version's.</param>
/// <param name="Policy">What codes are worth against touches.</param>
/// <param name="BookModel">The model that writes the ledger and pays.</param>
/// <param name="Lookback">Default lookbacks of its campaigns.</param>
public sealed record BrandVersionItem(DateTimeOffset ValidFrom, PolicyItem? Policy = null, string? BookModel = null, LookbackItem? Lookback = null);

/// <summary>A credit policy by name.</summary>
/// <param name="Name">One of the policies' names.</param>
/// <param name="CodeShare">Share of the codes under <c>split</c>, above 0 and below 1; null elsewhere.</param>
public sealed record PolicyItem(
    string Name, [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? CodeShare = null);

/// <summary>How far before a conversion a touch may lie. Both ends inside; a day is 24 hours.</summary>
/// <param name="Click">ISO 8601 duration for clicks. Absent: the brand's, whose own default is <c>P30D</c>.</param>
/// <param name="Visit">ISO 8601 duration for visits without a click. Absent: the brand's, whose own default is <c>P7D</c>.</param>
public sealed record LookbackItem(string? Click = null, string? Visit = null);

/// <summary>A campaign of a brand.</summary>
/// <param name="Id">The campaign's id.</param>
/// <param name="Name">Name shown in reports.</param>
/// <param name="BrandId">Its brand.</param>
/// <param name="StartsOn">First local day, inside. Null: since ever.</param>
/// <param name="EndsOn">Last local day, inside. Null: open.</param>
/// <param name="Lookback">Overrides of the brand's lookbacks.</param>
/// <param name="Goals">What it is meant to bring.</param>
/// <param name="GrossMarginPercent">Percent of net that is left after the goods are paid for, above 0 and at most 100. Absent: the brand's.</param>
/// <param name="Budget">What it may cost in all, above 0, major units of the brand's currency.</param>
/// <param name="CostSharing">How costs of the campaign without a creator are shared among the creators who take part in it: <c>evenly</c>, <c>by_fee</c> in the ratio of their fees, of costs of that kind and of agreements, or <c>by_net</c> month by month in the ratio of <c>monthly-nets</c>, which are fixed when a month has closed. Absent: they stay the campaign's own.</param>
public sealed record CampaignItem(
    string Id, string Name, string BrandId = "default", DateOnly? StartsOn = null, DateOnly? EndsOn = null,
    LookbackItem? Lookback = null, IReadOnlyList<GoalItem>? Goals = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? GrossMarginPercent = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Budget = null,
    string? CostSharing = null) : ICatalogItem;

/// <summary>A goal of a campaign.</summary>
/// <param name="Measure">The measure's name, e.g. <c>net</c>.</param>
/// <param name="Target">The value to reach, in major units where the measure is money.</param>
public sealed record GoalItem(string Measure, [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] decimal Target);

/// <summary>A tracking link, served at <c>/r/{slug}</c>.</summary>
/// <param name="Id">The link's id.</param>
/// <param name="Slug">What stands in the address; unique within the brand.</param>
/// <param name="Destination">Absolute http or https address it leads to.</param>
/// <param name="CampaignId">Whose click it is.</param>
/// <param name="CreatorId">Whose click it is.</param>
/// <param name="Platform">Where it is posted.</param>
/// <param name="PostId">The post that holds it.</param>
/// <param name="Utm">Parameters added to the destination; a landing that carries them all is a visit of this placement.</param>
/// <param name="ValidFrom">First instant, inside.</param>
/// <param name="ValidTo">Last instant, outside.</param>
/// <param name="Fallback">Where the link leads after <paramref name="ValidTo"/>.</param>
public sealed record LinkItem(
    string Id, string Slug, string Destination, string CampaignId, string CreatorId, string? Platform = null, string? PostId = null,
    UtmItem? Utm = null, DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidTo = null, string? Fallback = null) : ICatalogItem;

/// <summary>UTM parameters without their prefix. In a rule a value ending in <c>*</c> is a prefix.</summary>
/// <param name="Source"><c>utm_source</c>.</param>
/// <param name="Medium"><c>utm_medium</c>.</param>
/// <param name="Campaign"><c>utm_campaign</c>.</param>
/// <param name="Content"><c>utm_content</c>.</param>
/// <param name="Term"><c>utm_term</c>.</param>
/// <param name="Id"><c>utm_id</c>.</param>
public sealed record UtmItem(
    string? Source = null, string? Medium = null, string? Campaign = null, string? Content = null, string? Term = null, string? Id = null);

/// <summary>A discount code in the hands of a creator for a time. The same code may move on: intervals of one code do not overlap.</summary>
/// <param name="Id">The assignment's id.</param>
/// <param name="Code">The code as printed; compared trimmed and without regard to case.</param>
/// <param name="CampaignId">Who is credited.</param>
/// <param name="CreatorId">Who is credited.</param>
/// <param name="ValidFrom">First instant, inside.</param>
/// <param name="ValidTo">Last instant, outside.</param>
/// <param name="QuarantinedFrom">First instant, inside, from which orders by the code earn nothing: a leaked code, say.</param>
/// <param name="QuarantinedTo">Last instant of it, outside. Quarantined when either is given; the other null is open.</param>
public sealed record CodeItem(
    string Id, string Code, string CampaignId, string CreatorId, DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidTo = null,
    DateTimeOffset? QuarantinedFrom = null, DateTimeOffset? QuarantinedTo = null) : ICatalogItem;

/// <summary>A rule that names the placement of a landing by its UTM parameters.</summary>
/// <param name="Id">The rule's id.</param>
/// <param name="Match">At least one member; all must hold.</param>
/// <param name="CampaignId">Who is credited.</param>
/// <param name="CreatorId">Who is credited.</param>
/// <param name="ValidFrom">First instant, inside.</param>
/// <param name="ValidTo">Last instant, outside.</param>
public sealed record UtmRuleItem(
    string Id, UtmItem Match, string CampaignId, string CreatorId, DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidTo = null) : ICatalogItem;

/// <summary>What a creator is paid in a campaign. Amounts are major units of the brand's currency.</summary>
/// <param name="Id">The agreement's id.</param>
/// <param name="CampaignId">The placement's campaign.</param>
/// <param name="CreatorId">The placement's creator.</param>
/// <param name="ValidFrom">First local day, inside.</param>
/// <param name="ValidTo">Local day it no longer holds on.</param>
/// <param name="Commission">How the commission is reckoned.</param>
/// <param name="Tiers">What is paid instead of the commission's rate and amount once so much is reached in a period; each begins above the one before.</param>
/// <param name="TiersBy">What tiers begin at: <c>net</c> (the default) or <c>orders</c> (credited orders).</param>
/// <param name="TierMode"><c>marginal</c> (the default): each tier pays for what lies within it. <c>whole</c>: the tier that the period reaches pays for all of it.</param>
/// <param name="Cap">Most commission of a period. Fees do not count towards it.</param>
/// <param name="Guarantee">Least commission of a period, topped up on its last day. Fees do not count towards it. Needs <c>validFrom</c>, and <c>validTo</c> unless it is for each month.</param>
/// <param name="Period">What tiers, cap and guarantee are for: each local <c>month</c>, or the whole <c>agreement</c> (the default).</param>
/// <param name="Fee">Paid once, on <c>validFrom</c>, which it needs.</param>
/// <param name="FeePerPost">Paid for each post, on the first local day that its counters were reported for.</param>
/// <param name="HoldingDays">How many days after its own anything it pays becomes payable, 0 to 400; absent: 0.</param>
/// <param name="Approval"><c>rule</c> (the default): payable once held that long. <c>manual</c>: somebody must approve it too.</param>
/// <param name="NewCustomersOnly">Only conversions of new customers pay.</param>
/// <param name="ExcludedCodes">An order that used one of these codes pays nothing: staff's, say. Compared trimmed and without regard to case.</param>
public sealed record AgreementItem(
    string Id, string CampaignId, string CreatorId, CommissionItem Commission, DateOnly? ValidFrom = null, DateOnly? ValidTo = null,
    IReadOnlyList<TierItem>? Tiers = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Cap = null,
    bool NewCustomersOnly = false, IReadOnlyList<string>? ExcludedCodes = null, string? TiersBy = null, string? TierMode = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Guarantee = null,
    string? Period = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Fee = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? FeePerPost = null,
    int? HoldingDays = null, string? Approval = null) : ICatalogItem
{
    /// <summary>The word of <c>tiersBy</c> for credited orders.</summary>
    public const string ByOrders = "orders";

    /// <summary>The word of <c>tierMode</c> for the tier that pays for all.</summary>
    public const string WholeTiers = "whole";

    /// <summary>The word of <c>approval</c> for what somebody must approve.</summary>
    public const string ApprovedByHand = "manual";

    /// <summary>The word of <c>period</c> for each local month.</summary>
    public const string Month = "month";
}

/// <summary>How a commission is reckoned.</summary>
/// <param name="Kind"><c>percent_of_net</c> (of a rate), <c>fixed_per_conversion</c> (of an amount), <c>fixed_per_lead</c> (of a lead amount) or <c>hybrid</c> (of two or three of these).</param>
/// <param name="Rate">Percent of the net share: 10 is a tenth.</param>
/// <param name="Amount">For a whole order, major units of the brand's currency.</param>
/// <param name="LeadAmount">For a whole sign-up or lead, major units of the brand's currency.</param>
public sealed record CommissionItem(
    string Kind,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Rate = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Amount = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? LeadAmount = null);

/// <summary>A tier of an agreement. What it does not say is as in the commission.</summary>
/// <param name="From">Where it begins: net revenue, or a whole number of orders. What is reached beyond it is in the tier: from 10 orders on, the eleventh is the first.</param>
/// <param name="Rate">Percent of the net share.</param>
/// <param name="Amount">For a whole order.</param>
public sealed record TierItem(
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal From,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Rate = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal? Amount = null);

/// <summary>Money spent on a placement, or on a campaign as a whole.</summary>
/// <param name="Id">The entry's id.</param>
/// <param name="CampaignId">Its campaign.</param>
/// <param name="Kind"><c>fee</c>, <c>production</c>, <c>management</c>, <c>gift</c>, <c>shipping</c> or <c>other</c>.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Amount">Major units; may be negative for a credit note.</param>
/// <param name="CreatorId">Its creator; null: the campaign's own.</param>
/// <param name="Recognition"><c>on_date</c> (with <paramref name="On"/>) or <c>spread</c> (with <paramref name="From"/> and <paramref name="To"/>, both inside).</param>
/// <param name="On">The local day it stands on.</param>
/// <param name="From">First local day of a spread, inside.</param>
/// <param name="To">Last local day of a spread, inside.</param>
/// <param name="PostId">The post that it pays for, where it pays for one alone; only reports of posts look at it.</param>
public sealed record CostItem(
    string Id, string CampaignId, string Kind, string Currency,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal Amount,
    string? CreatorId = null, string Recognition = "on_date", DateOnly? On = null, DateOnly? From = null, DateOnly? To = null, string? PostId = null) : ICatalogItem;

/// <summary>An exchange rate of a day: one unit of <paramref name="From"/> is <paramref name="Rate"/> units of <paramref name="To"/>.</summary>
/// <param name="Id">The rate's id.</param>
/// <param name="On">The local day it holds on, and after it until a later day's, as long as the brand lets rates age.</param>
/// <param name="From">ISO 4217.</param>
/// <param name="To">ISO 4217.</param>
/// <param name="Rate">From 0.000000001 to 1000000000.</param>
public sealed record FxRateItem(
    string Id, DateOnly On, string From, string To,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal Rate) : ICatalogItem;

/// <summary>
/// Each creator's net of a campaign's month, as it was when it was fixed: in whose ratio costs of that month's days are shared where the campaign shares them
/// <c>by_net</c>. Written by the program in the night after the month has closed; what happens to orders later does not change it.
/// </summary>
/// <param name="Id">Campaign and month: <c>spring.2026-03</c>. Up to 72 characters.</param>
/// <param name="CampaignId">Its campaign.</param>
/// <param name="Month">A month of the brand's calendar: <c>2026-03</c>.</param>
/// <param name="Creators">Who bears, each creator once, at most 10,000; those of no net above 0 bear nothing, unless nobody has any: then all bear alike. Empty: the month's costs stay the campaign's own.</param>
public sealed record MonthlyNetItem(string Id, string CampaignId, string Month, IReadOnlyList<CreatorNetItem> Creators) : ICatalogItem;

/// <summary>A creator's net of a campaign's month.</summary>
/// <param name="CreatorId">The creator.</param>
/// <param name="Net">Net under the model of the books, major units of the brand's currency; below 0 where more came back than was sold.</param>
public sealed record CreatorNetItem(
    string CreatorId, [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)] decimal Net);

/// <summary>Anything the catalog holds.</summary>
public interface ICatalogItem
{
    /// <summary>1 to 64 of <c>a-z 0-9 . _ -</c> (of an exchange rate also <c>A-Z</c>, of a monthly net up to 72), unique within its kind.</summary>
    string Id { get; }
}
