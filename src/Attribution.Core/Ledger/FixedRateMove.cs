using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Ledger;

/// <summary>The move of history to rates that are fixed by law. Pure.</summary>
public static class FixedRateMove
{
    /// <summary>Returns true if a journey was evaluated before fixed rates applied, and one may convert its amounts.</summary>
    public static bool Reaches(Journey journey, CatalogSnapshot catalog) =>
        catalog.Contents.FixedRatesVersion is > 0 and var version && journey.CatalogVersion < version && catalog.FindBrand(journey.Brand) is { } brand
        && (journey.ReportedConversions.Any(reported => FixedRates.Concern(reported.Currency, brand.Currency.Code))
            || journey.ReportedPayments.Any(payment => FixedRates.Concern(payment.Currency, brand.Currency.Code)));

    /// <summary>Returns true if the amounts of a conversion changed, or are known now, and its day and terms did not change.</summary>
    /// <param name="before">The conversion as last emitted; null if there was none.</param>
    /// <param name="after">The conversion after the change; null if there is none.</param>
    internal static bool IsMove(Conversion? before, Conversion? after) =>
        before is not null && after is not null
        && (before.At, before.Day, before.IsCanceled, before.BookModel, before.Terms)
            == (after.At, after.Day, after.IsCanceled, after.BookModel, after.Terms)
        && (before.Gross, before.Discount, before.Refunds) != (after.Gross, after.Discount, after.Refunds);
}
