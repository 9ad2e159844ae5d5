using Attribution.Core.Values;

namespace Attribution.Storage.Jobs;

/// <summary>A lease as stored.</summary>
/// <param name="Holder">The holder's name.</param>
/// <param name="Until">The end of the term, exclusive, by the holder's clock.</param>
public sealed record Lease(string Holder, Timestamp Until);
