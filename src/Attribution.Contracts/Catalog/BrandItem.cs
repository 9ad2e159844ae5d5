using System.Text.Json.Serialization;

namespace Attribution.Contracts.Catalog;

/// <summary>A brand. Orders compete for credit only among the brand's own campaigns.</summary>
/// <param name="Id">The brand's id. <c>default</c> always exists.</param>
/// <param name="Name">Name shown in reports.</param>
/// <param name="Currency">ISO 4217 currency of the brand's reports.</param>
/// <param name="TimeZone">IANA time zone of the brand's days.</param>
/// <param name="BookModel">
/// The model that writes the ledger and determines payouts, until the first version that changes it.
/// </param>
/// <param name="Policy">The policy that weighs codes against touches, until the first version that changes it.</param>
/// <param name="Lookback">
/// Default lookbacks of the brand's campaigns, until the first version that changes them.
/// </param>
/// <param name="Versions">
/// Changed settings from an instant onward, selected by the conversion's own time. Each version must be later than the
/// previous one.
/// </param>
/// <param name="RateMaxAgeDays">
/// Maximum age of an exchange rate in days, relative to the day of the amount, 0 to 31. Absent: 7.
/// </param>
/// <param name="Origins">
/// Web origins whose pages may report visits, e.g. <c>https://shop.example</c>. Absent: none.
/// </param>
/// <param name="GrossMarginPercent">
/// Percentage of net that remains after the cost of goods, above 0 and at most 100, for campaigns that do not specify
/// it. Absent: unknown.
/// </param>
/// <param name="Tiers">
/// Tiers of creators by followers, in ascending order. Absent: nano from 1,000, micro from 10,000, mid from 50,000,
/// macro from 500,000, mega from 1,000,000.
/// </param>
/// <param name="Benchmarks">
/// Values from which a ratio counts as good. Absent: an engagement rate of 0.03 and an ROI of 300 percent.
/// </param>
/// <param name="HistoryCompleteSince">
/// First local day (inclusive) from which every order of the brand is known, imported history included. For earlier
/// orders without an earlier order of the customer it is unknown whether the customer is new. Absent: the day of the
/// brand's first order.
/// </param>
/// <param name="Assistants">
/// Clicks and visits of assistants, which are counted apart: <c>credited</c> if they can earn credit, <c>ignored</c> if
/// not. Absent: <c>ignored</c>.
/// </param>
/// <param name="Referrals">
/// The claims of referral that can earn credit, until the first version that changes it: <c>all</c>, <c>verified</c> (those
/// that the shop had confirmed) or <c>ignored</c> (none). Absent: <c>all</c>.
/// </param>
/// <param name="ProductMargins">
/// Gross margins of products and categories, for the report by product. A product's precedes that of its category, which
/// precedes <paramref name="GrossMarginPercent"/>. Absent: none.
/// </param>
public sealed record BrandItem(
    string Id, string Name, string Currency = "USD", string TimeZone = "Etc/UTC", string BookModel = "last_touch",
    PolicyItem? Policy = null, LookbackItem? Lookback = null,
    IReadOnlyList<BrandVersionItem>? Versions = null, int? RateMaxAgeDays = null,
    IReadOnlyList<string>? Origins = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? GrossMarginPercent = null,
    IReadOnlyList<CreatorTierItem>? Tiers = null, IReadOnlyList<BenchmarkItem>? Benchmarks = null,
    DateOnly? HistoryCompleteSince = null, string? Assistants = null,
    string? Referrals = null, IReadOnlyList<ProductMarginItem>? ProductMargins = null) : ICatalogItem
{
    /// <summary>The value of <see cref="Assistants"/> with which touches of assistants can earn credit.</summary>
    public const string CreditedAssistants = "credited";

    /// <summary>The value of <see cref="Assistants"/> with which touches of assistants earn nothing.</summary>
    public const string IgnoredAssistants = "ignored";
}
