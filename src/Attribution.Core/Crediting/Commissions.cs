using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models;

namespace Attribution.Core.Crediting;

/// <summary>
/// Commission on the book model's credit, by the agreement valid on the order's local day: percent of the current net share, or a fixed
/// sum times the credited share of an order. Per conversion and placement, half a minor unit rounding to even. Sign-ups and leads earn
/// none of a fixed sum. Pure.
/// </summary>
internal static class Commissions
{
    /// <summary>What each credited placement earns, by placement; those without agreement or commission are left out.</summary>
    public static ImmutableArray<Accrual> Of(ConversionFacts conversion, IEnumerable<Credit> credits, Model bookModel, Catalog.Catalog catalog) =>
    [
        .. credits.Where(credit => credit.Models.Holds(bookModel))
            .Select(credit => catalog.AgreementOn(credit.Placement, conversion.Day) is { } agreement ? Accrue(conversion, credit, agreement) : null)
            .OfType<Accrual>()
            .Where(accrual => accrual.Commission != 0 || !accrual.Reversals.IsEmpty),
    ];

    private static Accrual? Accrue(ConversionFacts conversion, Credit credit, Agreement agreement)
    {
        if (agreement.NewCustomersOnly && !conversion.NewCustomer) return null;
        if (agreement.PerConversion != 0) return AccrueFixed(conversion, credit, agreement);

        long OnNet(long refunded) => (long)decimal.Round((credit.Gross - credit.Discount - refunded) * agreement.PercentOfNet / 100, MidpointRounding.ToEven);
        var reversals = ImmutableArray.CreateBuilder<DayAmount>();
        var (refunded, commission) = (0L, OnNet(0));
        foreach (var (day, amount) in credit.RefundDays)
        {
            refunded += amount;
            var now = OnNet(refunded);
            if (now != commission) reversals.Add(new(day, commission - now));
            commission = now;
        }

        return new() { Placement = credit.Placement, Agreement = agreement.Id, Commission = commission, Reversals = reversals.ToImmutable() };
    }

    /// <summary>A fixed sum follows the count, not the money: partial refunds leave it, a cancel takes it back on its own day.</summary>
    private static Accrual? AccrueFixed(ConversionFacts conversion, Credit credit, Agreement agreement)
    {
        if (conversion.Kind != ConversionKind.Order) return null;
        var commission = (long)decimal.Round((decimal)agreement.PerConversion * credit.Micros / Shares.Whole, MidpointRounding.ToEven);
        var accrual = new Accrual { Placement = credit.Placement, Agreement = agreement.Id, Commission = commission };
        return conversion.CancelledOn is { } day ? accrual with { Commission = 0, Reversals = [new(day, commission)] } : accrual;
    }
}
