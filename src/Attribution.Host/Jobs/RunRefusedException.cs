namespace Attribution.Host.Jobs;

/// <summary>Exception for a run that cannot be done. Its message is shown to the caller.</summary>
internal sealed class RunRefusedException(string message) : Exception(message);
