using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Quality;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>
/// All items of the catalog at a version, as written by users. <see cref="CatalogSnapshot"/> is built from it.
/// </summary>
/// <param name="Version">Increases by one with each write.</param>
/// <param name="Items">The items by kind and id. The brand <c>default</c> is always included.</param>
/// <param name="Matched">Items that have matched an event. Such items can be ended but not deleted.</param>
public sealed record CatalogContents(
    long Version, ImmutableDictionary<CatalogRef, ICatalogItem> Items, ImmutableHashSet<CatalogRef> Matched)
{
    /// <summary>
    /// Gets the version of the last write that journeys can depend on: any write except those of costs and of cost
    /// sharing. A journey that was evaluated with this version or a later one is up to date.
    /// </summary>
    public long JourneysVersion { get; init; } = Version;

    /// <summary>
    /// Gets the version from which journeys are evaluated with shares split over placements. It is 0 in a store that
    /// began so; otherwise the version at which the store was upgraded, which made all journeys stale once.
    /// </summary>
    public long PlacementSharesVersion { get; init; }

    /// <summary>
    /// Gets the version from which journeys are evaluated with customers that are new by their earlier orders. It is 0 in
    /// a store that began so; otherwise the version at which the store was upgraded, which made all journeys stale once.
    /// </summary>
    public long FirstOrdersVersion { get; init; }

    /// <summary>
    /// Gets the fits of the fitted models, by brand and number. A fit is part of the catalog that journeys are
    /// evaluated with, but applies only to conversions from its first day onward. It does not raise
    /// <see cref="JourneysVersion"/>.
    /// </summary>
    public ImmutableArray<StoredFit> Fits { get; init; } = [];

    /// <summary>
    /// Gets the brand that had a slug first (<see cref="SlugRegistrations"/>), for each slug that several brands have,
    /// compared in any case. Any other slug belongs to its only brand.
    /// </summary>
    public ImmutableDictionary<string, string> SlugOwners { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// Gets the rules that identify bots. Newer rules raise the version, but not <see cref="JourneysVersion"/>: they reach
    /// only the journeys with touches that they label differently.
    /// </summary>
    public BotRules BotRules { get; init; } = BotRules.Default;

    /// <summary>
    /// Gets the version from which on fixed rates apply (<see cref="FixedRates"/>), 0 in a store that began so; null if they
    /// do not apply yet.
    /// </summary>
    public long? FixedRatesVersion { get; init; } = 0;

    /// <summary>
    /// Gets the sets of time zones that local days are cut with. A newer set raises the version, but not
    /// <see cref="JourneysVersion"/>: it reaches only the journeys with events whose local day changes.
    /// </summary>
    public TimeZoneHistory TimeZones { get; init; } = TimeZoneHistory.Bundled;

    /// <summary>
    /// Returns the contents without the items and fits of other brands. Items that all brands share are included.
    /// </summary>
    public CatalogContents RestrictTo(string brand)
    {
        var visible = Items.Where(item => (CatalogKinds.BrandOf(item.Value, Items.GetValueOrDefault) ?? brand) == brand)
            .ToImmutableDictionary();
        return this with
        {
            Items = visible,
            Matched = [.. Matched.Where(visible.ContainsKey)],
            Fits = [.. Fits.Where(stored => stored.Fit.Brand == brand)],
            SlugOwners = SlugOwners.RemoveRange(SlugOwners.Where(owner => owner.Value == brand).Select(owner => owner.Key)),
        };
    }
}
