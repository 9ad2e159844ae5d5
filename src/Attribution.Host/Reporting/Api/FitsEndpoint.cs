using System.ComponentModel;
using System.Globalization;
using Attribution.Core.Catalog;
using Attribution.Core.Models.Fitting;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary>What the fitted models learned, fit by fit.</summary>
internal static class FitsEndpoint
{
    public static void MapFits(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/fits", async (
                [Description("The brand; default when absent.")] string? brand,
                [Description("Most fits of a page, 1 to 1000; 100 when absent.")] string? limit,
                [Description("The cursor that the page before answered.")] string? cursor,
                CatalogCache source, CancellationToken cancellation) =>
            {
                var catalog = await source.RefreshAsync(cancellation);
                if (catalog.FindBrand(brand ?? BrandSettings.DefaultId) is not { } settings) return ApiProblems.BadParameter("brand", $"There is no brand '{brand}'");
                if (!QueryParameters.TryReadLimit(limit, out var most, out var fault) || !QueryParameters.TryReadCursor(cursor, out var after, out fault)) return fault;
                var before = int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
                var fits = catalog.FitsOf(settings.Id).Reverse().Where(fit => fit.Number < before).Take(most + 1).ToList();
                return Results.Json(
                    new FitsAnswer([.. fits.Take(most).Select(FitAnswer.FromFit)], fits.Count > most ? QueryParameters.EncodeCursor(fits[most - 1].Number.ToString(CultureInfo.InvariantCulture)) : null),
                    ReportJson.Options);
            })
            .AllowQueryParameters("brand", "limit", "cursor")
            .WithTags("Report").WithName("ListFits").WithSummary("The fits of the Markov and Shapley models, newest first: what each placement is worth, and how many paths that rests on.")
            .Produces<FitsAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);
}

/// <summary>A page of fits.</summary>
/// <param name="Fits">Newest first.</param>
/// <param name="Cursor">Begins the next page; null at the end.</param>
internal sealed record FitsAnswer(IReadOnlyList<FitAnswer> Fits, string? Cursor);

/// <summary>A fit.</summary>
/// <param name="Number">1 for the brand's first, one more for each later.</param>
/// <param name="FittedAt">When.</param>
/// <param name="From">The first local day that it credits, until a later fit's.</param>
/// <param name="Order">Order of the Markov chain.</param>
/// <param name="Window">The local days of the paths.</param>
/// <param name="Paths">Paths that it rests on.</param>
/// <param name="Conversions">Those of them that converted.</param>
/// <param name="Values">By campaign and creator.</param>
internal sealed record FitAnswer(
    int Number, string FittedAt, DateOnly From, int Order, FitWindow Window, long Paths, long Conversions, IReadOnlyList<FitAnswerValue> Values)
{
    public static FitAnswer FromFit(Fit fit) => new(
        fit.Number, fit.FittedAt.ToString(), fit.From, fit.Order, new(fit.WindowFrom, fit.WindowTo), fit.Conversions + fit.NonConverting, fit.Conversions,
        [
            .. fit.Values.Select(value => new FitAnswerValue(
                value.Placement.Campaign, value.Placement.Creator, value.Paths, value.Conversions,
                (value.Effect / (decimal)Fit.EffectScale).ToString("0.000000", CultureInfo.InvariantCulture), RollupRow.FormatShare(value.Shapley))),
        ]);
}

/// <summary>What a placement is worth by a fit.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="CreatorId">The creator.</param>
/// <param name="Paths">Paths that hold the placement, converting or not.</param>
/// <param name="Conversions">Those of them that converted.</param>
/// <param name="RemovalEffect">The part of all conversions that the chain would lose without it, 0 to 1.</param>
/// <param name="Shapley">Its Shapley value in conversions; the values of a fit sum to its conversions.</param>
internal sealed record FitAnswerValue(string CampaignId, string CreatorId, long Paths, long Conversions, string RemovalEffect, string Shapley);
