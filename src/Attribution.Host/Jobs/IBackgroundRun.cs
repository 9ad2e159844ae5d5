using Attribution.Storage.Runs;

namespace Attribution.Host.Jobs;

/// <summary>Kind of background run: its name in the store, and its work.</summary>
internal interface IBackgroundRun
{
    /// <summary>Gets the name, which is also part of the API's routes; for example <c>what-if</c>.</summary>
    string Name { get; }

    /// <summary>Gets the maximum number of times that a run is started or continued before it fails.</summary>
    int MaxAttempts => 3;

    /// <summary>Does the work from the beginning, or continues a previous attempt, and returns the result as JSON.</summary>
    /// <param name="run">The run, with its request.</param>
    /// <param name="progress">Receives the progress as often as the work reports it, from one thread at a time.</param>
    /// <param name="cancellation">Canceled if the host stops or another process has taken over the run.</param>
    /// <exception cref="RunRefusedException">The work cannot be done; the message is shown to the caller.</exception>
    Task<byte[]> RunAsync(RunDocument run, RunProgress progress, CancellationToken cancellation);
}
