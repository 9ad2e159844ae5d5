using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Queries;

/// <summary>A line of an order, with its part of the order's amounts. The lines sum to the order.</summary>
/// <param name="Id">The shop's id of the line; null if it was not reported.</param>
/// <param name="Product">The product; null if it was not reported.</param>
/// <param name="Category">The category; null if it was not reported.</param>
/// <param name="Quantity">The number of units.</param>
/// <param name="Gross">Its part of the gross.</param>
/// <param name="Discount">Its part of the discount.</param>
/// <param name="Refunds">Its part of the refunds.</param>
/// <param name="Net">Gross less discount and refunds.</param>
/// <param name="Commissions">Its commission by creator with an agreement.</param>
internal sealed record ConversionLine(
    string? Id, string? Product, string? Category, decimal Quantity, Money Gross, Money Discount, Money Refunds, Money Net,
    IReadOnlyList<ConversionLineCommission> Commissions)
{
    /// <summary>Creates the answer for a line.</summary>
    public static ConversionLine FromDecision(DecidedLine line, Currency currency) => new(
        line.Reported.Id, line.Reported.Product, line.Reported.Category, (decimal)line.Reported.Quantity / ReportedLine.OneUnit,
        new(line.Gross, currency), new(line.Discount, currency), new(line.Refunds, currency),
        new(line.Gross - line.Discount - line.Refunds, currency),
        [
            .. line.Commissions.Select(paid => new ConversionLineCommission(
                paid.Placement.Campaign, paid.Placement.Creator, paid.Agreement, paid.Rate, new(paid.Net, currency), new(paid.Commission, currency))),
        ]);
}

/// <summary>The commission of a creator for a line.</summary>
/// <param name="CampaignId">The credited campaign.</param>
/// <param name="CreatorId">The credited creator.</param>
/// <param name="AgreementId">The agreement.</param>
/// <param name="Rate">The rate in percent; null if the agreement excludes the product.</param>
/// <param name="Net">The creator's share of the line's net.</param>
/// <param name="Amount">The line's part of the commission. The parts of all lines sum to it.</param>
internal sealed record ConversionLineCommission(
    string CampaignId, string CreatorId, string AgreementId, decimal? Rate, Money Net, Money Amount);
