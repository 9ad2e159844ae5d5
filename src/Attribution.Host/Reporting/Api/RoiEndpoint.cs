using System.ComponentModel;
using Attribution.Core.Identity;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Statistics;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Ledger;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary><c>GET /v1/roi</c>: a return and how sure it is.</summary>
internal static class RoiEndpoint
{
    public static void MapRoi(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/roi", async (
                [Description("Needed. First local day, inside: 2026-03-01.")] string? from,
                [Description("Needed. Last local day, inside.")] string? to,
                [Description("The brand; default when absent.")] string? brand,
                [Description("Of this campaign only.")] string? campaign,
                [Description("Of this creator only.")] string? creator,
                HttpContext http, CatalogCache source, IRollupStore rollups, ILedgerStore ledger, TimeProvider time, CancellationToken cancellation) =>
            {
                var (query, fault) = RollupQuery.Parse(http.Request.Query, await source.RefreshAsync(cancellation), Timestamp.From(time.GetUtcNow()));
                return query is null ? fault! : Results.Json(await AnswerAsync(query, rollups, ledger, cancellation), ReportJson.Options);
            })
            .AllowQueryParameters("from", "to", "brand", "campaign", "creator")
            .WithTags("Report").WithName("GetRoi").WithSummary("ROI by the books, with the interval that chance leaves it.")
            .WithDescription($"The interval is a bootstrap over orders: {Bootstrap.ResampleCount} resamples from a fixed seed, in which each order counts as often as a Poisson number of mean 1 says, and the 2.5th and 97.5th percentile of their ROI. It says what chance alone does to what an order brings and how many come; not what a season or a wrong attribution does.")
            .Produces<RoiAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);

    /// <summary>The answer for the scope of a query, by the books and in the cohort view.</summary>
    public static async Task<RoiAnswer> AnswerAsync(RollupQuery scope, IRollupStore rollups, ILedgerStore ledger, CancellationToken cancellation) =>
        await AnswerAsync(scope, await ledger.SumByConversionAsync(scope.Brand.Id, scope.From, scope.To, scope.Campaign, scope.Creator, cancellation), rollups, cancellation);

    /// <summary>The answer where the sums of its conversions are known.</summary>
    public static async Task<RoiAnswer> AnswerAsync(RollupQuery scope, IReadOnlyList<ConversionSum> sums, IRollupStore rollups, CancellationToken cancellation)
    {
        var figures = await RollupAggregation.ReadBookTotalsAsync(scope, rollups, cancellation);
        var interval = Bootstrap.RoiPercent95([.. sums.Select(sum => new OrderSample(sum.Net, sum.Commission))], figures.Cost - sums.Sum(sum => sum.Commission));
        var currency = scope.Brand.Currency;
        return new(
            scope.Campaign, scope.Creator, scope.From, scope.To, ModelNames.NameOf(scope.Brand.ReportedModel), currency.Code, currency.Format(figures.Net), currency.Format(figures.Cost),
            RollupRow.FormatRatio(Ratios.RoiPercent(figures.Net, figures.Cost)), interval is var (low, high) ? new(RollupRow.FormatRatio(low)!, RollupRow.FormatRatio(high)!) : null,
            sums.Count(sum => sum.Micros > 0 && sum.Conversion.StartsWith(IdentityRules.OrderAlias(""), StringComparison.Ordinal)), figures.ConversionMicros < Proportion.MinConversions * 1_000_000L);
    }
}

/// <summary>A return, by the books, refunds on the order's day.</summary>
/// <param name="CampaignId">Of this campaign only; null: of all.</param>
/// <param name="CreatorId">Of this creator only; null: of all.</param>
/// <param name="From">First local day, inside.</param>
/// <param name="To">Last local day, inside.</param>
/// <param name="Model">The model of the books.</param>
/// <param name="Currency">The brand's.</param>
/// <param name="Net">What was credited.</param>
/// <param name="Cost">What it cost.</param>
/// <param name="RoiPercent">The return; null where the cost is not above 0.</param>
/// <param name="RoiInterval">Between these the return lies in 95 of 100 resamples of the orders; null without orders, or without a cost other than commission.</param>
/// <param name="Orders">Orders with any credit, each once, also where several creators share it.</param>
/// <param name="TooFewToTell">True where fewer than 10 conversions are credited.</param>
internal sealed record RoiAnswer(
    string? CampaignId, string? CreatorId, DateOnly From, DateOnly To, string Model, string Currency, string Net, string Cost, string? RoiPercent, RollupInterval? RoiInterval,
    int Orders, bool TooFewToTell);
