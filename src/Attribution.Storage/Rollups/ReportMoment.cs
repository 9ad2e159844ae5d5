using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>The changes that the reports of a brand include, now or as of an earlier time.</summary>
/// <param name="ClosedThrough">The last closed day; null if none is closed.</param>
/// <param name="LastFold">The number of the last fold's manifest; 0 if there is none.</param>
/// <param name="CatalogVersion">
/// The version of the catalog; for an earlier time, the version of the last write of an item until then, 0 if there is
/// none.
/// </param>
/// <param name="ChangedAt">
/// The time of the last change: a fold or a closing of the brand's days, a fit of its models, or a write of the
/// catalog; null if there is none. Every later change has a later time.
/// </param>
public readonly record struct ReportMoment(
    DateOnly? ClosedThrough, long LastFold, long CatalogVersion, Timestamp? ChangedAt);
