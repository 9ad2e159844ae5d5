using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Attribution.Host.Tests.Fixtures;

/// <summary>The program as a process of its own, ended by its id.</summary>
internal sealed class CliProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);

    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();
    private readonly Process process;

    private CliProcess(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        // A background shell ignores SIGINT for its child processes; a host started by a user does not.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "attribution.dll"), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Gets the process.</summary>
    public int Id => process.Id;

    /// <summary>Gets the standard output so far.</summary>
    public string Output => Read(output);

    /// <summary>Starts the program and waits until it ends.</summary>
    public static async Task<ProgramResult> RunAsync(
        IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        await using var program = new CliProcess(arguments, environment);
        return await program.WaitForExitAsync();
    }

    /// <inheritdoc cref="RunAsync(IReadOnlyDictionary{string, string}, string[])"/>
    public static Task<ProgramResult> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string>(), arguments);

    /// <summary>Starts the program and waits until it listens.</summary>
    public static async Task<CliProcess> StartAsync(params string[] arguments)
    {
        var program = new CliProcess(arguments, new Dictionary<string, string>());
        using var patience = new CancellationTokenSource(StartTimeout);
        while (!program.Output.Contains("listens on", StringComparison.Ordinal))
        {
            if (program.process.HasExited)
                throw new InvalidOperationException("It ended: " + await program.WaitForExitAsync());
            await Task.Delay(20, patience.Token);
        }

        return program;
    }

    /// <summary>Waits until the program ends.</summary>
    public async Task<ProgramResult> WaitForExitAsync()
    {
        using var patience = new CancellationTokenSource(StartTimeout);
        await process.WaitForExitAsync(patience.Token);
        return new ProgramResult(process.ExitCode, Output.Trim(), Read(errors).Trim());
    }

    /// <summary>Sends a signal, given by its name.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Opens a listener on a free port, so that a host finds the port in use.</summary>
    public static TcpListener OccupyPort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
            text.AppendLine(line);
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}

/// <summary>Exit code and output of a program.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Errors);
