using System.Globalization;
using System.Reflection;
using Attribution.Host.Configuration;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace Attribution.Host.Observability;

/// <summary>Log lines for people on the console, the same as JSON in the data folder's <c>logs/</c>, a file a day. The section <c>Serilog</c> changes and adds.</summary>
internal static class LoggingSetup
{
    /// <summary>Days of log files kept; older ones are deleted.</summary>
    public const int RetainedFiles = 14;

    /// <summary>Makes Serilog the host's only logger. What is wrong with its section is added to <paramref name="errors"/>.</summary>
    public static void Add(WebApplicationBuilder builder, HostSettings host, List<string> errors)
    {
        var logs = Path.Combine(host.DataFolder, "logs");
        var shape = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal) // The answer says it, with each question.
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error) // That its keys lie in the store as they are is documented.
            .MinimumLevel.Override("Microsoft.AspNetCore.Antiforgery", LogEventLevel.Error) // The answer says it.
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .MinimumLevel.Override("MassTransit", LogEventLevel.Error) // Each of its tries to connect is a warning with a stack; the watch says it once.
            .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
            .Filter.ByExcluding(IsDuplicateStartupFault)
            .Filter.ByExcluding(line => line.MessageTemplate.Text.StartsWith("S-FAULT", StringComparison.Ordinal)) // Who publishes says it, once.
            .WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}", formatProvider: CultureInfo.InvariantCulture)
            .WriteTo.File(
                new JsonFormatter(renderMessage: true), Path.Combine(logs, $"attribution-{host.Instance}-.json"), rollingInterval: RollingInterval.Day,
                fileSizeLimitBytes: 64L << 20, rollOnFileSizeLimit: true, retainedFileCountLimit: RetainedFiles, flushToDiskInterval: TimeSpan.FromSeconds(2));
        Logger logger;
        try
        {
            logger = shape.ReadFrom.Configuration(builder.Configuration).CreateLogger();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or TargetInvocationException)
        {
            errors.Add($"Serilog: {(e.InnerException ?? e).Message}");
            return;
        }

        builder.Logging.ClearProviders().AddSerilog(logger, dispose: true);
    }

    /// <summary>A start that fails is told in one line when the process ends; the framework's own report of it is a stack trace.</summary>
    private static bool IsDuplicateStartupFault(LogEvent line) =>
        line.Properties.TryGetValue("SourceContext", out var source) && source is ScalarValue { Value: "Microsoft.Extensions.Hosting.Internal.Host" }
        && line.Properties.TryGetValue("EventId", out var id) && id is StructureValue structure
        && structure.Properties.Any(p => p is { Name: "Name", Value: ScalarValue { Value: "HostedServiceStartupFaulted" } });
}
