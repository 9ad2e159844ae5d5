namespace Attribution.Core.Rollups;

/// <summary>What a ratio is counted in.</summary>
public enum RatioUnit
{
    /// <summary>Percent, one decimal.</summary>
    Percent,

    /// <summary>A number, two decimals.</summary>
    Factor,

    /// <summary>A share of 1, four decimals.</summary>
    Share,

    /// <summary>Major units of the brand's currency, with its own decimals.</summary>
    Money,

    /// <summary>A local day of the brand.</summary>
    Day,

    /// <summary>Whole orders.</summary>
    Orders,
}

/// <summary>
/// What a ratio of a report means. The one place where it is written: the API's description, the page and the table of the README take it
/// from here.
/// </summary>
/// <param name="Name">Its name in JSON and CSV.</param>
/// <param name="Title">Its name on the page.</param>
/// <param name="Formula">Of which sums, in words; all of them over the row.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="UndefinedWhen">When there is none: null in JSON, empty in CSV, a dash on the page.</param>
public sealed record RatioDefinition(string Name, string Title, string Formula, RatioUnit Unit, string UndefinedWhen)
{
    private const string NoCost = "cost is not above 0";

    /// <summary>Every ratio of a report, in the order it is shown in.</summary>
    public static IReadOnlyList<RatioDefinition> All { get; } =
    [
        new("roiPercent", "ROI", "(net − cost) ÷ cost × 100", RatioUnit.Percent, NoCost),
        new("marginRoiPercent", "Margin ROI", "(net × gross margin − cost) ÷ cost × 100, each campaign by its own margin", RatioUnit.Percent, $"{NoCost}, or no gross margin is set for a campaign of the row"),
        new("roas", "ROAS", "net ÷ cost", RatioUnit.Factor, NoCost),
        new("cpa", "CPA", "cost ÷ conversions", RatioUnit.Money, "there are no conversions"),
        new("cpc", "CPC", "cost ÷ clicks", RatioUnit.Money, "there are no clicks"),
        new("cpe", "CPE", "cost ÷ engagements (likes + comments + shares + saves)", RatioUnit.Money, "there are no engagements"),
        new("cpm", "CPM", "cost ÷ impressions × 1,000", RatioUnit.Money, "there are no impressions"),
        new("epc", "EPC", "net ÷ clicks", RatioUnit.Money, "there are no clicks"),
        new("aov", "AOV", "(gross − discount) ÷ conversions", RatioUnit.Money, "there are no conversions"),
        new("conversionRate", "Conversion rate", "conversions ÷ unique visitors", RatioUnit.Share, "there are no visitors"),
        new("engagementRate", "Engagement rate", "engagements (likes + comments + shares + saves) ÷ reach", RatioUnit.Share, "there is no reach"),
        new("paybackDay", "Payback day", "the first of the days asked for since which the sum of net × gross margin (net where no margin is set) has covered the sum of cost, each from the first day asked for", RatioUnit.Day, "it does not cover it on the last day, there is no cost, or rows are by day, or by creator without naming one"),
        new("breakEvenOrders", "Break-even orders", "(cost − commission) ÷ ((net × gross margin − commission) ÷ conversions), rounded up; net where no margin is set", RatioUnit.Orders, "there are no conversions, an order earns no more than its commission, or there is no cost but commission"),
    ];

    /// <summary>The definition in one sentence.</summary>
    public string Description => $"{Formula}; {UnitDescription}. None where {UndefinedWhen}.";

    /// <summary>The unit in words.</summary>
    public string UnitDescription => Unit switch
    {
        RatioUnit.Percent => "percent",
        RatioUnit.Factor => "times",
        RatioUnit.Share => "0 to 1",
        RatioUnit.Money => "money",
        RatioUnit.Day => "a local day",
        RatioUnit.Orders => "orders",
        _ => throw new ArgumentOutOfRangeException(nameof(Unit), Unit, "No such unit."),
    };
}
