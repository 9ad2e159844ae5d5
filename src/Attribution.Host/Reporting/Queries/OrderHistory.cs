using Attribution.Core.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The time from which a brand's orders are known.</summary>
internal static class OrderHistory
{
    /// <inheritdoc cref="FindStart"/>
    /// <remarks>Reads the totals only if the brand does not specify the day.</remarks>
    public static async ValueTask<DateOnly?> FindStartAsync(
        BrandSettings brand, IRollupStore rollups, CancellationToken cancellation) =>
        brand.HistoryCompleteSince ?? FindStart(brand, await rollups.ReadTotalsAsync(brand.Id, cancellation));

    /// <summary>
    /// Returns the first local day from which every order is known: as the brand specifies, otherwise the day of its
    /// first order; null if there is none.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="totals">The brand's totals by day, in order of days.</param>
    public static DateOnly? FindStart(
        BrandSettings brand, IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>> totals)
    {
        if (brand.HistoryCompleteSince is { } since) return since;
        foreach (var (day, cell) in totals)
            if (cell[Model.Book, CreditMeasure.Orders] != 0)
                return day;
        return null;
    }
}
