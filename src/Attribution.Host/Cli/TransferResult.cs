namespace Attribution.Host.Cli;

/// <summary>Result of sending a file.</summary>
/// <param name="Accepted">Number of accepted lines.</param>
/// <param name="Rejected">Number of rejected lines; each is reported with its line number.</param>
internal readonly record struct TransferResult(long Accepted, long Rejected);
