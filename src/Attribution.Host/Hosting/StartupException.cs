namespace Attribution.Host.Hosting;

/// <summary>
/// Exception for a host that cannot start. Its message tells the operator the fault, its place and how to fix it.
/// </summary>
internal sealed class StartupException(string message, int exitCode, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Gets the exit code of the process: 2 for invalid options, 1 for a fault of the environment.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>Creates an exception for invalid options, with one line per fault.</summary>
    public static StartupException ForConfiguration(IReadOnlyCollection<string> errors) =>
        new(
            errors.Count == 1
                ? errors.Single()
                : string.Join(Environment.NewLine, errors.Prepend($"{errors.Count} options are invalid:")),
            2);

    /// <summary>Creates an exception for a fault of the environment, such as a folder, a file or a port.</summary>
    public static StartupException ForEnvironment(string message, Exception? inner = null) => new(message, 1, inner);
}
