using Attribution.Host.Observability;
using Attribution.Storage;
using Microsoft.AspNetCore.Connections;

namespace Attribution.Host.Hosting;

/// <summary>Runs a host from its start to its orderly stop.</summary>
internal static class HostRunner
{
    /// <summary>Builds and starts a host, and waits until it is stopped (SIGTERM, Ctrl-C or the token).</summary>
    /// <param name="settings">As for <see cref="AttributionHost.BuildAsync"/>.</param>
    /// <param name="additionalWork">
    /// Additional work that begins when the host listens. The host continues when it completes, and stops when it fails.
    /// </param>
    /// <param name="configure">As for <see cref="AttributionHost.BuildAsync"/>.</param>
    /// <param name="cancellation">Stops the host.</param>
    /// <returns>0 after an orderly stop; 1 if a component failed.</returns>
    /// <exception cref="StartupException">The host cannot start.</exception>
    public static async Task<int> RunAsync(
        IReadOnlyCollection<string> settings, Func<WebApplication, CancellationToken, Task>? additionalWork = null,
        Action<WebApplicationBuilder>? configure = null, CancellationToken cancellation = default)
    {
        using var stopLimit = new StopLimit();
        await using var app = await AttributionHost.BuildAsync(settings, configure, cancellation: cancellation);
        using var limited = app.Lifetime.ApplicationStopping.Register(stopLimit.Begin);
        try
        {
            await StartAsync(app, cancellation);
        }
        catch (StartupException)
        {
            // Services that have started must stop before the store closes.
            await CaptureFailureAsync(() => app.StopAsync(CancellationToken.None));
            throw;
        }

        LifecycleLog.Started(app);

        var lifetime = app.Lifetime;
        Exception? failure = null;
        // A failed service stops the host. Failures that the stop itself causes come later and are ignored here.
        using var stopping = lifetime.ApplicationStopping.Register(() => failure = FindFailedService(app));
        if (additionalWork is not null)
        {
            try
            {
                await additionalWork(app, lifetime.ApplicationStopping);
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

        var stopFailure = await CaptureFailureAsync(() => app.WaitForShutdownAsync(cancellation));
        failure ??= stopFailure;
        LifecycleLog.Stopped(app);
        if (failure is null)
            return 0;

        await Console.Error.WriteLineAsync($"The host stopped because a component failed: {failure.Message}");
        return 1;
    }

    private static Exception? FindFailedService(WebApplication app) => app.Services.GetServices<IHostedService>().OfType<BackgroundService>()
        .Select(service => service.ExecuteTask?.Exception?.InnerException).FirstOrDefault(e => e is not null and not OperationCanceledException);

    /// <summary>
    /// Returns the exception of a stop that failed or exceeded <see cref="WebPipeline.ShutdownTimeout"/>; null if it
    /// succeeded.
    /// </summary>
    private static async Task<Exception?> CaptureFailureAsync(Func<Task> stop)
    {
        try
        {
            await stop();
            return null;
        }
        catch (OperationCanceledException e)
        {
            return new TimeoutException(
                $"not all components stopped within {WebPipeline.ShutdownTimeout.TotalSeconds:0} s; no accepted event is lost.", e);
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
        catch (OperationCanceledException) when (
            cancellation.IsCancellationRequested || app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw StartupException.ForEnvironment("The host was stopped before it had started.");
        }
        catch (Exception e) when (e is not StartupException)
        {
            var cause = e is StoreFaultException fault ? fault.Summary : e.Message;
            throw StartupException.ForEnvironment($"The host cannot start: {cause}", e);
        }
    }
}
