using Attribution.Host.Access;

namespace Attribution.Host.Jobs;

/// <summary>
/// Ingests one event of JSON for a caller. Registered by the ingest stage; absent in a process without that role.
/// </summary>
/// <returns>Null if the event was accepted; otherwise the reason.</returns>
internal delegate Task<string?> IngestEvent(byte[] json, Caller caller, CancellationToken cancellation);
