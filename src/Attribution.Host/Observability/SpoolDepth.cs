namespace Attribution.Host.Observability;

/// <summary>
/// Returns the number of messages in this process's spool: accepted, but not confirmed as attributed. Registered by the
/// ingest stage; absent in a process without that role.
/// </summary>
internal delegate long SpoolDepth();
