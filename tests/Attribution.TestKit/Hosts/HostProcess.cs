using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Attribution.TestKit.Stores;

namespace Attribution.TestKit.Hosts;

/// <summary>
/// A host that runs as a separate process on a free port, with its data in a given folder. Disposing it kills the
/// process if it is running. Its output is kept for the messages of failed tests.
/// </summary>
public sealed partial class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(1);
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly ConcurrentQueue<string> errors = new();
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(
        string command, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>> settings, string? program = null)
    {
        var info = new ProcessStartInfo("dotnet")
        {
            // This folder contains no settings file.
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        program ??= Path.Combine(AppContext.BaseDirectory, "attribution.dll");
        foreach (var argument in (string[])[program, command, .. arguments]) info.ArgumentList.Add(argument);
        foreach (var (name, value) in settings) info.Environment[name] = value;
        process = new Process { StartInfo = info, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => AddLine(line.Data);
        process.ErrorDataReceived += (_, line) =>
        {
            AddLine(line.Data);
            if (line.Data is not null) errors.Enqueue(line.Data);
        };
        process.Exited += (_, _) => listening.TrySetException(
            new InvalidOperationException($"The host ended before it listened.{Environment.NewLine}{Output}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Gets the output so far, including standard error.</summary>
    public string Output => string.Join(Environment.NewLine, lines);

    /// <summary>Gets the process id.</summary>
    public int Id => process.Id;

    /// <summary>Gets a client of the host. It is set once the host listens.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>Starts <c>attribution serve</c> and waits until it is ready.</summary>
    /// <param name="folder">Data folder.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <param name="arguments">Further arguments.</param>
    /// <exception cref="InvalidOperationException">
    /// The host ended before it listened. The message contains its output.
    /// </exception>
    public static Task<HostProcess> ServeAsync(
        string folder, CancellationToken cancellation, params string[] arguments) =>
        StartAsync("serve", folder, cancellation, arguments);

    /// <summary>Starts a command that serves, and waits until it is ready.</summary>
    public static Task<HostProcess> StartAsync(
        string command, string folder, CancellationToken cancellation, params string[] arguments) =>
        WaitUntilReadyAsync(ListenAsync(command, folder, cancellation, arguments), cancellation);

    /// <summary>Starts <c>attribution serve</c> with further environment variables, and waits until it is ready.</summary>
    public static Task<HostProcess> ServeAsync(
        string folder, IReadOnlyDictionary<string, string?> environment, CancellationToken cancellation, params string[] arguments) =>
        WaitUntilReadyAsync(ListenAsync("serve", folder, environment, arguments, cancellation), cancellation);

    /// <summary>Starts <c>serve</c> of another build, and waits until it is ready.</summary>
    /// <param name="program">The path of the program; null for the build under test.</param>
    /// <param name="folder">Data folder.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <param name="arguments">Further arguments.</param>
    public static Task<HostProcess> ServeBuildAsync(
        string? program, string folder, CancellationToken cancellation, params string[] arguments) =>
        WaitUntilReadyAsync(
            ListenAsync("serve", folder, new Dictionary<string, string?>(), arguments, cancellation, program), cancellation);

    private static async Task<HostProcess> WaitUntilReadyAsync(Task<HostProcess> starting, CancellationToken cancellation)
    {
        var host = await starting;
        try
        {
            await Eventually.IsTrueAsync(
                () => host.IsReadyAsync(cancellation), StartTimeout, () => host.Output, cancellation);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a command that serves, and waits until it listens, even if it is not ready.</summary>
    public static Task<HostProcess> ListenAsync(
        string command, string folder, CancellationToken cancellation, params string[] arguments) =>
        ListenAsync(command, folder, new Dictionary<string, string?>(), arguments, cancellation);

    private static async Task<HostProcess> ListenAsync(
        string command, string folder, IReadOnlyDictionary<string, string?> environment, string[] arguments, CancellationToken cancellation,
        string? program = null)
    {
        var settings = await StoreUnderTest.SettingsAsync(folder);
        var host = new HostProcess(
            command, ["--urls", "http://127.0.0.1:0", "--data", folder, .. arguments], settings.Concat(environment), program);
        try
        {
            var url = await host.listening.Task.WaitAsync(StartTimeout, cancellation);
            var handler = new SocketsHttpHandler { UseProxy = false };
            host.Http = new HttpClient(handler) { BaseAddress = url, Timeout = TimeSpan.FromMinutes(2) };
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns whether the host reports that it is ready.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        using var answer = await Http.GetAsync(new Uri("/healthz/ready", UriKind.Relative), cancellation);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Runs a command until it ends, and returns its exit code and standard error.</summary>
    public static async Task<(int ExitCode, string Errors)> RunAsync(
        string command, CancellationToken cancellation, params string[] arguments)
    {
        var folder = arguments.SkipWhile(argument => argument != "--data").Skip(1).FirstOrDefault();
        var settings = await StoreUnderTest.SettingsAsync(folder);
        await using var host = new HostProcess(command, arguments, settings);
        try
        {
            await host.process.WaitForExitAsync(cancellation).WaitAsync(StartTimeout, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The command did not end.{Environment.NewLine}{host.Output}", e);
        }

        return (host.process.ExitCode, string.Join(Environment.NewLine, host.errors));
    }

    /// <summary>Waits until a line of the output contains a text.</summary>
    public Task WaitForOutputAsync(string text, TimeSpan within, CancellationToken cancellation) => Eventually.IsTrueAsync(
        () => Task.FromResult(lines.Any(line => line.Contains(text, StringComparison.Ordinal))), within, () => Output, cancellation);

    /// <summary>Stops the host gracefully (SIGTERM) and returns its exit code.</summary>
    public async Task<int> StopAsync(CancellationToken cancellation)
    {
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(cancellation);
        await process.WaitForExitAsync(cancellation).WaitAsync(StopTimeout, cancellation);
        return process.ExitCode;
    }

    /// <summary>Kills the host (SIGKILL), so that it cannot finish anything.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Http?.Dispose();
        process.Dispose();
    }

    private void AddLine(string? line)
    {
        if (line is null) return;
        lines.Enqueue(line);
        if (ListeningLine().Match(line) is { Success: true } match)
            listening.TrySetResult(new Uri(match.Groups["url"].Value));
    }

    [GeneratedRegex(@"(listens on|OpenAPI\):) +(?<url>http://127\.0\.0\.1:\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex ListeningLine();
}
