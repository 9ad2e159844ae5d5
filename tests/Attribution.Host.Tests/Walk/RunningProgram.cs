using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Attribution.Host.Tests.Walk;

/// <summary>
/// The instrumented program, started in this process by its entry point. The diagnostic event <c>HostBuilt</c> gives
/// access to its host.
/// </summary>
public sealed class RunningProgram : IAsyncDisposable, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private readonly TaskCompletionSource<IHost> built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IDisposable> subscriptions = [];
    private readonly string dataFolder;
    private Task<int> run = Task.FromResult(0);
    private IHost? host;

    private RunningProgram(string dataFolder) => this.dataFolder = dataFolder;

    /// <summary>Gets a client of the program.</summary>
    public HttpClient Http { get; private set; } = new();

    /// <summary>Starts <c>serve</c> with a data folder and a free port, and waits until it listens.</summary>
    public static async Task<RunningProgram> StartAsync(InstrumentedProgram program, string dataFolder, params string[] options)
    {
        var running = new RunningProgram(dataFolder);
        running.subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(running));
        running.run = program.RunAsync(["serve", "--data", dataFolder, "--urls", "http://127.0.0.1:0", .. options]);
        running.host = await running.UnlessEndedAsync(running.built.Task);
        var started = new TaskCompletionSource<bool>();
        using var registration = running.host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => started.SetResult(true));
        await running.UnlessEndedAsync(started.Task);
        var address = running.host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        running.Http = new HttpClient { BaseAddress = new Uri(address) };
        return running;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        host?.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await run;
        subscriptions.ForEach(subscription => subscription.Dispose());
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting") subscriptions.Add(value.Subscribe(this));
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        // Other tests build hosts in this process, too. The data folder identifies this one.
        if (value is { Key: "HostBuilt", Value: IHost candidate } && candidate.Services.GetRequiredService<IConfiguration>()["Host:Data"] == dataFolder)
            built.TrySetResult(candidate);
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }

    private async Task<T> UnlessEndedAsync<T>(Task<T> task) =>
        await Task.WhenAny(task, run) == task ? await task : throw new InvalidOperationException($"The program ended with code {await run}.");
}
