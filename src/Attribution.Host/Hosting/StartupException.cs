namespace Attribution.Host.Hosting;

/// <summary>The process cannot or must not start. The message is for its operator: what, where, why and how to fix it, without a stack trace.</summary>
internal sealed class StartupException(string message, int exitCode, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the process exits with: 2 where its options are at fault, 1 where its surroundings are.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>The options are at fault; all faults in one message, a line each.</summary>
    public static StartupException ForConfiguration(IReadOnlyCollection<string> errors) =>
        new(errors.Count == 1 ? errors.Single() : string.Join(Environment.NewLine, errors.Prepend($"{errors.Count} options are at fault:")), 2);

    /// <summary>The surroundings are at fault: a folder, a file, a port.</summary>
    public static StartupException ForEnvironment(string message, Exception? inner = null) => new(message, 1, inner);
}
