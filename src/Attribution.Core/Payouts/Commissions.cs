using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Values;

namespace Attribution.Core.Payouts;

/// <summary>
/// Calculates commissions on the book model's credit by the agreement valid on the local day of the conversion's origin: a
/// percentage of the current net share, by line if the agreement has terms for products, plus a fixed amount per order
/// or lead times the credited share. The sum is rounded once
/// per conversion and placement, half to even. Pure. Terms that span several conversions (tiers, caps, guarantees) are
/// in <see cref="PeriodAdjustments"/>.
/// </summary>
internal static class Commissions
{
    // Rates have at most 6 decimals.
    private const long RateScale = 1_000_000;

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
        if (ExcludesAllLines(agreement, conversion)) return WithheldReason.ExcludedProduct;
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
        long Earned(long net, int refundDays, bool isCounted) => (long)decimal.Round(
            OfNet(conversion, agreement, net, refundDays)
            + (isCounted ? (decimal)fixedAmount * credit.Micros / CreditSplitter.WholeMicros : 0),
            MidpointRounding.ToEven);

        // The days of the conversion, because its refunds also change how the lines divide a share that they do not lower.
        List<DateOnly> days = [.. conversion.RefundDays.Select(day => day.Day)];
        if (conversion.CanceledOn is { } canceledOn && (days.Count == 0 || days[^1] != canceledOn)) days.Add(canceledOn);
        var reversals = ImmutableArray.CreateBuilder<DayAmount>();
        var (net, commission) = (credit.Gross - credit.Discount, Earned(credit.Gross - credit.Discount, 0, isCounted: true));
        var passed = 0;
        for (var day = 0; day < days.Count; day++)
        {
            while (passed < credit.RefundDays.Length && credit.RefundDays[passed].Day <= days[day]) net -= credit.RefundDays[passed++].Amount;
            var remaining = Earned(net, day + 1, isCounted: conversion.CanceledOn is null || days[day] < conversion.CanceledOn);
            if (remaining != commission) reversals.Add(new(days[day], commission - remaining));
            commission = remaining;
        }

        return new()
        {
            Placement = credit.Placement, Agreement = agreement.Id, IsSettledPerPeriod = agreement.PeriodTerms is not null,
            Commission = commission, Reversals = reversals.ToImmutable(), Excluded = ExcludedNet(conversion, agreement, net),
        };
    }

    /// <summary>Returns the percentage of a net share, by the rates of its lines if the agreement has terms for them.</summary>
    private static decimal OfNet(ConversionFacts conversion, Agreement agreement, long net, int refundDays)
    {
        if (agreement.LineTerms is not { } terms || conversion.Lines is not { } lines) return net * agreement.PercentOfNet / 100;
        var shares = lines.DivideNet(net, refundDays);
        var sum = 0m;
        for (var i = 0; i < shares.Length; i++) sum += shares[i] * (terms.RateOf(lines.Reported[i], agreement.PercentOfNet) ?? 0);
        return sum / 100;
    }

    /// <summary>Returns the part of a share's remaining net that the agreement excludes.</summary>
    private static long ExcludedNet(ConversionFacts conversion, Agreement agreement, long net)
    {
        if (agreement.LineTerms is not { } terms || conversion.Lines is not { } lines) return 0;
        return lines.DivideNet(net, conversion.RefundDays.Length)
            .Where((_, i) => terms.RateOf(lines.Reported[i], agreement.PercentOfNet) is null).Sum();
    }

    /// <summary>Returns true if an order consists of lines only that an agreement excludes. Lines of no value do not matter.</summary>
    private static bool ExcludesAllLines(Agreement agreement, ConversionFacts conversion)
    {
        if (agreement.LineTerms is not { } terms || conversion.Lines is not { } lines) return false;
        var valued = lines.Reported.Where(line => line.Goods > line.Discount).ToList();
        return (valued.Count > 0 ? valued : lines.Reported).All(line => terms.RateOf(line, agreement.PercentOfNet) is null);
    }

    /// <summary>
    /// Divides the commission of a placement among the lines of the order: the percentage by the net and rate of each line, a
    /// fixed amount by the net of the lines that are paid.
    /// </summary>
    /// <param name="lines">The lines.</param>
    /// <param name="net">The placement's share of the net of each line.</param>
    /// <param name="credit">The placement's credit.</param>
    /// <param name="agreement">Its agreement.</param>
    /// <param name="commission">Its commission for the order.</param>
    /// <returns>The rate of each line in percent, null if it is excluded; and its commission.</returns>
    public static IReadOnlyList<(decimal? Rate, long Commission)> ByLine(
        OrderLines lines, long[] net, Credit credit, Agreement agreement, long commission)
    {
        decimal?[] rates =
        [
            .. lines.Reported.Select(line => agreement.LineTerms is { } terms ? terms.RateOf(line, agreement.PercentOfNet) : agreement.PercentOfNet),
        ];
        var ofNet = (long)decimal.Round(net.Select((share, i) => share * (rates[i] ?? 0)).Sum() / 100, MidpointRounding.ToEven);
        ofNet = Math.Min(ofNet, commission);
        var byRate = LargestRemainder.Split(ofNet, [.. net.Select((share, i) => (Int128)(Math.Max(0, share) * (rates[i] ?? 0) * RateScale))]);
        var byNet = LargestRemainder.Split(
            commission - ofNet,
            [.. lines.DivideNet(credit.Gross - credit.Discount, 0).Select((share, i) => rates[i] is null ? 0 : (Int128)Math.Max(0, share))]);
        return [.. rates.Select((rate, i) => (rate, byRate[i] + byNet[i]))];
    }
}
