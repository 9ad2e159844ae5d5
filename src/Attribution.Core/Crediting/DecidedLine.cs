using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>A line of an order with its part of the order's amounts, in minor units of the brand's currency.</summary>
/// <param name="Reported">The line as reported.</param>
/// <param name="Gross">Its part of the gross.</param>
/// <param name="Discount">Its part of the discount.</param>
/// <param name="Refunds">Its part of the refunds.</param>
/// <param name="Commissions">Its commission by placement with an agreement.</param>
public sealed record DecidedLine(
    ReportedLine Reported, long Gross, long Discount, long Refunds, IReadOnlyList<LineCommission> Commissions)
{
    /// <summary>Gets the part of each placement's share of the net after refunds, credited by the book model.</summary>
    public required IReadOnlyList<LineCredit> Credits { get; init; }

    /// <summary>Returns the lines of an order.</summary>
    internal static IReadOnlyList<DecidedLine> FromOrder(
        ConversionFacts facts, OrderLines lines, ImmutableArray<Credit> credits, Model bookModel, CatalogSnapshot catalog)
    {
        var net = facts.Gross - facts.Discount;
        var (before, discounts) = (lines.DivideNet(net, 0), lines.DivideDiscount(facts.Discount));
        var after = lines.DivideNet(net - facts.RefundDays.Sum(day => day.Amount), facts.RefundDays.Length);
        var accruals = Payouts.Commissions.ForConversion(facts, credits, bookModel, catalog);
        var shares = credits.Where(credit => credit.Models.Contains(bookModel))
            .Select(credit => (Credit: credit, Net: lines.DivideNet(credit.GetNet(), facts.RefundDays.Length))).ToList();
        var paid =
            (from share in shares
             let agreement = catalog.AgreementOn(share.Credit.Placement, facts.Origin.Day)
             let accrual = accruals.FirstOrDefault(accrual => accrual.Placement == share.Credit.Placement)
             where agreement is not null && accrual is not null
             select (agreement, share, ByLine: Payouts.Commissions.ByLine(lines, share.Net, share.Credit, agreement, accrual.Commission))).ToList();
        return
        [
            .. lines.Reported.Select((line, i) => new DecidedLine(
                line, before[i] + discounts[i], discounts[i], before[i] - after[i],
                [
                    .. paid.Select(one => new LineCommission(
                        one.share.Credit.Placement, one.agreement.Id, one.ByLine[i].Rate, one.share.Net[i], one.ByLine[i].Commission)),
                ])
            {
                Credits = [.. shares.Select(share => new LineCredit(share.Credit.Placement, share.Net[i]))],
            }),
        ];
    }
}

/// <summary>The commission of a placement for a line of an order, in minor units of the brand's currency.</summary>
/// <param name="Placement">The credited placement.</param>
/// <param name="Agreement">The agreement.</param>
/// <param name="Rate">The rate in percent; null if the agreement excludes the product.</param>
/// <param name="Net">The placement's share of the line's net after refunds.</param>
/// <param name="Commission">The line's part of the placement's commission. The parts of all lines sum to it.</param>
public sealed record LineCommission(Placement Placement, string Agreement, decimal? Rate, long Net, long Commission);

/// <summary>The part of a placement's share that a line of an order has.</summary>
/// <param name="Placement">The credited placement.</param>
/// <param name="Net">The net after refunds, in minor units of the brand's currency.</param>
public readonly record struct LineCredit(Placement Placement, long Net);
