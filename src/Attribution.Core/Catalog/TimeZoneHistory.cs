using System.Collections.Immutable;
using Attribution.Core.Values;
using NodaTime;

namespace Attribution.Core.Catalog;

/// <summary>
/// The sets of time zones that a store's days were cut with, from the first to the current one. Instants that were sealed when
/// a set was applied keep the days of the previous set. Immutable and thread-safe.
/// </summary>
public sealed class TimeZoneHistory
{
    // Offsets are compared within the times that events can have.
    private static readonly Instant First = Instant.FromUtc(1900, 1, 1, 0, 0);
    private static readonly Instant Last = Instant.FromUtc(2200, 1, 1, 0, 0);

    private readonly ImmutableArray<AppliedTimeZones> applied;

    /// <summary>Creates a history.</summary>
    /// <param name="applied">The sets in the order in which they were applied; at least one.</param>
    public TimeZoneHistory(ImmutableArray<AppliedTimeZones> applied)
    {
        if (applied.IsDefaultOrEmpty) throw new ArgumentException("At least one set is required.", nameof(applied));
        this.applied = applied;
    }

    /// <summary>Gets the history of a new store: the set that this build contains.</summary>
    public static TimeZoneHistory Bundled { get; } = new([new(TimeZoneSet.Bundled, 0, new(long.MinValue))]);

    /// <summary>Returns the history of applied sets in any order; that of a new store if there are none.</summary>
    public static TimeZoneHistory FromApplied(IEnumerable<AppliedTimeZones> applied) =>
        applied.OrderBy(set => set.CatalogVersion).ThenBy(set => set.Set.Number).ToImmutableArray() is { Length: > 0 } sets
            ? new(sets) : Bundled;

    /// <summary>Gets the current set.</summary>
    public AppliedTimeZones Current => applied[^1];

    /// <summary>Returns the calendar of a time zone; null if the current set does not contain it.</summary>
    public BrandCalendar? FindCalendar(string timeZone) => FindCalendar(timeZone, applied.Length);

    /// <summary>
    /// Returns the calendar that journeys of a catalog version were evaluated with; null if its set does not contain
    /// the time zone.
    /// </summary>
    public BrandCalendar? FindCalendarAt(string timeZone, long catalogVersion) => FindCalendar(timeZone, CountAt(catalogVersion));

    /// <summary>Returns the calendar that the current set has if nothing is sealed.</summary>
    public BrandCalendar? FindUnsealedCalendar(string timeZone) =>
        Current.Set.Find(timeZone) is { } zone ? BrandCalendar.Create(zone, null, default) : null;

    /// <summary>Returns the history up to a version of the catalog.</summary>
    public TimeZoneHistory At(long catalogVersion) => new(applied[..CountAt(catalogVersion)]);

    /// <summary>Returns true if all sets have the same local times in a time zone.</summary>
    public bool IsUnchanged(string timeZone) =>
        applied[..^1].All(set => HaveSameOffsets(set.Set.Find(timeZone), Current.Set.Find(timeZone), Last));

    // The first set applies to all earlier versions as well.
    private int CountAt(long catalogVersion) => Math.Max(1, applied.Count(set => set.CatalogVersion <= catalogVersion));

    private BrandCalendar? FindCalendar(string timeZone, int count)
    {
        if (applied[count - 1].Set.Find(timeZone) is not { } zone) return null;
        if (count == 1) return BrandCalendar.Create(zone, null, default);
        var (sealedBefore, before) = (applied[count - 1].SealedBefore, FindCalendar(timeZone, count - 1));
        return before is null || (!before.HasSealedDays && HaveSameOffsets(before.Zone, zone, ToInstant(sealedBefore)))
            ? BrandCalendar.Create(zone, null, default)
            : BrandCalendar.Create(zone, before, sealedBefore);
    }

    private static bool HaveSameOffsets(DateTimeZone? a, DateTimeZone? b, Instant until)
    {
        if (a is null || b is null) return false;
        for (var at = First; at < until;)
        {
            var (ofA, ofB) = (a.GetZoneInterval(at), b.GetZoneInterval(at));
            if (ofA.WallOffset != ofB.WallOffset) return false;
            at = Instant.Min(ofA.HasEnd ? ofA.End : until, ofB.HasEnd ? ofB.End : until);
        }

        return true;
    }

    private static Instant ToInstant(Timestamp at) =>
        at.UnixMilliseconds < First.ToUnixTimeMilliseconds() ? First : Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds);
}

/// <summary>A set of time zones, as applied.</summary>
/// <param name="Set">The set.</param>
/// <param name="CatalogVersion">
/// The version of the catalog from which on journeys are evaluated with it; 0 for the first set of a store.
/// </param>
/// <param name="SealedBefore">Instants before this one keep the days of the sets before.</param>
public sealed record AppliedTimeZones(TimeZoneSet Set, long CatalogVersion, Timestamp SealedBefore);
