using Attribution.Core.Catalog;
using Attribution.Core.Planning;

namespace Attribution.Storage.Journeys;

/// <summary>Queries for journeys that must be evaluated again.</summary>
public static class StaleJourneyQueries
{
    /// <summary>
    /// Returns up to <paramref name="limit"/> journeys that must be evaluated again: those evaluated before the last
    /// change that all journeys can depend on or, if there are none, those that a brand's newest fit affects. A fit is
    /// only written if no journey is stale, so earlier fits need no check.
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
