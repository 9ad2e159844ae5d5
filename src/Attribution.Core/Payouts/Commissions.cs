using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models;

namespace Attribution.Core.Payouts;

/// <summary>
/// Calculates commissions on the book model's credit by the agreement valid on the local day of the conversion's origin: a percentage
/// of the current net share, plus a fixed amount per order or lead times the credited share. The sum is rounded once
/// per conversion and placement, half to even. Pure. Terms that span several conversions (tiers, caps, guarantees) are
/// in <see cref="PeriodAdjustments"/>.
/// </summary>
internal static class Commissions
{
    /// <summary>
    /// Returns the earnings of each credited placement, by placement; those without agreement or commission are left
    /// out.
    /// </summary>
    public static ImmutableArray<Accrual> ForConversion(
        ConversionFacts conversion, IEnumerable<Credit> credits, Model bookModel, CatalogSnapshot catalog) =>
    [
        .. credits.Where(credit => credit.Models.Contains(bookModel))
            .Select(credit =>
                catalog.AgreementOn(credit.Placement, conversion.Origin.Day) is { } agreement && WithheldFor(agreement, conversion) is null
                    ? Accrue(conversion, credit, agreement) : null)
            .OfType<Accrual>()
            .Where(accrual => accrual.IsSettledPerPeriod || accrual.Commission != 0 || !accrual.Reversals.IsEmpty),
    ];

    /// <summary>Returns the agreements with credited creators that pay nothing for a conversion, by placement.</summary>
    public static IReadOnlyList<WithheldCommission> Withheld(
        ConversionFacts conversion, IEnumerable<Credit> credits, Model bookModel, CatalogSnapshot catalog) =>
    [
        .. from credit in credits
           where credit.Models.Contains(bookModel)
           let agreement = catalog.AgreementOn(credit.Placement, conversion.Origin.Day)
           where agreement is not null
           let reason = WithheldFor(agreement, conversion)
           where reason is not null
           select new WithheldCommission(credit.Placement, agreement.Id, reason.Value),
    ];

    /// <summary>Returns the reason why an agreement pays nothing for a conversion; null if it pays.</summary>
    public static WithheldReason? WithheldFor(Agreement agreement, ConversionFacts conversion)
    {
        var origin = conversion.Origin;
        if (origin.Codes.Any(agreement.ExcludedCodes.Contains)) return WithheldReason.ExcludedCode;
        if (conversion.Renewal is { } renewal && !PaysRenewal(agreement.Renewals, renewal, conversion.Day)) return WithheldReason.Renewal;
        if (!agreement.NewCustomersOnly) return null;
        return origin.Customer.Status switch
        {
            CustomerStatus.New => null,
            CustomerStatus.Unknown => agreement.PaysUnknownCustomers ? null : WithheldReason.UnknownCustomer,
            _ => WithheldReason.ReturningCustomer,
        };
    }

    /// <summary>
    /// Returns true if an agreement pays for a renewal. Without terms for renewals it pays for those that are credited by
    /// touches and codes of their own, as for any order.
    /// </summary>
    private static bool PaysRenewal(RenewalTerms? terms, Renewal renewal, DateOnly day) =>
        terms is null ? !renewal.FollowsFirstOrder : terms.Covers(renewal.Number, renewal.FirstOrder?.Day, day);

    /// <summary>
    /// Calculates one placement's commission. The percentage follows the remaining money. The fixed amount follows the
    /// count: partial refunds do not change it, a cancellation reverses it on its own day.
    /// </summary>
    private static Accrual Accrue(ConversionFacts conversion, Credit credit, Agreement agreement)
    {
        var fixedAmount = conversion.Kind == ConversionKind.Order ? agreement.PerOrder : agreement.PerLead;
        long Earned(long refunded, bool isCounted) => (long)decimal.Round(
            ((credit.Gross - credit.Discount - refunded) * agreement.PercentOfNet / 100)
            + (isCounted ? (decimal)fixedAmount * credit.Micros / CreditSplitter.WholeMicros : 0),
            MidpointRounding.ToEven);

        var days = credit.RefundDays;
        if (conversion.CanceledOn is { } canceledOn && (days.IsEmpty || days[^1].Day != canceledOn))
            days = days.Add(new(canceledOn, 0));
        var reversals = ImmutableArray.CreateBuilder<DayAmount>();
        var (refunded, commission) = (0L, Earned(0, isCounted: true));
        foreach (var (day, amount) in days)
        {
            refunded += amount;
            var remaining = Earned(refunded, isCounted: conversion.CanceledOn is null || day < conversion.CanceledOn);
            if (remaining != commission) reversals.Add(new(day, commission - remaining));
            commission = remaining;
        }

        return new()
        {
            Placement = credit.Placement, Agreement = agreement.Id, IsSettledPerPeriod = agreement.PeriodTerms is not null,
            Commission = commission, Reversals = reversals.ToImmutable(),
        };
    }
}
