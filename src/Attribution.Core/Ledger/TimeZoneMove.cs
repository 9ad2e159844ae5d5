using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Ledger;

/// <summary>
/// The move of a journey to a newer version of the tz database, by which instants can have another local day. Pure.
/// </summary>
/// <param name="Before">The calendar of the last evaluation.</param>
/// <param name="After">The current calendar.</param>
public sealed record TimeZoneMove(BrandCalendar Before, BrandCalendar After)
{
    /// <summary>
    /// Returns the move of the journeys that a commit replaces by one; null if all of them were last evaluated with the
    /// current version.
    /// </summary>
    public static TimeZoneMove? OfJourneys(IReadOnlyList<Journey> before, CatalogSnapshot catalog)
    {
        var version = catalog.Contents.TimeZones.Current.CatalogVersion;
        return before.FirstOrDefault(journey => journey.CatalogVersion < version) is { } old ? OfJourney(old, catalog) : null;
    }

    /// <summary>
    /// Returns the move of a journey; null if it was last evaluated with the current version, or if its brand no longer
    /// exists.
    /// </summary>
    public static TimeZoneMove? OfJourney(Journey journey, CatalogSnapshot catalog)
    {
        var zones = catalog.Contents.TimeZones;
        // A store that began with the current version never moved, whatever a journey was last evaluated with.
        if (zones.Current.CatalogVersion == 0 || journey.CatalogVersion >= zones.Current.CatalogVersion) return null;
        return catalog.FindBrand(journey.Brand)?.Calendar is { } after
            && zones.FindCalendarAt(after.TimeZone, journey.CatalogVersion) is { } before ? new(before, after) : null;
    }

    /// <summary>Returns true if the local day of an event of the journey changes.</summary>
    public bool Reaches(Journey journey) =>
        journey.Touches.Any(touch => Moves(touch.At))
        || journey.ReportedConversions.Any(reported => Moves(reported.At))
        || journey.ReportedRefunds.Any(refund => Moves(refund.At))
        || journey.Snapshots.Any(snapshot => Moves(snapshot.At));

    /// <summary>Returns true if an instant has another local day.</summary>
    public bool Moves(Timestamp at) => Before.DayOf(at) != After.DayOf(at);

    /// <summary>
    /// Returns true if the booking of a conversion changed because its day, or that of a refund, moved. Amounts may
    /// then differ as well, for example by the exchange rate of the day.
    /// </summary>
    /// <param name="before">The conversion as last emitted; null if there was none.</param>
    /// <param name="after">The conversion after the change; null if there is none.</param>
    /// <param name="hasEvents">True if events were added to the journey, which explain any other difference.</param>
    internal bool IsMove(Conversion? before, Conversion? after, bool hasEvents)
    {
        if (before is null || after is null) return false;
        if ((before.At, before.IsCanceled, before.BookModel, before.Terms) != (after.At, after.IsCanceled, after.BookModel, after.Terms))
            return false;
        var isDayMoved = before.Day != after.Day && before.Day == Before.DayOf(before.At) && after.Day == After.DayOf(after.At);
        var isRefundMoved = !hasEvents && before.Day == after.Day && before.Refunds == after.Refunds
            && !before.RefundDays.Select(refund => refund.Day).SequenceEqual(after.RefundDays.Select(refund => refund.Day));
        if (!isDayMoved && !isRefundMoved) return false;
        return !hasEvents || (before.Gross, before.Discount, before.Refunds) == (after.Gross, after.Discount, after.Refunds);
    }
}
