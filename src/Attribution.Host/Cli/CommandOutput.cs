using System.Globalization;
using Attribution.Core.Values;

namespace Attribution.Host.Cli;

/// <summary>Formats and messages that all commands share.</summary>
internal static class CommandOutput
{
    /// <summary>Formats an instant in UTC to the second; <paramref name="none"/> if there is none.</summary>
    public static string FormatTime(Timestamp? at, string none = "never") =>
        at?.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? none;

    /// <summary>
    /// Formats a number with its noun, which takes an "s" in the plural: <c>1 cell</c>, <c>2 cells</c>.
    /// </summary>
    public static string FormatCount(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>
    /// Runs the work of a command. Prints a failure, or that the work was stopped, as one line, and then returns the exit code 1.
    /// </summary>
    /// <param name="files">The files that the work reads or writes, for the message of their faults.</param>
    /// <param name="whenStopped">The remedy after a stop, without a full stop.</param>
    /// <param name="work">The work. Returns the exit code.</param>
    public static async Task<int> HandleFailuresAsync(string files, string whenStopped, Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (HostClientException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"{files} cannot be read or written: {e.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"Stopped; {whenStopped}.");
            return 1;
        }
    }
}
