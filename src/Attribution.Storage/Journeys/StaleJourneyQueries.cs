using Attribution.Core.Catalog;
using Attribution.Core.Planning;

namespace Attribution.Storage.Journeys;

/// <summary>Journeys that a catalog reaches and that were last evaluated with an older one.</summary>
public static class StaleJourneyQueries
{
    /// <summary>
    /// Up to <paramref name="limit"/> journeys that are to be evaluated anew: those older than the last write that all journeys can depend on;
    /// when there is none of these, those that a brand's newest fit reaches. A fit is written only when there are none at all, so the fit
    /// before the newest has nothing left to reach.
    /// </summary>
    public static async ValueTask<IReadOnlyList<StoredJourney>> FindStaleAsync(
        this IJourneyStore store, CatalogContents contents, int limit, CancellationToken cancellation)
    {
        var stale = await store.FindStaleAsync(contents.JourneysVersion, limit, cancellation);
        foreach (var brand in contents.Fits.GroupBy(stored => stored.Fit.Brand, StringComparer.Ordinal))
        {
            if (stale.Count > 0) return stale;
            var (fit, version) = brand.MaxBy(stored => stored.Fit.Number)!;
            stale = await store.FindStaleForFitAsync(brand.Key, fit.From, version, limit, cancellation);
        }

        return stale;
    }
}
