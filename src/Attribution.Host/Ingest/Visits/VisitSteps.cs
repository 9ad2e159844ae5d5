using System.Text.Json;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;

namespace Attribution.Host.Ingest.Visits;

/// <summary>
/// Steps of <c>POST /v1/visits</c> in <see cref="IngestPipeline"/>. A browser's clock and user agent are not trusted:
/// the visit gets the time of receipt and the request's user agent. Only pages of the brand's origins may report
/// visits.
/// </summary>
internal sealed class VisitSteps(CatalogCache catalogs, TimeProvider time)
{
    /// <summary>Greatest body in bytes. The longest address and referrer fit.</summary>
    private const int MaxBodyBytes = 16 << 10;

    /// <summary>
    /// Checks the page's origin and allows the response to be read there (CORS). A plain-text body needs no preflight
    /// request.
    /// </summary>
    /// <exception cref="RequestRejectedException">The origin is missing or is not one of the brand's.</exception>
    public async ValueTask CheckOriginAsync(IngestRequest request)
    {
        var (http, brand) = (request.Http, Caller.FromContext(request.Http).Brand);
        http.Response.Headers.Vary = "Origin";
        if (http.Request.Headers.Origin is not [{ Length: > 0 } origin])
            throw new RequestRejectedException(
                400, "origin_missing", "The header Origin is missing: browsers report visits here. Servers post them to /v1/events.");
        if (!IsOriginOf(catalogs.Current, brand, origin)
            && !IsOriginOf(await catalogs.RefreshAsync(request.Cancellation), brand, origin))
            throw new RequestRejectedException(
                403, "origin_not_allowed", $"The page's origin is not one of the brand '{brand}': add it to \"origins\" with PUT /v1/brands/{brand}.");
        http.Response.Headers.AccessControlAllowOrigin = origin;
    }

    /// <summary>Reads the report.</summary>
    /// <exception cref="RequestRejectedException">The body is too long.</exception>
    public static async ValueTask ReadBodyAsync(IngestRequest request) =>
        request.Body = await RequestBody.ReadAllAsync(request.Http.Request, MaxBodyBytes, request.Cancellation);

    /// <summary>Maps the report to a visit that happens now, and sets the cookies that the page asks for.</summary>
    /// <exception cref="RequestRejectedException">The body is not a report.</exception>
    public ValueTask MapReport(IngestRequest request)
    {
        var report = ParseReport(request.Body.Span);
        VisitCookies.Set(request.Http, report);
        var caller = Caller.FromContext(request.Http);
        request.OpenBatch(caller, time.GetUtcNow());
        request.Mapped =
        [
            MappedEvent.FromTyped(new VisitEvent(
                report.Id, request.Context.ReceivedAt, report.Url, BrandId: caller.Brand, VisitorId: report.VisitorId,
                Referrer: HeaderText.Truncate(report.Referrer, EventLimits.Url),
                UserAgent: HeaderText.Truncate(request.Http.Request.Headers.UserAgent, EventLimits.UserAgent))),
        ];
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Returns true if an origin is one of the brand's. Earlier versions stored international hosts as written.
    /// </summary>
    private static bool IsOriginOf(CatalogSnapshot catalog, string brand, string origin) =>
        catalog.Contents.Items.TryGetValue(new CatalogRef(CatalogKind.Brands, brand), out var item)
            && item is BrandItem { Origins: { } origins }
            && origins.Any(known => HostNames.ToAsciiOrigin(known) == origin);

    private static VisitReport ParseReport(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, VisitReportJsonContext.Default.VisitReport)
                ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw RequestRejectedException.Malformed($"The body is not a visit: {JsonFault.Describe(e)}");
        }
    }
}
