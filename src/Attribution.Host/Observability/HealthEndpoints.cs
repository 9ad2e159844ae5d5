using System.Text.Encodings.Web;
using System.Text.Json;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attribution.Host.Observability;

/// <summary>
/// Health endpoints. <c>/healthz/live</c> answers while the process runs. <c>/healthz/ready</c> and <c>/healthz</c> answer
/// 200 if all dependencies work, otherwise 503 with the reasons. All of them name the build, and the formats and data sets
/// that the processes of the store agreed on. Stages add their dependencies with
/// <c>services.AddHealthChecks().AddCheck(…)</c>; a check's description is shown to the operator.
/// </summary>
internal static class HealthEndpoints
{
    // The answer is JSON only and never part of a page, so that '+' of a version need not be escaped.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Registers the health checks.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks();
        return services;
    }

    /// <summary>Maps the endpoints.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync }).AllowWithoutCredentials();
        foreach (var path in (string[])["/healthz", "/healthz/ready"])
        {
            routes.MapHealthChecks(path, new HealthCheckOptions
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
    }

    private static async Task WriteAsync(HttpContext http, HealthReport report)
    {
        http.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter, Readable);
        json.WriteStartObject();
        json.WriteString("status", report.Status == HealthStatus.Healthy ? "ok" : "unavailable");
        json.WriteString("version", AttributionHost.Version);
        WriteAgreed(json, http.RequestServices.GetRequiredService<IFormatStore>().Agreed);
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

    private static void WriteAgreed(Utf8JsonWriter json, FormatVersions agreed)
    {
        var kinds = agreed.ByKind.ToLookup(kind => DataSetKinds.All.Contains(kind.Key));
        json.WriteStartObject("formats");
        foreach (var (kind, version) in kinds[false]) json.WriteNumber(kind, version);
        json.WriteEndObject();
        json.WriteStartObject("dataSets");
        foreach (var (kind, version) in kinds[true]) json.WriteString(kind, DataSetKinds.VersionOf(kind, version));
        json.WriteEndObject();
    }
}
