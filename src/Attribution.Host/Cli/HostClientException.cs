namespace Attribution.Host.Cli;

/// <summary>Exception for a request to a host that failed. Its message is shown to the user of the command.</summary>
internal sealed class HostClientException(string message, Exception? inner = null) : Exception(message, inner);
