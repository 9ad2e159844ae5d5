using System.Globalization;
using Attribution.Core.Catalog;
using Attribution.Core.Models.Fitting;
using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The query for the fits of a brand.</summary>
internal static class FitsQuery
{
    /// <summary>Returns a page of fits, newest first.</summary>
    public static QueryResult<FitsAnswer> Run(string? brandId, string? limit, string? cursor, CatalogSnapshot catalog)
    {
        if (!QueryScope.FindBrand(brandId, catalog).TryGet(out var brand, out var problem)
            || !PageRequest.Parse(limit, cursor).TryGet(out var page, out problem)) return problem;
        var before = int.TryParse(page.After, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : int.MaxValue;
        var fits = catalog.FitsOf(brand.Id).Reverse().Where(fit => fit.Number < before).Take(page.Limit + 1).ToList();
        return new FitsAnswer(
            [.. fits.Take(page.Limit).Select(FitAnswer.FromFit)], fits.Count > page.Limit
                ? PageRequest.EncodeCursor(fits[page.Limit - 1].Number) : null);
    }
}

/// <summary>A page of fits.</summary>
/// <param name="Fits">Fits, newest first.</param>
/// <param name="Cursor">Cursor of the next page; null on the last page.</param>
internal sealed record FitsAnswer(IReadOnlyList<FitAnswer> Fits, string? Cursor);

/// <summary>A fit.</summary>
/// <param name="Number">Number of the fit within the brand, starting with 1.</param>
/// <param name="FittedAt">Time of the fit.</param>
/// <param name="From">First local day that the fit credits; it is used until the first day of a later fit.</param>
/// <param name="Order">Order of the Markov chain.</param>
/// <param name="Window">Local days of the paths.</param>
/// <param name="Paths">Number of paths used.</param>
/// <param name="Conversions">Number of these paths that converted.</param>
/// <param name="Values">Values by campaign and creator.</param>
internal sealed record FitAnswer(
    int Number, string FittedAt, DateOnly From, int Order, FitWindow Window, long Paths, long Conversions,
    IReadOnlyList<FitAnswerValue> Values)
{
    private const int EffectDecimals = 6;

    /// <summary>Creates the answer for a fit.</summary>
    public static FitAnswer FromFit(Fit fit) => new(
        fit.Number, fit.FittedAt.ToString(), fit.From, fit.Order, new(fit.WindowFrom, fit.WindowTo), fit.Conversions
            + fit.NonConverting, fit.Conversions,
        [
            .. fit.Values.Select(value => new FitAnswerValue(
                value.Placement.Campaign, value.Placement.Creator, value.Paths, value.Conversions,
                new(decimal.Round(value.Effect / (decimal)Fit.EffectScale, EffectDecimals,
                    MidpointRounding.AwayFromZero) + 0.000000m), new(value.Shapley))),
        ]);
}

/// <summary>The value of a placement according to a fit.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="CreatorId">The creator.</param>
/// <param name="Paths">Number of paths that contain the placement, converting or not.</param>
/// <param name="Conversions">Number of these paths that converted.</param>
/// <param name="RemovalEffect">
/// Share of all conversions that the Markov chain would lose without the placement, 0 to 1.
/// </param>
/// <param name="Shapley">Shapley value in conversions; the values of a fit add up to its conversions.</param>
internal sealed record FitAnswerValue(
    string CampaignId, string CreatorId, long Paths, long Conversions, Ratio RemovalEffect, Share Shapley);
