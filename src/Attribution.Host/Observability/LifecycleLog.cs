using Attribution.Host.Access;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;

namespace Attribution.Host.Observability;

/// <summary>Log messages of a host's start and stop.</summary>
internal static partial class LifecycleLog
{
    /// <summary>Logs the version, addresses, data folder, roles and instance of a started host.</summary>
    public static void Started(WebApplication app)
    {
        var host = app.Services.GetRequiredService<HostSettings>();
        var logger = Logger(app);
        var urls = string.Join(", ", app.Urls);
        var roles = string.Join(",", host.Roles.Order()).ToLowerInvariant();
        if (app.Services.GetRequiredService<ApiCredentialCache>().IsEmpty) LogNoKeys(logger);
        LogStarted(logger, AttributionHost.Version, urls, host.DataFolder, roles, host.Instance);
    }

    /// <summary>Logs that all services have stopped.</summary>
    public static void Stopped(WebApplication app)
    {
        var logger = Logger(app);
        LogStopped(logger);
    }

    private static ILogger Logger(WebApplication app) =>
        app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Attribution.Host");

    [LoggerMessage(
        EventIds.HostStarted, LogLevel.Information,
        "Attribution {Version} listens on {Urls}; data in {DataFolder}, roles {Roles}, instance {Instance}")]
    private static partial void LogStarted(
        ILogger logger, string version, string urls, string dataFolder, string roles, string instance);

    [LoggerMessage(
        EventIds.NoCredentials, LogLevel.Information,
        "There are no API keys and no users: callers on this machine have all scopes, all others are refused")]
    private static partial void LogNoKeys(ILogger logger);

    [LoggerMessage(EventIds.HostStopped, LogLevel.Information, "Stopped")]
    private static partial void LogStopped(ILogger logger);
}
