using System.Globalization;
using System.Text.Json.Serialization;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Statistics;
using Attribution.Core.Values;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>
/// A row as answered: measures of a group under a model. Money is text in major units with the currency's own decimals. A ratio whose
/// divisor is 0 is null.
/// </summary>
internal sealed record RollupRow
{
    /// <summary>The brand's local day; absent where days are added up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateOnly? Day { get; init; }

    /// <summary>The campaign; absent where campaigns are added up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CampaignId { get; init; }

    /// <summary>The creator; null for costs of a campaign as a whole, absent where creators are added up.</summary>
    public string? CreatorId { get; init; }

    public required string Model { get; init; }

    /// <summary><c>closed</c> when every day asked for that the row adds up is closed, else <c>open</c>.</summary>
    public required string Status { get; init; }

    public required long Clicks { get; init; }

    public required long UniqueVisitors { get; init; }

    public required long Visits { get; init; }

    public required long InvalidTouches { get; init; }

    public required long Orders { get; init; }

    public required string Conversions { get; init; }

    public required string Leads { get; init; }

    public required long Redemptions { get; init; }

    public required long NewCustomers { get; init; }

    public required string Currency { get; init; }

    public required string Gross { get; init; }

    public required string Discount { get; init; }

    public required string Refunds { get; init; }

    public required string Net { get; init; }

    public required RollupCost Cost { get; init; }

    public required string? RoiPercent { get; init; }

    public required string? MarginRoiPercent { get; init; }

    public required string? Roas { get; init; }

    public required string? Cpa { get; init; }

    public required string? Cpc { get; init; }

    public required string? Aov { get; init; }

    public required string? ConversionRate { get; init; }

    /// <summary>Wilson's 95 % interval of the conversion rate; null where there were no visitors, or fewer than conversions.</summary>
    public required RollupInterval? ConversionRateInterval { get; init; }

    /// <summary>True where fewer than 10 conversions are credited: too few to tell; else absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TooFewToTell { get; init; }

    public required string? Epc { get; init; }

    public required DateOnly? PaybackDay { get; init; }

    public required long? BreakEvenOrders { get; init; }

    public required RollupEngagement Engagement { get; init; }

    /// <summary>True when amounts of the row wait for an exchange rate; else absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Incomplete { get; init; }

    /// <summary>Whether creators are kept apart, so that a null creator is said.</summary>
    [JsonIgnore]
    public bool ByCreator { get; init; }

    /// <summary>False in CSV for what no placement is credited with.</summary>
    [JsonIgnore]
    public bool Attributed { get; init; }

    /// <summary>The row of a group under a model.</summary>
    public static RollupRow FromGroup(RollupQuery query, RollupGroupResult shown, DateOnly? closedThrough)
    {
        var (key, model, cell, earnings) = shown;
        var figures = RollupFigures.FromCell(cell, model, query.View);
        var currency = query.Brand.Currency;
        return new RollupRow
        {
            Day = key.Day, CampaignId = key.Campaign, CreatorId = key.Creator, ByCreator = query.GroupBy.Creator, Attributed = key.Attributed,
            Model = ModelNames.NameOf(model),
            Status = (key.Day ?? query.To) <= closedThrough ? "closed" : "open",
            Clicks = figures.Clicks, UniqueVisitors = figures.UniqueVisitors, Visits = figures.Visits, InvalidTouches = figures.InvalidTouches,
            Orders = figures.Orders, Conversions = FormatShare(figures.ConversionMicros), Leads = FormatShare(figures.LeadMicros),
            Redemptions = figures.Redemptions, NewCustomers = figures.NewCustomers, Currency = currency.Code,
            Gross = currency.Format(figures.Gross), Discount = currency.Format(figures.Discount),
            Refunds = currency.Format(figures.Refunds), Net = currency.Format(figures.Net),
            Cost = RollupCost.FromFigures(figures, currency),
            RoiPercent = FormatRatio(Ratios.RoiPercent(figures.Net, figures.Cost)),
            MarginRoiPercent = earnings.HasMargin ? FormatRatio(Ratios.RoiPercent(earnings.Amount, figures.Cost)) : null,
            Roas = FormatRatio(Ratios.Roas(figures.Net, figures.Cost)),
            Cpa = FormatRatio(Ratios.Cpa(currency, figures.Cost, figures.ConversionMicros)),
            Cpc = FormatRatio(Ratios.Cpc(currency, figures.Cost, figures.Clicks)),
            Aov = FormatRatio(Ratios.Aov(currency, figures.Gross - figures.Discount, figures.ConversionMicros)),
            ConversionRate = FormatRatio(Ratios.ConversionRate(figures.ConversionMicros, figures.UniqueVisitors)),
            ConversionRateInterval = Proportion.Interval95(figures.ConversionMicros, figures.UniqueVisitors) is { } sure ? new(FormatRatio(sure.Low)!, FormatRatio(sure.High)!) : null,
            TooFewToTell = figures.ConversionMicros < Proportion.MinConversions * 1_000_000L,
            Epc = FormatRatio(Ratios.Epc(currency, figures.Net, figures.Clicks)),
            // Of many creators days are added up before they come here.
            PaybackDay = query.GroupBy.Day || (query.GroupBy.Creator && query.Creator is null) ? null : earnings.PaybackDay,
            BreakEvenOrders = Ratios.BreakEvenOrders(earnings.Amount, figures.Cost, figures.Commission, figures.ConversionMicros),
            Engagement = RollupEngagement.FromFigures(figures, currency),
            Incomplete = figures.Incomplete,
        };
    }

    /// <summary>A ratio by the name of its <see cref="RatioDefinition"/>; null where there is none.</summary>
    public string? GetRatio(string name) => name switch
    {
        "roiPercent" => RoiPercent,
        "marginRoiPercent" => MarginRoiPercent,
        "roas" => Roas,
        "cpa" => Cpa,
        "cpc" => Cpc,
        "cpe" => Engagement.Cpe,
        "cpm" => Engagement.Cpm,
        "epc" => Epc,
        "aov" => Aov,
        "conversionRate" => ConversionRate,
        "engagementRate" => Engagement.EngagementRate,
        "paybackDay" => PaybackDay?.ToString("O", CultureInfo.InvariantCulture),
        "breakEvenOrders" => BreakEvenOrders?.ToString(CultureInfo.InvariantCulture),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such ratio."),
    };

    /// <summary>Millionths as a number of six decimals.</summary>
    internal static string FormatShare(long micros) => (micros / 1_000_000m + 0.000000m).ToString("0.000000", CultureInfo.InvariantCulture);

    /// <summary>What <see cref="FormatRatio(decimal?)"/> wrote.</summary>
    internal static decimal? ParseRatio(string? ratio) => ratio is null ? null : decimal.Parse(ratio, CultureInfo.InvariantCulture);

    internal static string? FormatRatio(decimal? ratio) => ratio?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Where the true value lies in 95 of 100 cases, both ends inside.</summary>
internal sealed record RollupInterval(string Low, string High);

/// <summary>What a row cost, by kind.</summary>
internal sealed record RollupCost(
    string Fee, string Production, string Management, string Gift, string Shipping, string Commission, string Other, string Total)
{
    public static RollupCost FromFigures(RollupFigures figures, Currency currency) => new(
        currency.Format(figures.GetMeasure(Measure.CostFee)), currency.Format(figures.GetMeasure(Measure.CostProduction)),
        currency.Format(figures.GetMeasure(Measure.CostManagement)), currency.Format(figures.GetMeasure(Measure.CostGift)),
        currency.Format(figures.GetMeasure(Measure.CostShipping)), currency.Format(figures.Commission),
        currency.Format(figures.GetMeasure(Measure.CostOther)), currency.Format(figures.Cost));
}

/// <summary>What a row's posts grew by, and what that cost.</summary>
internal sealed record RollupEngagement(
    long Impressions, long Reach, long Likes, long Comments, long Shares, long Saves, long Views, string? Cpe, string? Cpm, string? EngagementRate)
{
    public static RollupEngagement FromFigures(RollupFigures figures, Currency currency)
    {
        var (likes, comments) = (figures.GetMeasure(Measure.Likes), figures.GetMeasure(Measure.Comments));
        var (shares, saves) = (figures.GetMeasure(Measure.Shares), figures.GetMeasure(Measure.Saves));
        var (engagements, impressions, reach) = (likes + comments + shares + saves, figures.GetMeasure(Measure.Impressions), figures.GetMeasure(Measure.Reach));
        return new(
            impressions, reach, likes, comments, shares, saves, figures.GetMeasure(Measure.Views),
            RollupRow.FormatRatio(Ratios.Cpe(currency, figures.Cost, engagements)), RollupRow.FormatRatio(Ratios.Cpm(currency, figures.Cost, impressions)),
            RollupRow.FormatRatio(Ratios.EngagementRate(engagements, reach)));
    }
}
