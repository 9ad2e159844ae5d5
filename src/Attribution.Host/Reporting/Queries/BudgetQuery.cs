using System.Text.Json.Serialization;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The query for the budget of a campaign.</summary>
internal static class BudgetQuery
{
    private const int LookbackDays = 366;

    /// <summary>Validates the parameters and computes the answer.</summary>
    /// <param name="campaign">Id of the campaign; null is rejected.</param>
    /// <param name="brandId">Id of the brand; null for <c>default</c>.</param>
    /// <param name="dayText">Local day; null for today.</param>
    /// <param name="now">The current time.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="store">The rollups.</param>
    /// <param name="cancellation">Cancels the query.</param>
    public static async Task<QueryResult<BudgetAnswer>> RunAsync(
        string? campaign, string? brandId, string? dayText, Timestamp now, CatalogSnapshot catalog, IRollupStore store,
        CancellationToken cancellation)
    {
        if (!QueryScope.FindBrand(brandId, catalog).TryGet(out var brand, out var problem)) return problem;
        if (campaign is null) return QueryProblem.BadParameter("campaign", "Required: the id of the campaign");
        if (catalog.FindCampaign(campaign)?.Brand != brand.Id)
            return QueryProblem.BadParameter("campaign", $"The brand '{brand.Id}' has no campaign '{campaign}'");
        var day = brand.Calendar.DayOf(now);
        if (dayText is not null && !Rfc3339.TryParseDay(dayText, out day))
            return QueryProblem.BadParameter("on", "Must be a local day, for example 2026-03-31");
        return await ComputeAsync(brand, campaign, day, catalog, store, cancellation);
    }

    /// <summary>Computes the answer for a campaign of the brand.</summary>
    public static async Task<BudgetAnswer> ComputeAsync(
        BrandSettings brand, string campaign, DateOnly on, CatalogSnapshot catalog, IRollupStore store,
        CancellationToken cancellation)
    {
        var item = (CampaignItem)catalog.Contents.Items[new(CatalogKind.Campaigns, campaign)];
        var currency = brand.Currency;
        var (sums, paid) = (new Dictionary<DateOnly, Int128>(), Int128.Zero);
        var (from, to) = GetPeriod(item, on, catalog);
        var sumQuery = new RollupSumQuery { Grain = RollupGrain.Campaigns, From = from, To = to, Campaign = campaign };
        await foreach (var (key, cell) in (
            await store.SumRollupsAsync(brand.Id, [sumQuery], asOf: null, cancellation))[0].Cells.WithCancellation(
            cancellation))
        {
            if (key.Campaign != campaign) continue;
            var figures = RollupFigures.FromCell(cell, brand.ReportedModel, RollupView.Cohort);
            sums[key.Day] = sums.GetValueOrDefault(key.Day) + figures.Cost;
            if (key.Day <= on) paid += figures.Commission;
        }

        var limit = item.Budget is { } budget && currency.TryToMinor(budget, out var minor) ? minor : (long?)null;
        var status = BudgetStatus.Calculate(limit, sums, paid, on, item.StartsOn, item.EndsOn);
        return new(
            campaign, on, currency.Code, item.Budget, new(status.Spent, currency), new(status.Planned, currency),
            ToMoney(status.Remaining),
            new((Int128)decimal.Round(status.CommissionPerDay, MidpointRounding.ToEven), currency),
            ToMoney(status.ProjectedSpend), status.ProjectedEnd,
            new(SumUnshared(brand, campaign, catalog), currency));

        Money? ToMoney(Int128? amount) => amount is { } known ? new(known, currency) : null;
    }

    private static (DateOnly From, DateOnly To) GetPeriod(CampaignItem campaign, DateOnly on, CatalogSnapshot catalog)
    {
        var days = catalog.Items<CostItem>().Where(cost => cost.CampaignId == campaign.Id)
            .SelectMany(cost => new[] { cost.On, cost.From, cost.To }).OfType<DateOnly>()
            .Concat(new[] { campaign.StartsOn, campaign.EndsOn }.OfType<DateOnly>()).Append(on).ToList();
        // Agreements may have paid commission before the first cost or the first day of the campaign, but at most a
        // year before.
        var first = days.Min();
        return (first.DayNumber > LookbackDays ? first.AddDays(-LookbackDays) : DateOnly.MinValue, days.Max());
    }

    private static Int128 SumUnshared(BrandSettings brand, string campaign, CatalogSnapshot catalog)
    {
        var costs = CostMeasures.Calculate(
            catalog, catalog.Items<CostItem>().Where(cost => cost.CampaignId == campaign && cost.CreatorId is null));
        return costs.Cells.Where(cell => cell.Key is { IsUnmatched: false, Creator: "" })
            .Aggregate(
                Int128.Zero,
                (sum, cell) => sum + RollupFigures.FromCell(cell.Value, brand.ReportedModel, RollupView.Cohort).Cost);
    }
}

/// <summary>The budget of a campaign and its use. Amounts are in major units of the brand's currency.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="On">The local day at whose end the budget is evaluated.</param>
/// <param name="Currency">Currency of the brand.</param>
/// <param name="Budget">Budget of the campaign; null if it has none.</param>
/// <param name="Spent">Cost on days up to and including that day, commission included.</param>
/// <param name="Planned">Cost that the catalog contains for later days.</param>
/// <param name="Left">Budget − spent − planned; negative if overspent; null without a budget.</param>
/// <param name="CommissionPerDay">
/// Commission so far ÷ days so far, from the first day of the campaign, or of its first cost if it has no first day.
/// </param>
/// <param name="ProjectedSpend">
/// Spent + planned + commission per day × days left to the last day of the campaign; null if it has no last day.
/// </param>
/// <param name="ProjectedEnd">
/// First day at whose end more than the budget is spent, with known costs on their days and commission at the current
/// rate; null without a budget, or if the budget lasts until the last day of the campaign (three years if it has none).
/// </param>
/// <param name="Unshared">
/// Cost, on any day, that no creator bears: all costs that name no creator if the campaign has no costSharing; with
/// by_net, those of months whose net is not fixed yet.
/// </param>
internal sealed record BudgetAnswer(
    string CampaignId, DateOnly On, string Currency,
    [property: JsonConverter(typeof(DecimalTextConverter))] decimal? Budget, Money Spent, Money Planned, Money? Left,
    Money CommissionPerDay, Money? ProjectedSpend, DateOnly? ProjectedEnd, Money Unshared);
