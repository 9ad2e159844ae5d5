using Attribution.Core.Journeys;

namespace Attribution.Core.Planning;

/// <summary>A journey and the version it was stored under, which a commit compares.</summary>
/// <param name="Journey">The journey.</param>
/// <param name="Version">1 for the first write, one more for each later.</param>
public sealed record StoredJourney(Journey Journey, long Version);
