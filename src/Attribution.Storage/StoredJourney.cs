using System.Collections.Immutable;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Journeys;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage;

/// <summary>A journey and the version it was stored under, which a commit compares.</summary>
/// <param name="Journey">The journey.</param>
/// <param name="Version">1 for the first write, one more for each later.</param>
public sealed record StoredJourney(Journey Journey, long Version);
