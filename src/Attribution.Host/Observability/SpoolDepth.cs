namespace Attribution.Host.Observability;

/// <summary>
/// How many messages lie in this process's spool: accepted, and not known to be attributed. Registered by the ingest; a process without
/// that role has none.
/// </summary>
internal delegate long SpoolDepth();
