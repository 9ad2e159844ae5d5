using Attribution.Core.Journeys;

namespace Attribution.Core.Planning;

/// <summary>A journey with its stored version, which a commit compares.</summary>
/// <param name="Journey">The journey.</param>
/// <param name="Version">1 for the first write, increased by 1 with each further one.</param>
public sealed record StoredJourney(Journey Journey, long Version);
