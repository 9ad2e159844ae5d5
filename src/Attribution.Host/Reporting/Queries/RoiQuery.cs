using Attribution.Core.Identity;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Statistics;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Ledger;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries;

/// <summary>
/// The query for the ROI of a scope and its confidence interval, under the book model and with refunds on the order's
/// day.
/// </summary>
internal static class RoiQuery
{
    /// <summary>Reads the conversions of the scope and computes the answer.</summary>
    public static async Task<RoiAnswer> RunAsync(
        RollupQuery scope, IRollupStore rollups, ILedgerStore ledger, CancellationToken cancellation)
    {
        var sums = await ledger.SumByConversionAsync(
            scope.Brand.Id, scope.From, scope.To, scope.Campaign, scope.Creator, cancellation);
        return await RunAsync(scope, sums, rollups, cancellation);
    }

    /// <summary>Computes the answer from the sums of the scope's conversions.</summary>
    public static async Task<RoiAnswer> RunAsync(
        RollupQuery scope, IReadOnlyList<ConversionSum> sums, IRollupStore rollups, CancellationToken cancellation)
    {
        var figures = await RollupAggregation.ReadBookTotalsAsync(scope, rollups, cancellation);
        var currency = scope.Brand.Currency;
        return new(
            scope.Campaign, scope.Creator, scope.From, scope.To, ModelNames.NameOf(scope.Brand.ReportedModel),
            currency.Code,
            new(figures.Net, currency), new(figures.Cost, currency),
            Ratio.FromNullable(Ratios.RoiPercent((decimal)figures.Net, (decimal)figures.Cost)),
            ComputeInterval(sums, new(figures.Cost, currency)),
            sums.Count(sum => sum.Micros > 0
                && sum.Conversion.StartsWith(IdentityRules.OrderAlias(""), StringComparison.Ordinal)),
            figures.ConversionMicros < Proportion.MinConversions * 1_000_000L);
    }

    /// <summary>Computes the interval of the ROI.</summary>
    /// <param name="sums">Sums of the ledger by conversion.</param>
    /// <param name="cost">Cost, including the commission of these conversions.</param>
    public static RollupInterval? ComputeInterval(IReadOnlyList<ConversionSum> sums, Money cost) =>
        RollupInterval.FromBounds(Bootstrap.RoiPercent95(
            [.. sums.Select(sum => new OrderSample(sum.Net, sum.Commission))],
            (decimal)cost.Minor - sums.Sum(sum => (decimal)sum.Commission)));
}

/// <summary>A ROI under the book model, with refunds on the order's day.</summary>
/// <param name="CampaignId">Campaign that the result is restricted to; null for all campaigns.</param>
/// <param name="CreatorId">Creator that the result is restricted to; null for all creators.</param>
/// <param name="From">First local day (inclusive).</param>
/// <param name="To">Last local day (inclusive).</param>
/// <param name="Model">The book model.</param>
/// <param name="Currency">Currency of the brand.</param>
/// <param name="Net">Credited net revenue.</param>
/// <param name="Cost">Cost.</param>
/// <param name="RoiPercent">ROI; null if the cost is not above 0.</param>
/// <param name="RoiInterval">
/// Interval that contains the ROI of 95 of 100 resamples of the orders; null without orders, or without a cost other
/// than commission.
/// </param>
/// <param name="Orders">Number of orders with any credit; an order shared by several creators counts once.</param>
/// <param name="TooFewToTell">True if fewer than 10 conversions are credited.</param>
internal sealed record RoiAnswer(
    string? CampaignId, string? CreatorId, DateOnly From, DateOnly To, string Model, string Currency, Money Net,
    Money Cost, Ratio? RoiPercent, RollupInterval? RoiInterval,
    int Orders, bool TooFewToTell);
