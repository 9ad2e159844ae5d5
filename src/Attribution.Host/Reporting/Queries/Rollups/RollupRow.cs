using System.Text.Json.Serialization;
using Attribution.Core.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>
/// A row of the rollups: measures of a group under a model. Amounts are in major units with the decimals of the
/// currency. A ratio whose divisor is 0 is null.
/// </summary>
internal sealed record RollupRow
{
    /// <summary>The last day for which a later day can be computed.</summary>
    private static readonly DateOnly LastRipeningDay = DateOnly.MaxValue.AddDays(-500);

    /// <summary>The brand's local day; absent if days are added up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateOnly? Day { get; init; }

    /// <summary>The campaign; absent if campaigns are added up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CampaignId { get; init; }

    /// <summary>The creator; null for costs of a campaign as a whole, absent if creators are added up.</summary>
    public string? CreatorId { get; init; }

    public required string Model { get; init; }

    /// <summary><c>closed</c> if every requested day in the row is closed, otherwise <c>open</c>.</summary>
    public required string Status { get; init; }

    public required long Clicks { get; init; }

    public required long UniqueVisitors { get; init; }

    /// <summary>Unique visitors with an order, not canceled, within the lookback after their click or visit.</summary>
    public required long ConvertedVisitors { get; init; }

    public required long Visits { get; init; }

    /// <summary>Clicks and visits labeled as bot, prefetch or HEAD request.</summary>
    public required long InvalidTouches { get; init; }

    /// <summary>Clicks and visits labeled as assistant; absent if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long AssistantTouches { get; init; }

    /// <summary>Claims of referral, which agents state with orders; absent if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Referrals { get; init; }

    public required long Orders { get; init; }

    public required Share Conversions { get; init; }

    public required Share Leads { get; init; }

    public required long Redemptions { get; init; }

    public required long NewCustomers { get; init; }

    /// <summary>Orders of which it is unknown whether the customer is new; absent if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long UnknownCustomers { get; init; }

    public required string Currency { get; init; }

    public required Money Gross { get; init; }

    public required Money Discount { get; init; }

    public required Money Refunds { get; init; }

    public required Money Net { get; init; }

    public required RollupCost Cost { get; init; }

    public required Ratio? RoiPercent { get; init; }

    public required Ratio? MarginRoiPercent { get; init; }

    public required Ratio? Roas { get; init; }

    public required Ratio? Cpa { get; init; }

    public required Ratio? Cpc { get; init; }

    public required Ratio? Aov { get; init; }

    public required Ratio? ConversionRate { get; init; }

    /// <summary>
    /// Wilson's 95 % interval of the conversion rate; null if there are no visitors, or fewer visitors than
    /// conversions.
    /// </summary>
    public required RollupInterval? ConversionRateInterval { get; init; }

    public required Ratio? VisitorConversionRate { get; init; }

    /// <summary>Wilson's 95 % interval of the visitor conversion rate; null if there are no visitors.</summary>
    public required RollupInterval? VisitorConversionRateInterval { get; init; }

    /// <summary>
    /// The local day on which the lookback of the last visits ends. Until it is closed, further orders may raise
    /// <c>convertedVisitors</c>; afterwards absent, as without visitors.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateOnly? RipensUntil { get; init; }

    /// <summary>
    /// True if fewer than 10 conversions are credited, too few for a reliable rate; otherwise absent.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TooFewToTell { get; init; }

    public required Ratio? Epc { get; init; }

    public required DateOnly? PaybackDay { get; init; }

    public required long? BreakEvenOrders { get; init; }

    public required RollupEngagement Engagement { get; init; }

    /// <summary>True if amounts of the row wait for an exchange rate; otherwise absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Incomplete { get; init; }

    /// <summary>
    /// The part of <c>conversions</c> whose money waits for an exchange rate; absent if there is none. <c>cpa</c>,
    /// <c>aov</c> and <c>breakEvenOrders</c> leave it out.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Share? ConversionsWithoutRate { get; init; }

    /// <summary>
    /// Gets a value indicating whether rows are grouped by creator, so that a null creator is written.
    /// </summary>
    [JsonIgnore]
    public bool ByCreator { get; init; }

    /// <summary>
    /// Gets a value indicating whether the row is credited to a placement. Only CSV contains rows that are not.
    /// </summary>
    [JsonIgnore]
    public bool Attributed { get; init; }

    /// <summary>Creates the row of a group under a model.</summary>
    public static RollupRow FromGroup(RollupQuery query, RollupGroupResult group, DateOnly? closedThrough)
    {
        var (key, model, cell, earnings) = group;
        var figures = RollupFigures.FromCell(cell, model, query.View);
        var currency = query.Brand.Currency;
        return new RollupRow
        {
            Day = key.Day, CampaignId = key.Campaign, CreatorId = key.Creator, ByCreator = query.GroupBy.Creator,
            Attributed = key.Attributed,
            Model = ModelNames.NameOf(model),
            Status = (key.Day ?? query.To) <= closedThrough ? "closed" : "open",
            Clicks = figures.Clicks, UniqueVisitors = figures.UniqueVisitors,
            ConvertedVisitors = figures.ConvertedVisitors, Visits = figures.Visits,
            InvalidTouches = figures.InvalidTouches, AssistantTouches = figures.AssistantTouches,
            Referrals = figures.Referrals,
            Orders = figures.Orders, Conversions = new(figures.ConversionMicros), Leads = new(figures.LeadMicros),
            Redemptions = figures.Redemptions, NewCustomers = figures.NewCustomers,
            UnknownCustomers = figures.UnknownCustomers, Currency = currency.Code,
            Gross = new(figures.Gross, currency), Discount = new(figures.Discount, currency),
            Refunds = new(figures.Refunds, currency), Net = new(figures.Net, currency),
            Cost = RollupCost.FromFigures(figures, currency),
            RoiPercent = Ratio.FromNullable(Ratios.RoiPercent((decimal)figures.Net, (decimal)figures.Cost)),
            MarginRoiPercent = earnings.HasMargin
                ? Ratio.FromNullable(Ratios.RoiPercent(earnings.Amount, (decimal)figures.Cost)) : null,
            Roas = Ratio.FromNullable(Ratios.Roas(figures.Net, figures.Cost)),
            Cpa = Ratio.FromNullable(Ratios.Cpa(currency, figures.Cost, figures.RatedConversionMicros)),
            Cpc = Ratio.FromNullable(Ratios.Cpc(currency, figures.Cost, figures.Clicks)),
            Aov = Ratio.FromNullable(
                Ratios.Aov(currency, figures.Gross - figures.Discount, figures.RatedConversionMicros)),
            ConversionRate = Ratio.FromNullable(
                Ratios.ConversionRate(figures.ConversionMicros, figures.UniqueVisitors)),
            ConversionRateInterval = RollupInterval.FromBounds(
                Proportion.Interval95(figures.ConversionMicros, figures.UniqueVisitors)),
            VisitorConversionRate = Ratio.FromNullable(
                Ratios.VisitorConversionRate(figures.ConvertedVisitors, figures.UniqueVisitors)),
            VisitorConversionRateInterval = RollupInterval.FromBounds(
                Proportion.Interval95(figures.ConvertedMicros, figures.UniqueVisitors)),
            RipensUntil = figures.UniqueVisitors > 0 ? FindRipeningEnd(query.Brand, key.Day ?? query.To, closedThrough) : null,
            TooFewToTell = figures.ConversionMicros < Proportion.MinConversions * 1_000_000L,
            Epc = Ratio.FromNullable(Ratios.Epc(currency, figures.Net, figures.Clicks)),
            // With many creators, the store has added up the days already.
            PaybackDay = query.GroupBy.Day || (query.GroupBy.Creator && query.Creator is null) ? null
                : earnings.PaybackDay,
            BreakEvenOrders = Ratios.BreakEvenOrders(
                earnings.Amount, figures.Cost, figures.Commission, figures.RatedConversionMicros),
            Engagement = RollupEngagement.FromFigures(figures, currency),
            Incomplete = figures.Incomplete,
            ConversionsWithoutRate = figures.WithoutRateMicros == 0 ? null : new Share(figures.WithoutRateMicros),
        };
    }

    /// <summary>
    /// Returns the local day on which the lookback of a day's last visit ends; null once that day is closed.
    /// </summary>
    private static DateOnly? FindRipeningEnd(BrandSettings brand, DateOnly day, DateOnly? closedThrough)
    {
        if (day > LastRipeningDay) return null;
        var lastVisit = brand.Calendar.EndOf(day) - TimeSpan.FromMilliseconds(1);
        var end = brand.Calendar.DayOf(lastVisit + brand.MaxLookback);
        return end <= closedThrough ? null : end;
    }

    /// <summary>Returns a ratio by the name of its <see cref="RatioDefinition"/>; null if it is undefined.</summary>
    public decimal? GetRatio(string name) => name switch
    {
        "roiPercent" => RoiPercent?.Value,
        "marginRoiPercent" => MarginRoiPercent?.Value,
        "roas" => Roas?.Value,
        "cpa" => Cpa?.Value,
        "cpc" => Cpc?.Value,
        "cpe" => Engagement.Cpe?.Value,
        "cpm" => Engagement.Cpm?.Value,
        "epc" => Epc?.Value,
        "aov" => Aov?.Value,
        "conversionRate" => ConversionRate?.Value,
        "visitorConversionRate" => VisitorConversionRate?.Value,
        "engagementRate" => Engagement.EngagementRate?.Value,
        "breakEvenOrders" => BreakEvenOrders,
        // A day, not a number.
        "paybackDay" => null,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such ratio."),
    };

    /// <summary>Returns a number of the row by the name of its JSON member; null if there is no such number.</summary>
    public decimal? FindMeasure(string name) =>
        ReportJson.Options.GetTypeInfo(typeof(RollupRow))
            .Properties.FirstOrDefault(property => property.Name == name)?.Get?.Invoke(this) switch
        {
            long count => count,
            Money amount => amount.Major,
            Share share => share.Value,
            Ratio ratio => ratio.Value,
            _ => null,
        };
}

/// <summary>The cost of a row by kind.</summary>
internal sealed record RollupCost(
    Money Fee, Money Production, Money Management, Money Gift, Money Shipping, Money Commission, Money Other,
    Money Total)
{
    /// <summary>Creates the cost of a group.</summary>
    public static RollupCost FromFigures(RollupFigures figures, Currency currency)
    {
        return new(
            Cost(Measure.CostFee), Cost(Measure.CostProduction), Cost(Measure.CostManagement), Cost(Measure.CostGift),
            Cost(Measure.CostShipping),
            new(figures.Commission, currency), Cost(Measure.CostOther), new(figures.Cost, currency));

        Money Cost(Measure measure) => new(figures.GetAmount(measure), currency);
    }
}

/// <summary>The growth of the counters of a row's posts, and its cost.</summary>
internal sealed record RollupEngagement(
    Int128 Impressions, Int128 Reach, Int128 Likes, Int128 Comments, Int128 Shares, Int128 Saves, Int128 Views, Ratio? Cpe,
    Ratio? Cpm, Ratio? EngagementRate)
{
    /// <summary>Creates the engagement of a group.</summary>
    public static RollupEngagement FromFigures(RollupFigures figures, Currency currency)
    {
        var (likes, comments) = (figures.GetMeasure(Measure.Likes), figures.GetMeasure(Measure.Comments));
        var (shares, saves) = (figures.GetMeasure(Measure.Shares), figures.GetMeasure(Measure.Saves));
        var (impressions, reach) = (figures.GetMeasure(Measure.Impressions), figures.GetMeasure(Measure.Reach));
        var engagements = likes + comments + shares + saves;
        return new(
            impressions, reach, likes, comments, shares, saves, figures.GetMeasure(Measure.Views),
            Ratio.FromNullable(Ratios.Cpe(currency, figures.Cost, engagements)),
            Ratio.FromNullable(Ratios.Cpm(currency, figures.Cost, impressions)),
            Ratio.FromNullable(Ratios.EngagementRate(engagements, reach)));
    }
}

/// <summary>The interval that contains the true value in 95 of 100 cases (both bounds inclusive).</summary>
internal sealed record RollupInterval(Ratio Low, Ratio High)
{
    /// <summary>Creates an interval from its bounds; null if there are none.</summary>
    public static RollupInterval? FromBounds((decimal Low, decimal High)? bounds) => bounds is var (low, high)
        ? new(new(low), new(high)) : null;
}
