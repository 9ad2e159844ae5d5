namespace Attribution.Host.Hosting;

/// <summary>
/// How many messages lie in this process's spool: accepted, and not known to be attributed. Registered by the ingest; a process without
/// that role has none.
/// </summary>
public delegate long SpoolDepth();
