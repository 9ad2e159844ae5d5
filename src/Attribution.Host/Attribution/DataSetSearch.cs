using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Storage.DataSets;

namespace Attribution.Host.Attribution;

/// <summary>The search for the journeys that the current version of a data set reaches. Not thread-safe.</summary>
/// <param name="catalog">The catalog with that version.</param>
/// <param name="reason">The reason of the ledger entries, as the API names it.</param>
internal abstract class DataSetSearch(CatalogSnapshot catalog, string reason)
{
    /// <summary>Gets the reason of the ledger entries, as the API names it.</summary>
    public string Reason => reason;

    /// <summary>Gets a value indicating that the version may change results of a brand of the catalog.</summary>
    public abstract bool MayReachAny { get; }

    /// <summary>Gets the ids of the journeys that must be evaluated again.</summary>
    public List<Guid> Reached { get; } = [];

    /// <summary>Gets the number of their orders and other conversions that change.</summary>
    public long Orders { get; private set; }

    /// <summary>Gets the number of orders and other conversions that would change if they were not sealed.</summary>
    public long SealedOrders { get; private set; }

    /// <summary>Gets the catalog.</summary>
    protected CatalogSnapshot Catalog => catalog;

    /// <summary>Creates the search for a kind of data set.</summary>
    public static DataSetSearch Create(string kind, CatalogSnapshot catalog) =>
        kind == DataSetKinds.TimeZones ? new TimeZoneSearch(catalog) : new CurrencySearch(catalog);

    /// <summary>Adds a journey.</summary>
    public void Add(Journey journey)
    {
        SealedOrders += CountSealed(journey);
        if (CountReached(journey) is not { } orders) return;
        Reached.Add(journey.Id);
        Orders += orders;
    }

    /// <summary>Returns the number of orders that change; null if the journey is not reached.</summary>
    protected abstract int? CountReached(Journey journey);

    /// <summary>Returns the number of orders that would change if they were not sealed.</summary>
    protected abstract int CountSealed(Journey journey);

    private sealed class TimeZoneSearch(CatalogSnapshot catalog) : DataSetSearch(catalog, "time_zones")
    {
        /// <summary>The calendars without sealed days of the brands whose local times changed, by brand.</summary>
        private readonly Dictionary<string, BrandCalendar> unsealed = catalog.Brands
            .Where(brand => !catalog.Contents.TimeZones.IsUnchanged(brand.Calendar.TimeZone))
            .ToDictionary(brand => brand.Id, brand => catalog.Contents.TimeZones.FindUnsealedCalendar(brand.Calendar.TimeZone)!);

        public override bool MayReachAny => unsealed.Count > 0;

        protected override int? CountReached(Journey journey) =>
            unsealed.ContainsKey(journey.Brand) && TimeZoneMove.OfJourney(journey, Catalog) is { } move && move.Reaches(journey)
                ? journey.Conversions.Count(conversion => move.Moves(conversion.At)) : null;

        protected override int CountSealed(Journey journey)
        {
            if (!unsealed.TryGetValue(journey.Brand, out var calendar)) return 0;
            var (own, sealedBefore) = (Catalog.FindBrand(journey.Brand)!.Calendar, Catalog.Contents.TimeZones.Current.SealedBefore);
            return journey.Conversions.Count(conversion =>
                conversion.At < sealedBefore && own.DayOf(conversion.At) != calendar.DayOf(conversion.At));
        }
    }

    private sealed class CurrencySearch(CatalogSnapshot catalog) : DataSetSearch(catalog, "currencies")
    {
        public override bool MayReachAny => true;

        protected override int? CountReached(Journey journey) =>
            FixedRateMove.Reaches(journey, Catalog) ? journey.Conversions.Length : null;

        protected override int CountSealed(Journey journey) => 0;
    }
}
