using Attribution.Host.Observability;
using Microsoft.AspNetCore.Connections;

namespace Attribution.Host.Hosting;

/// <summary>Runs a host from its start to its orderly stop.</summary>
internal static class HostRunner
{
    /// <summary>Builds and starts a host and waits until it is told to stop (SIGTERM, Ctrl-C, the token).</summary>
    /// <param name="settings">As for <see cref="AttributionHost.BuildAsync"/>.</param>
    /// <param name="beside">Work done beside serving, once everything listens; its end does not end the host, its failure does.</param>
    /// <param name="configure">As for <see cref="AttributionHost.BuildAsync"/>.</param>
    /// <param name="cancellation">Stops the host.</param>
    /// <returns>0 after an orderly stop, 1 when a part of it failed.</returns>
    /// <exception cref="StartupException">It cannot start.</exception>
    public static async Task<int> RunAsync(
        IReadOnlyCollection<string> settings, Func<WebApplication, CancellationToken, Task>? beside = null,
        Action<WebApplicationBuilder>? configure = null, CancellationToken cancellation = default)
    {
        await using var app = await AttributionHost.BuildAsync(settings, configure, cancellation);
        try
        {
            await StartAsync(app, cancellation);
        }
        catch (StartupException)
        {
            // What had started already must not outlive the store.
            await CaptureFailureAsync(() => app.StopAsync(CancellationToken.None));
            throw;
        }

        LifecycleLog.Started(app);

        var lifetime = app.Lifetime;
        Exception? failure = null;
        // A part that fails has the host stopped; what fails because the host stops comes later.
        using var stopping = lifetime.ApplicationStopping.Register(() => failure = FindFailedService(app));
        if (beside is not null)
        {
            try
            {
                await beside(app, lifetime.ApplicationStopping);
            }
            catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
            {
            }
            catch (Exception e)
            {
                lifetime.StopApplication();
                failure ??= e;
            }
        }

        var unstopped = await CaptureFailureAsync(() => app.WaitForShutdownAsync(cancellation));
        failure ??= unstopped;
        LifecycleLog.Stopped(app);
        if (failure is null)
            return 0;

        await Console.Error.WriteLineAsync($"The host stopped because a part of it failed: {failure.Message}");
        return 1;
    }

    private static Exception? FindFailedService(WebApplication app) => app.Services.GetServices<IHostedService>().OfType<BackgroundService>()
        .Select(service => service.ExecuteTask?.Exception?.InnerException).FirstOrDefault(e => e is not null and not OperationCanceledException);

    /// <summary>What an orderly stop failed with, a stop that takes longer than <see cref="WebPipeline.ShutdownTimeout"/> among it; null when it did not.</summary>
    private static async Task<Exception?> CaptureFailureAsync(Func<Task> stop)
    {
        try
        {
            await stop();
            return null;
        }
        catch (OperationCanceledException e)
        {
            return new TimeoutException($"not everything had stopped within {WebPipeline.ShutdownTimeout.TotalSeconds:0} s; nothing accepted is lost.", e);
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static async Task StartAsync(WebApplication app, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw StartupException.ForEnvironment($"The port is in use: {e.Message.TrimEnd('.')}. Choose another with --urls.", e);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested || app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw StartupException.ForEnvironment("The host was told to stop before it had started.");
        }
        catch (Exception e) when (e is not StartupException)
        {
            throw StartupException.ForEnvironment($"The host cannot start: {e.Message}", e);
        }
    }
}
