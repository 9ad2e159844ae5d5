using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Attribution.Host.Configuration;
using Attribution.Storage;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace Attribution.Host.Observability;

/// <summary>
/// Logging setup: plain text on the console, and the same entries as JSON in <c>logs/</c> of the data folder, one file
/// per day. The section <c>Serilog</c> changes and extends it.
/// </summary>
internal static class LoggingSetup
{
    /// <summary>Number of log files kept; older ones are deleted.</summary>
    public const int RetainedFiles = 14;

    /// <summary>Makes Serilog the only logger of the host. Adds a fault of its section to <paramref name="errors"/>.</summary>
    public static void Add(WebApplicationBuilder builder, HostSettings host, List<string> errors)
    {
        var logs = Path.Combine(host.DataFolder, "logs");
        var shape = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            // Each answer of a health check contains the reason.
            .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal)
            // Unencrypted keys in the store are documented.
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
            .MinimumLevel.Override("Microsoft.AspNetCore.Antiforgery", LogEventLevel.Error) // The answer contains the reason.
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            // BrokerWatch logs connection failures once, without a stack trace.
            .MinimumLevel.Override("MassTransit", LogEventLevel.Error)
            .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
            .Filter.ByExcluding(IsDuplicateStartupFault)
            .Filter.ByExcluding(new RepeatedStoreFaults().Contains)
            // The publisher logs these failures once.
            .Filter.ByExcluding(line => line.MessageTemplate.Text.StartsWith("S-FAULT", StringComparison.Ordinal))
            .WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}",
                formatProvider: CultureInfo.InvariantCulture)
            .WriteTo.File(
                new JsonFormatter(renderMessage: true), Path.Combine(logs, $"attribution-{host.Instance}-.json"),
                rollingInterval: RollingInterval.Day,
                fileSizeLimitBytes: 64L << 20, rollOnFileSizeLimit: true, retainedFileCountLimit: RetainedFiles,
                flushToDiskInterval: TimeSpan.FromSeconds(2));
        Logger logger;
        try
        {
            logger = shape.ReadFrom.Configuration(builder.Configuration).CreateLogger();
        }
        catch (Exception e) when (
            e is InvalidOperationException or ArgumentException or FormatException or TargetInvocationException)
        {
            errors.Add($"Serilog: {(e.InnerException ?? e).Message}");
            return;
        }

        builder.Logging.ClearProviders().AddSerilog(logger, dispose: true);
    }

    /// <summary>
    /// Indicates whether an entry repeats a failed start with a stack trace. The process writes one line about it when
    /// it ends.
    /// </summary>
    private static bool IsDuplicateStartupFault(LogEvent line) =>
        line.Properties.TryGetValue("SourceContext", out var source)
            && source is ScalarValue { Value: "Microsoft.Extensions.Hosting.Internal.Host" }
        && line.Properties.TryGetValue("EventId", out var id) && id is StructureValue structure
        && structure.Properties.Any(
            p => p is { Name: "Name", Value: ScalarValue { Value: "HostedServiceStartupFaulted" } });

    /// <summary>
    /// Entries that repeat another of the last minute: the same message because of the same fault of the store. During an
    /// outage, every service that tries again would log the fault at each attempt. Thread-safe.
    /// </summary>
    private sealed class RepeatedStoreFaults
    {
        private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
        private readonly ConcurrentDictionary<(string Message, string Fault), DateTimeOffset> logged = new();

        public bool Contains(LogEvent line)
        {
            if (line.Exception is not StoreFaultException { IsEnvironmental: true } fault) return false;
            var (key, now) = ((line.MessageTemplate.Text, fault.Summary), line.Timestamp);
            if (logged.TryGetValue(key, out var last) && (now - last).Duration() < Interval) return true;
            if (logged.Count >= 1_000) logged.Clear(); // The summaries of unusual faults contain SQL statements.
            logged[key] = now;
            return false;
        }
    }
}
