namespace Attribution.Core.Rollups;

/// <summary>
/// The definition of a ratio of a report. The API's description, the page and the table in the documentation are made
/// from it.
/// </summary>
/// <param name="Name">Name in JSON and CSV.</param>
/// <param name="Title">Title on the page.</param>
/// <param name="Formula">Formula over the sums of the row.</param>
/// <param name="Unit">The unit.</param>
/// <param name="UndefinedWhen">
/// Condition under which the ratio is undefined: null in JSON, empty in CSV, a dash on the page.
/// </param>
public sealed record RatioDefinition(string Name, string Title, string Formula, RatioUnit Unit, string UndefinedWhen)
{
    private const string NoCost = "cost is not above 0";
    private const string NoVisitors = "there are no visitors";
    private const string Rated = "conversions (without those whose money waits for an exchange rate)";

    /// <summary>Gets all ratios of a report, in display order.</summary>
    public static IReadOnlyList<RatioDefinition> All { get; } =
    [
        new("roiPercent", "ROI", "(net − cost) ÷ cost × 100", RatioUnit.Percent, NoCost),
        new(
            "marginRoiPercent", "Margin ROI", "(net × gross margin − cost) ÷ cost × 100, each campaign by its own margin",
            RatioUnit.Percent, $"{NoCost}, or no gross margin is set for a campaign of the row"),
        new("roas", "ROAS", "net ÷ cost", RatioUnit.Factor, NoCost),
        new(
            "cpa", "CPA", $"cost ÷ {Rated}", RatioUnit.Money, "there are no such conversions"),
        new("cpc", "CPC", "cost ÷ clicks", RatioUnit.Money, "there are no clicks"),
        new(
            "cpe", "CPE", "cost ÷ engagements (likes + comments + shares + saves)", RatioUnit.Money, "there are no engagements"),
        new("cpm", "CPM", "cost ÷ impressions × 1,000", RatioUnit.Money, "there are no impressions"),
        new("epc", "EPC", "net ÷ clicks", RatioUnit.Money, "there are no clicks"),
        new("aov", "AOV", $"(gross − discount) ÷ {Rated}", RatioUnit.Money, "there are no such conversions"),
        new(
            "visitorConversionRate", "Conversion rate", "converted visitors ÷ unique visitors", RatioUnit.Share, NoVisitors),
        new(
            "conversionRate", "Conversions per visitor", "conversions ÷ unique visitors; exceeds 1 if there are more conversions, "
            + "because orders by code need no visit", RatioUnit.Quotient, NoVisitors),
        new(
            "engagementRate", "Engagement rate", "engagements (likes + comments + shares + saves) ÷ reach", RatioUnit.Share,
            "there is no reach"),
        new(
            "paybackDay", "Payback day",
            "the first requested day from which the sum of net × gross margin (net if no margin is set) covers the sum of cost, "
            + "each summed from the first requested day",
            RatioUnit.Day,
            "the cost is not covered on the last day, there is no cost, or rows are by day, or by creator without naming one"),
        new(
            "breakEvenOrders", "Break-even orders",
            $"(cost − commission) ÷ ((net × gross margin − commission) ÷ {Rated}), rounded up; net if no margin is set",
            RatioUnit.Orders,
            "there are no such conversions, an order earns no more than its commission, or the only cost is commission"),
    ];

    /// <summary>Gets the definition in one sentence.</summary>
    public string Description => $"{Formula}; {UnitDescription}. Null if {UndefinedWhen}.";

    /// <summary>Gets a description of the unit.</summary>
    public string UnitDescription => Unit switch
    {
        RatioUnit.Percent => "percent",
        RatioUnit.Factor => "times",
        RatioUnit.Share => "0 to 1",
        RatioUnit.Quotient => "0 or more",
        RatioUnit.Money => "money",
        RatioUnit.Day => "a local day",
        RatioUnit.Orders => "orders",
        _ => throw new ArgumentOutOfRangeException(nameof(Unit), Unit, "Unknown unit."),
    };
}
