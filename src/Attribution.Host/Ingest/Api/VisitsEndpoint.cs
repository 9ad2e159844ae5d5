using System.Text.Json;
using System.Text.Json.Serialization;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest.Api;

/// <summary>
/// <c>POST /v1/visits</c>: a landing as a browser reports it. It is a visit like any other, but a browser is not believed when: the visit is of now,
/// and by the request's own user agent. Only pages of the brand's origins may report.
/// </summary>
internal sealed class VisitsEndpoint(
    CatalogCache catalogs, EventValidator door, BatchWriter gatherer, TimeProvider time, IOptions<IngestOptions> options, IngestMetrics metrics)
{
    /// <summary>Greatest body in bytes; a visit's longest address and referrer fit.</summary>
    private const int MaxBodyBytes = 16 << 10;

    /// <summary>Takes a visit.</summary>
    public Task PostAsync(HttpContext http) => IngestResponses.ExecuteAsync(http, () => HandleAsync(http));

    private async Task HandleAsync(HttpContext http)
    {
        var caller = Caller.FromContext(http);
        await CheckOriginAsync(http, caller.Brand);
        var body = await RequestBody.ReadAllAsync(http.Request, MaxBodyBytes, http.RequestAborted);
        var report = ParseReport(body);
        var (batch, context) = new BatchFactory(caller, time, options.Value.Horizon).CreateBatch();
        var visit = new VisitEvent(
            report.Id, context.ReceivedAt, report.Url, BrandId: caller.Brand, VisitorId: report.VisitorId,
            Referrer: HeaderText.Truncate(report.Referrer, EventLimits.Url), UserAgent: HeaderText.Truncate(http.Request.Headers.UserAgent, EventLimits.UserAgent));
        var json = JsonSerializer.SerializeToUtf8Bytes(visit, ContractsJson.Default.VisitEvent);
        var results = new EventResults(options.Value.MaxEvents);
        var verdict = await door.ValidateAsync(json, isCloudEvent: false, caller, context, http.RequestAborted);
        batch.Add(verdict);
        results.Add(verdict);
        await IngestResponses.WriteResultsAsync(http, await gatherer.KeepAsync(batch), results, metrics);
    }

    /// <summary>Lets a page of the brand's origins through, and says so to the browser (CORS); nothing more is needed for a body of plain text.</summary>
    private async Task CheckOriginAsync(HttpContext http, string brand)
    {
        http.Response.Headers.Vary = "Origin";
        if (http.Request.Headers.Origin is not [{ Length: > 0 } origin])
            throw new RequestRejectedException(400, "origin_missing", "The header Origin is missing: visits are reported by browsers. A server posts them to /v1/events.");
        if (!GetOrigins(catalogs.Current, brand).Contains(origin) && !GetOrigins(await catalogs.RefreshAsync(http.RequestAborted), brand).Contains(origin))
            throw new RequestRejectedException(403, "origin_not_allowed", $"The page's origin is not among those of the brand '{brand}': add it to \"origins\" with PUT /v1/brands/{brand}.");
        http.Response.Headers.AccessControlAllowOrigin = origin;
    }

    private static IReadOnlyList<string> GetOrigins(CatalogSnapshot catalog, string brand) =>
        catalog.Contents.Items.TryGetValue(new CatalogRef(CatalogKind.Brands, brand), out var item) && item is BrandItem { Origins: { } origins } ? origins : [];

    private static VisitReport ParseReport(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, VisitReportJsonContext.Default.VisitReport) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw RequestRejectedException.Malformed($"The body is no visit: {e.Message}");
        }
    }
}

/// <summary>A landing as a browser reports it.</summary>
/// <param name="Id">1 to 128 characters; the same landing reported again has the same.</param>
/// <param name="Url">The landing's address, with its <c>utm_*</c> parameters and <c>atr_cid</c>.</param>
/// <param name="VisitorId">First-party visitor id.</param>
/// <param name="Referrer">The page that led here; may be empty.</param>
internal sealed record VisitReport(string Id, string Url, string? VisitorId = null, string? Referrer = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(VisitReport))]
internal sealed partial class VisitReportJsonContext : JsonSerializerContext;
