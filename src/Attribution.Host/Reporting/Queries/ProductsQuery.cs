using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Reporting.Queries;

/// <summary>
/// The query for the products or categories of the orders of some days, by their lines. The net of an order without lines, or
/// with lines that do not add up, is in the row without a name, so that the rows sum to the orders. Reads every order of the
/// brand, and counts each as of now on its own day.
/// </summary>
internal static class ProductsQuery
{
    /// <summary>Sums the lines of the orders of a scope.</summary>
    /// <param name="scope">The scope. With a campaign or creator, only orders that are credited to it count.</param>
    /// <param name="by">The grouping: <c>product</c> or <c>category</c>; null for products.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="journeys">The journeys.</param>
    /// <param name="cancellation">Cancels the query.</param>
    public static async Task<QueryResult<ProductsAnswer>> RunAsync(
        QueryScope scope, string? by, CatalogSnapshot catalog, IJourneyStore journeys, CancellationToken cancellation)
    {
        if (by is not (null or "product" or "category")) return QueryProblem.BadParameter("by", "Must be product or category");
        var sums = new ProductSums(scope.Brand, by == "category");
        await journeys.ScanBrandAsync(scope.Brand.Id, journey => AddJourney(sums, scope, journey, catalog), cancellation);
        return sums.ToAnswer(scope);
    }

    private static void AddJourney(ProductSums sums, QueryScope scope, Journey journey, CatalogSnapshot catalog)
    {
        var wanted = journey.Conversions
            .Where(known => known is { Kind: ConversionKind.Order, IsCanceled: false } && known.Day >= scope.From && known.Day <= scope.To
                && (scope.Includes(null) || known.BookCredits.Any(credit => scope.Includes(credit.Placement))))
            .ToDictionary(known => known.Key, StringComparer.Ordinal);
        // Most orders have no lines, and the others are few enough to explain each again.
        if (wanted.Count > 0 && journey.ReportedConversions.Any(reported => reported.Lines is { Count: > 0 }))
        {
            foreach (var (conversion, decision) in journey.EvaluateConversions(catalog, wanted.ContainsKey).Where(known => known.Decision.Lines.Count > 0))
            {
                wanted.Remove(conversion.Key);
                sums.AddLines(decision.Lines, scope.Includes);
            }
        }

        foreach (var order in wanted.Values) sums.AddOrder(order, scope.Includes);
    }
}

/// <summary>Products or categories of the orders of some days.</summary>
/// <param name="BrandId">The brand.</param>
/// <param name="From">First local day (inclusive).</param>
/// <param name="To">Last local day (inclusive).</param>
/// <param name="Currency">Currency of all amounts: the brand's.</param>
/// <param name="By">The grouping: <c>product</c> or <c>category</c>.</param>
/// <param name="Items">The rows, those with the greatest net first.</param>
/// <param name="Total">The sum of all rows; an order with several products counts once.</param>
internal sealed record ProductsAnswer(
    string BrandId, DateOnly From, DateOnly To, string Currency, string By, IReadOnlyList<ProductRow> Items, ProductRow Total);

/// <summary>A product or category with what was sold of it.</summary>
/// <param name="Product">
/// The product; null by category, in the total, and for orders without lines and lines without a product.
/// </param>
/// <param name="Category">The category, by product that of its latest line; null if unknown.</param>
/// <param name="Orders">Number of orders with it, without canceled ones.</param>
/// <param name="Quantity">Number of units ordered; refunds do not lower it.</param>
/// <param name="Gross">Goods before discounts.</param>
/// <param name="Discount">Discount.</param>
/// <param name="Refunds">Refunds.</param>
/// <param name="Net">Gross less discount and refunds.</param>
/// <param name="CreditedNet">The part of the net that is credited under the book model, to the requested campaign and creator.</param>
/// <param name="Commission">The commission for it, without amounts that agreements settle per period.</param>
/// <param name="GrossMargin">Net after the cost of goods; null if a margin is unknown.</param>
/// <param name="CreditedGrossMargin">Credited net after the cost of goods; null if a margin is unknown.</param>
internal sealed record ProductRow(
    string? Product, string? Category, long Orders, decimal Quantity, Money Gross, Money Discount, Money Refunds, Money Net, Money CreditedNet,
    Money Commission, Money? GrossMargin, Money? CreditedGrossMargin);
