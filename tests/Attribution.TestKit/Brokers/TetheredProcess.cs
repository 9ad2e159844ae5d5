using System.Diagnostics;
using System.Globalization;

namespace Attribution.TestKit.Brokers;

/// <summary>
/// A process that does not outlive the test that started it: a shell between the two holds the read end of a pipe and kills the process
/// when the pipe closes, as it does when the test's process ends in whatever way.
/// </summary>
internal sealed class TetheredProcess : IAsyncDisposable
{
    // $0 is the file that takes what the command writes. A killed process holds its ports until its last thread is gone, which is what wait waits for.
    private const string Script = "\"$@\" </dev/null >>\"$0\" 2>&1 & child=$!; echo $child; cat >/dev/null; kill -9 $child 2>/dev/null; wait $child";
    private readonly Process shell;

    private TetheredProcess(Process shell, int id) => (this.shell, Id) = (shell, id);

    /// <summary>Of the command itself.</summary>
    public int Id { get; }

    /// <summary>Whether the command still runs.</summary>
    public bool IsRunning => File.Exists($"/proc/{Id}/stat") && !File.ReadAllText($"/proc/{Id}/stat").Contains(") Z ", StringComparison.Ordinal);

    public static async Task<TetheredProcess> StartAsync(string output, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        var info = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var argument in (string[])["-c", Script, output, .. command]) info.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) info.Environment[name] = value;
        var shell = Process.Start(info)!;
        var id = await shell.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{command[0]} was not started.");
        return new TetheredProcess(shell, int.Parse(id, CultureInfo.InvariantCulture));
    }

    /// <summary>Sends a signal to the command; one that ended already gets none.</summary>
    public async Task SignalAsync(string signal)
    {
        if (!IsRunning) return;
        using var kill = Process.Start("kill", ["-" + signal, Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Kills it (SIGKILL) and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
    }
}
