using System.ComponentModel;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary><c>GET /v1/budget</c>: what of a campaign's budget is spent, planned and left, and how long it lasts.</summary>
internal static class BudgetEndpoint
{
    public static void MapBudget(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/budget", async (
                [Description("Needed. The campaign.")] string? campaign,
                [Description("The brand; default when absent.")] string? brand,
                [Description("The local day at whose end the books are looked at; today when absent. Later days count as planned.")] string? on,
                CatalogCache source, IRollupStore store, TimeProvider time, CancellationToken cancellation) =>
            {
                var catalog = await source.RefreshAsync(cancellation);
                if (!QueryScope.TryFindBrand(brand, catalog, out var settings, out var fault)) return fault;
                if (campaign is null || catalog.FindCampaign(campaign)?.Brand != settings.Id)
                    return ApiProblems.BadParameter("campaign", campaign is null ? "Is needed: the campaign's id" : $"The brand '{settings.Id}' has no campaign '{campaign}'");
                var day = settings.Calendar.DayOf(Timestamp.From(time.GetUtcNow()));
                if (on is not null && !Rfc3339.TryParseDay(on, out day)) return ApiProblems.BadParameter("on", "A local day such as 2026-03-31");
                return Results.Json(await AnswerAsync(settings, campaign, day, catalog, store, cancellation), ReportJson.Options);
            })
            .AllowQueryParameters("campaign", "brand", "on")
            .WithTags("Report").WithName("GetBudget").WithSummary("What of a campaign's budget is spent, planned and left, and how long it lasts.")
            .Produces<BudgetAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);

    /// <summary>The answer of a campaign of the brand.</summary>
    public static async Task<BudgetAnswer> AnswerAsync(BrandSettings brand, string campaign, DateOnly on, CatalogSnapshot catalog, IRollupStore store, CancellationToken cancellation)
    {
        var item = (CampaignItem)catalog.Contents.Items[new(CatalogKind.Campaigns, campaign)];
        var currency = brand.Currency;
        var (costs, commission) = (new Dictionary<DateOnly, long>(), 0L);
        var dated = catalog.Items<CostItem>().Where(cost => cost.CampaignId == campaign).SelectMany(cost => new[] { cost.On, cost.From, cost.To }).OfType<DateOnly>()
            .Concat(new[] { item.StartsOn, item.EndsOn }.OfType<DateOnly>()).Append(on).ToList();
        // An agreement may have paid before the first cost or the campaign's first day, but not before a year of it.
        var from = dated.Min() is var first && first.DayNumber > LookbackDays ? first.AddDays(-LookbackDays) : DateOnly.MinValue;
        var question = new RollupSumQuery { Grain = RollupGrain.Campaigns, From = from, To = dated.Max(), Campaign = campaign };
        await foreach (var (key, cell) in (await store.SumRollupsAsync(brand.Id, [question], asOf: null, cancellation))[0].Cells.WithCancellation(cancellation))
        {
            if (key.Campaign != campaign) continue;
            var figures = RollupFigures.FromCell(cell, brand.ReportedModel, RollupView.Cohort);
            costs[key.Day] = costs.GetValueOrDefault(key.Day) + figures.Cost;
            if (key.Day <= on) commission += figures.Commission;
        }

        var stand = BudgetStatus.Calculate(
            item.Budget is { } budget && currency.TryToMinor(budget, out var limit) ? limit : null, costs, commission, on, item.StartsOn, item.EndsOn);
        var own = CostMeasures.Calculate(catalog, catalog.Items<CostItem>().Where(cost => cost.CampaignId == campaign && cost.CreatorId is null));
        var unshared = own.Cells.Where(cell => cell.Key is { IsUnmatched: false, Creator: "" }).Sum(cell => RollupFigures.FromCell(cell.Value, brand.ReportedModel, RollupView.Cohort).Cost);
        return new(
            campaign, on, currency.Code, item.Budget is { } stated ? stated.ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
            currency.Format(stand.Spent), currency.Format(stand.Planned), stand.Remaining is { } left ? currency.Format(left) : null,
            currency.Format((long)decimal.Round(stand.CommissionPerDay, MidpointRounding.ToEven)),
            stand.ProjectedSpend is { } projected ? currency.Format(projected) : null, stand.ProjectedEnd, currency.Format(unshared));
    }

    private const int LookbackDays = 366;
}

/// <summary>Where a campaign stands against its budget. Amounts are major units of the brand's currency.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="On">The local day at whose end.</param>
/// <param name="Currency">The brand's.</param>
/// <param name="Budget">What it may cost; null where nobody said.</param>
/// <param name="Spent">Cost that stands on days through that one, commission included.</param>
/// <param name="Planned">Cost that the catalog has on later days.</param>
/// <param name="Left">Budget − spent − planned; below 0 where it is overspent; null without a budget.</param>
/// <param name="CommissionPerDay">Commission so far ÷ days so far, from the campaign's first day (without one, that of its first cost).</param>
/// <param name="ProjectedSpend">Spent + planned + commission per day × days left to the campaign's last day; null where it has none.</param>
/// <param name="ProjectedEnd">The first day whose end sees more spent than the budget, known costs on their days and commission at the rate so far; null without a budget, or where it lasts to the campaign's last day (without one, for three years).</param>
/// <param name="Unshared">Cost, on whatever day, that no creator bears and the campaign has for itself: all that names none where it has no costSharing; by_net that of months whose net is not fixed yet.</param>
internal sealed record BudgetAnswer(
    string CampaignId, DateOnly On, string Currency, string? Budget, string Spent, string Planned, string? Left, string CommissionPerDay, string? ProjectedSpend, DateOnly? ProjectedEnd,
    string Unshared);
