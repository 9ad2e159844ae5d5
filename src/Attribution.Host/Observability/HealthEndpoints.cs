using System.Text.Json;
using Attribution.Host.Access;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attribution.Host.Observability;

/// <summary>
/// Health endpoints. <c>/healthz/live</c> answers while the process runs. <c>/healthz/ready</c> answers 200 if all
/// dependencies work, otherwise 503 with the reasons. Stages add their dependencies with
/// <c>services.AddHealthChecks().AddCheck(…)</c>; a check's description is shown to the operator.
/// </summary>
internal static class HealthEndpoints
{
    /// <summary>Registers the health checks.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks();
        return services;
    }

    /// <summary>Maps both endpoints.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync }).AllowWithoutCredentials();
        routes.MapHealthChecks("/healthz/ready", new HealthCheckOptions
        {
            ResponseWriter = WriteAsync,
            ResultStatusCodes =
            {
                [HealthStatus.Healthy] = StatusCodes.Status200OK,
                [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable,
                [HealthStatus.Unhealthy] = StatusCodes.Status503ServiceUnavailable,
            },
        }).AllowWithoutCredentials();
    }

    private static async Task WriteAsync(HttpContext http, HealthReport report)
    {
        http.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", report.Status == HealthStatus.Healthy ? "ok" : "unavailable");
        json.WriteStartArray("checks");
        foreach (var (name, check) in report.Entries.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("status", check.Status == HealthStatus.Healthy ? "ok" : "unavailable");
            if ((check.Description ?? check.Exception?.Message) is { } reason)
                json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(http.RequestAborted);
    }
}
