using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models;

namespace Attribution.Core.Payouts;

/// <summary>
/// Commission on the book model's credit, by the agreement valid on the conversion's local day: a percentage of the current net share, and a
/// fixed sum of an order or of a lead times its credited share. What these come to together is rounded once, per conversion and placement,
/// half a minor unit to even. Pure. What looks at many conversions (tiers, caps, guarantees) is <see cref="PeriodAdjustments"/>'.
/// </summary>
internal static class Commissions
{
    /// <summary>What each credited placement earns, by placement; those without agreement or commission are left out.</summary>
    public static ImmutableArray<Accrual> ForConversion(ConversionFacts conversion, IEnumerable<Credit> credits, Model bookModel, CatalogSnapshot catalog) =>
    [
        .. credits.Where(credit => credit.Models.Contains(bookModel))
            .Select(credit => catalog.AgreementOn(credit.Placement, conversion.Day) is { } agreement && AppliesTo(agreement, conversion) ? Accrue(conversion, credit, agreement) : null)
            .OfType<Accrual>()
            .Where(accrual => accrual.IsSettledPerPeriod || accrual.Commission != 0 || !accrual.Reversals.IsEmpty),
    ];

    private static bool AppliesTo(Agreement agreement, ConversionFacts conversion) =>
        (conversion.IsNewCustomer || !agreement.NewCustomersOnly) && !conversion.Codes.Any(agreement.ExcludedCodes.Contains);

    /// <summary>A percentage follows the money that is left; a fixed sum follows the count: partial refunds leave it, a cancel takes it back on its own day.</summary>
    private static Accrual Accrue(ConversionFacts conversion, Credit credit, Agreement agreement)
    {
        var fixedSum = conversion.Kind == ConversionKind.Order ? agreement.PerOrder : agreement.PerLead;
        long Earned(long refunded, bool stands) => (long)decimal.Round(
            (credit.Gross - credit.Discount - refunded) * agreement.PercentOfNet / 100 + (stands ? (decimal)fixedSum * credit.Micros / CreditSplitter.WholeMicros : 0),
            MidpointRounding.ToEven);

        var days = credit.RefundDays;
        if (conversion.CanceledOn is { } cancelled && (days.IsEmpty || days[^1].Day != cancelled)) days = days.Add(new(cancelled, 0));
        var reversals = ImmutableArray.CreateBuilder<DayAmount>();
        var (refunded, commission) = (0L, Earned(0, stands: true));
        foreach (var (day, amount) in days)
        {
            refunded += amount;
            var now = Earned(refunded, stands: conversion.CanceledOn is null || day < conversion.CanceledOn);
            if (now != commission) reversals.Add(new(day, commission - now));
            commission = now;
        }

        return new() { Placement = credit.Placement, Agreement = agreement.Id, IsSettledPerPeriod = agreement.PeriodTerms is not null, Commission = commission, Reversals = reversals.ToImmutable() };
    }
}
