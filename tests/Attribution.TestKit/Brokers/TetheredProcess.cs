using System.Diagnostics;
using System.Globalization;

namespace Attribution.TestKit.Brokers;

/// <summary>
/// A process that does not outlive the test that started it. A shell between the two holds the read end of a pipe and
/// kills the process when the pipe closes. The pipe closes however the test's process ends.
/// </summary>
internal sealed class TetheredProcess : IAsyncDisposable
{
    // $0 is the file for the command's output. A killed process keeps its ports until its last thread has ended; wait
    // waits for that.
    private const string Script =
        "\"$@\" </dev/null >>\"$0\" 2>&1 & child=$!; echo $child; cat >/dev/null; kill -9 $child 2>/dev/null; wait $child";

    private readonly Process shell;

    private TetheredProcess(Process shell, int id) => (this.shell, Id) = (shell, id);

    /// <summary>Gets the process id of the command.</summary>
    public int Id { get; }

    /// <summary>Gets a value indicating whether the command is running. A zombie is not.</summary>
    public bool IsRunning =>
        File.Exists($"/proc/{Id}/stat") && !File.ReadAllText($"/proc/{Id}/stat").Contains(") Z ", StringComparison.Ordinal);

    /// <summary>Starts a command.</summary>
    /// <param name="output">File to which its output is appended.</param>
    /// <param name="environment">Environment variables to set.</param>
    /// <param name="command">Program and arguments.</param>
    public static async Task<TetheredProcess> StartAsync(
        string output, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        var info = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in (string[])["-c", Script, output, .. command]) info.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) info.Environment[name] = value;
        var shell = Process.Start(info)!;
        var id = await shell.StandardOutput.ReadLineAsync(
            ) ?? throw new InvalidOperationException($"{command[0]} was not started.");
        return new TetheredProcess(shell, int.Parse(id, CultureInfo.InvariantCulture));
    }

    /// <summary>Sends a signal to the command. Does nothing if it has ended.</summary>
    public async Task SignalAsync(string signal)
    {
        if (!IsRunning) return;
        using var kill = Process.Start("kill", ["-" + signal, Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Kills the command (SIGKILL) and waits until it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
    }
}
