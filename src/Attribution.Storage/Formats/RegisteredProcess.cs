using Attribution.Core.Values;

namespace Attribution.Storage.Formats;

/// <summary>A process that uses the store, as registered.</summary>
/// <param name="Id">Id of the process, unique among all that ever ran.</param>
/// <param name="Build">Version of its build.</param>
/// <param name="Known">The newest versions that it reads.</param>
/// <param name="Until">End of its lease, exclusive. It extends the lease while it runs.</param>
public sealed record RegisteredProcess(string Id, string Build, FormatVersions Known, Timestamp Until);
