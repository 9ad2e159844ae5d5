using Attribution.Core.Journeys;

namespace Attribution.Storage.Journeys;

/// <summary>Scans of the journeys of a brand.</summary>
public static class BrandScans
{
    /// <summary>Reads every live journey of a brand, as <see cref="IJourneyStore.ScanAsync"/> reads those of all brands.</summary>
    /// <param name="store">The store.</param>
    /// <param name="brand">The brand.</param>
    /// <param name="onJourney">Called once per journey.</param>
    /// <param name="cancellation">Cancels the scan.</param>
    public static ValueTask ScanBrandAsync(
        this IJourneyStore store, string brand, Action<Journey> onJourney, CancellationToken cancellation) => store.ScanAsync(
        (journey, _, _) =>
        {
            if (journey.Brand == brand) onJourney(journey);
        },
        cancellation);
}
