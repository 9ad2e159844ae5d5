using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The query that explains the credit of a conversion.</summary>
internal static class ConversionQuery
{
    /// <summary>Finds a conversion and its decision.</summary>
    /// <param name="id">Order id or another id of the order, or conversion id of a sign-up or lead; an order is looked up first.</param>
    /// <param name="brandId">Id of the brand; null for <c>default</c>.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="catalogs">The catalog's earlier versions.</param>
    /// <param name="journeys">The journeys.</param>
    /// <param name="entries">The ledger.</param>
    /// <param name="rollups">The rollups.</param>
    /// <param name="cancellation">Cancels the query.</param>
    public static async Task<QueryResult<ConversionAnswer>> RunAsync(
        string id, string? brandId, CatalogSnapshot catalog, ICatalogStore catalogs, IJourneyStore journeys,
        ILedgerStore entries, IRollupStore rollups, CancellationToken cancellation)
    {
        if (!QueryScope.FindBrand(brandId, catalog).TryGet(out var brand, out var problem)) return problem;
        foreach (var alias in new[] { IdentityRules.OrderAlias(id), IdentityRules.NonOrderAlias(id) })
        {
            if (await journeys.FindByAliasAsync(
                new AliasKey(brand.Id, alias), cancellation) is not { Journey: var journey }) continue;
            var key = alias == IdentityRules.OrderAlias(id) ? journey.FindOrderAlias(id) : alias;
            if (journey.Conversions.FirstOrDefault(known => known.Key == key) is { } conversion)
            {
                var ledger = await entries.ReadLedgerAsync(brand.Id, key, cancellation);
                var booked = await FindBookedCatalogAsync(journey, catalog, catalogs, cancellation);
                var since = await OrderHistory.FindStartAsync(brand, rollups, cancellation);
                return ConversionAnswer.Create(
                    id, conversion, journey, journey.EvaluateConversion(key, booked), catalog.Version, ledger, brand, since);
            }
            if (journey.ReportedRefunds.Where(refund => IdentityRules.OrderAlias(refund.OrderId) == alias)
                .ToList() is { Count: > 0 } waiting)
                return QueryProblem.NotFound($"The order '{id}' was not reported yet; its refunds wait for it") with
                {
                    Refunds = [.. AppliedRefund.ForMissingOrder(waiting).Select(ConversionRefund.FromAppliedRefund)],
                };
        }
        return QueryProblem.NotFound(
            $"The brand '{brand.Id}' has no order or conversion '{id}'. A newly accepted event appears within a second "
            + "or two");
    }

    /// <summary>
    /// Returns a catalog that credits the journey as it was booked: the current one, unless it contains changes that the
    /// journey was not evaluated with yet.
    /// </summary>
    private static async ValueTask<CatalogSnapshot> FindBookedCatalogAsync(
        Journey journey, CatalogSnapshot catalog, ICatalogStore catalogs, CancellationToken cancellation)
    {
        if (journey.CatalogVersion >= catalog.Contents.JourneysVersion && journey.CatalogVersion <= catalog.Version
            && TimeZoneMove.OfJourney(journey, catalog)?.Reaches(journey) != true)
            return catalog;
        var booked = CatalogSnapshot.Create(
            await catalogs.LoadCatalogAtAsync(journey.CatalogVersion, cancellation));
        return booked.FindBrand(journey.Brand) is null ? catalog : booked;
    }
}
