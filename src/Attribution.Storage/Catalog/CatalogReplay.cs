using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;

namespace Attribution.Storage.Catalog;

/// <summary>Reconstructs an earlier version of the catalog from its history. Apply the writes up to that version in order.</summary>
public sealed class CatalogReplay
{
    // The default brand exists from version 0, so its first state is not part of the history.
    private readonly ImmutableDictionary<CatalogRef, ICatalogItem>.Builder items = ImmutableDictionary.CreateRange<CatalogRef, ICatalogItem>(
        [new(CatalogRules.DefaultBrand, DefaultBrandItem)]).ToBuilder();

    /// <summary>Gets the default brand as a new store contains it.</summary>
    public static BrandItem DefaultBrandItem { get; } =
        new("default", "Default", "USD", "Etc/UTC", "last_touch", new PolicyItem("code_first"), new LookbackItem("P30D", "P7D"));

    /// <summary>Applies one write.</summary>
    /// <param name="reference">The item.</param>
    /// <param name="item">The item as written; null if it was deleted.</param>
    public void Apply(CatalogRef reference, ICatalogItem? item)
    {
        if (item is null) items.Remove(reference);
        else items[reference] = item;
    }

    /// <summary>Returns the contents after the applied writes.</summary>
    /// <param name="version">The version reached.</param>
    /// <param name="fits">All fits; later ones than the version are left out.</param>
    /// <param name="fixedRatesVersion">The version from which on fixed rates apply; null if they do not.</param>
    /// <param name="timeZones">All sets of time zones; later ones than the version are left out.</param>
    public CatalogContents ToContents(long version, IEnumerable<StoredFit> fits, long? fixedRatesVersion, TimeZoneHistory timeZones) =>
        new(version, items.ToImmutable(), [])
        {
            Fits = [.. fits.Where(fit => fit.CatalogVersion <= version)], TimeZones = timeZones.At(version),
            FixedRatesVersion = fixedRatesVersion <= version ? fixedRatesVersion : null,
        };
}
