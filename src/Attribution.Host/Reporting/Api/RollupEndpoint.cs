using System.ComponentModel;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Rollups;
using Microsoft.Net.Http.Headers;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/rollups/daily</c>: measures, cost and ratios of placements by day.</summary>
internal static class RollupEndpoint
{
    /// <summary>Header that carries <c>notShown</c> with a CSV answer.</summary>
    private const string NotShownHeader = "Attribution-Not-Shown";

    /// <summary>Header that carries <c>computedAt</c> with a CSV answer.</summary>
    private const string ComputedAtHeader = "Attribution-Computed-At";

    /// <summary>Header that carries <c>manifest</c> with a CSV answer.</summary>
    private const string ManifestHeader = "Attribution-Manifest";

    /// <summary>Identifies the build, because another build may write the same numbers differently.</summary>
    private static readonly string BuildTag = typeof(RollupEndpoint).Module.ModuleVersionId.ToString("N")[..8];

    public static void MapRollups(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/rollups/daily", (
                [Description(ParameterDescriptions.From)] string? from,
                [Description(ParameterDescriptions.To)] string? to,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description("Restricts rows to this campaign. Totals and unattributed always cover the whole "
                    + "brand.")] string? campaign,
                [Description("Restricts rows to this creator. Totals and unattributed always cover the whole "
                    + "brand.")] string? creator,
                [Description("Name of a model; book, which reports each conversion under the model that wrote its "
                    + "ledger lines; or all. Defaults to the brand's book model, or to book if that model has "
                    + "changed.")] string? model,
                [Description("Comma-separated list of day, campaign and creator by which rows are grouped. Defaults to "
                    + "all three.")] string? groupBy,
                [Description("cohort (default): refunds count on the order's day. cash: refunds, and the commission "
                    + "they reverse, count on the refund's day.")] string? view,
                [Description("Instant in the past, for example 2026-03-10T00:00:00Z. Returns the answer that was given "
                    + "at that time. Defaults to the current state.")] string? asOf,
                [Description(ParameterDescriptions.Format)] string? format,
                [Description(ParameterDescriptions.TableOptions)] string? options,
                HttpContext http, CallerCatalog source, IRollupStore store, RollupReader reader, TimeProvider time,
                CancellationToken cancellation) =>
                AnswerAsync(http, source, store, reader, time, cancellation))
            .AllowQueryParameters(RollupQuery.ParameterNames)
            .WithTags("Report").WithName("DailyRollups")
            .WithSummary("Returns measures, cost and ratios by day, campaign, creator and model.")
            .WithDescription(
                "Rows are ordered by day, campaign, creator and model. A ratio whose divisor is 0 is null in JSON and "
                    + "empty in CSV. Touch, cost and engagement measures are the same under every model. "
                + "A row without a day is closed if every requested day is closed. Days without a fit have no rows "
                    + "under fitted models; notShown (in CSV the header Attribution-Not-Shown) lists these days and "
                    + "the reason. "
                + "With asOf, measures, statuses, margins and fits are those of that instant, but names and currency are "
                    + "the current ones. asOf with the computedAt of an answer repeats that answer. "
                + "In CSV, computedAt and manifest are the headers Attribution-Computed-At and Attribution-Manifest. "
                + "The response has an ETag unless changes are waiting; sent as If-None-Match, it returns 304 if the "
                    + "rows are unchanged.")
            .Produces<RollupAnswer>(StatusCodes.Status200OK, "application/json", "text/csv", TableFormat.WorkbookType)
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task AnswerAsync(
        HttpContext http, CallerCatalog source, IRollupStore store, RollupReader reader, TimeProvider time,
        CancellationToken cancellation)
    {
        var now = Timestamp.From(time.GetUtcNow());
        var catalog = await source.RefreshAsync(cancellation);
        if (!ResponseFormat.TryRead(http.Request, out var isTable, out var problem)
            || !RollupQuery.Parse(http.Request.Query, catalog).TryGet(out var query, out problem))
        {
            await problem.ToResult().ExecuteAsync(http);
            return;
        }
        var state = await store.ReadStateAsync(query.Brand.Id, asOf: null, cancellation);
        if (query.FindFutureInstant(now, state.Moment.ChangedAt) is { } future)
        {
            await future.ToResult().ExecuteAsync(http);
            return;
        }
        if (IsNotModified(http, query, isTable ? TableFormat.FromRequest(http.Request) : null, catalog.Version, state))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        (query, var reading) = await reader.OpenAsync(query, cancellation);
        var origin = RollupOrigin.FromReading(query, reading, now);
        var groups = new RollupAggregation(query, reading);
        var notShown = RollupNotShown.ForQuery(query);
        if (isTable)
        {
            if (notShown.Count > 0) http.Response.Headers[NotShownHeader] = string.Join(", ", notShown);
            http.Response.Headers[ComputedAtHeader] = origin.ComputedAt.ToString();
            if (origin.Manifest is { } manifest) http.Response.Headers[ManifestHeader] = $"{manifest}";
            await RollupCsv.WriteAsync(http.Response, query, groups, cancellation);
        }
        else
        {
            http.Response.ContentType = "application/json";
            await RollupJson.WriteAsync(http.Response.BodyWriter, query, groups, notShown, origin, cancellation);
        }
    }

    /// <summary>
    /// Sets the ETag and returns whether the caller already has this answer. The ETag is weak because computedAt may
    /// differ. It is computed before the rollups are read, so that an answer is never newer than its ETag. While
    /// changes wait to be folded there is no ETag, because the lag grows.
    /// </summary>
    private static bool IsNotModified(
        HttpContext http, RollupQuery query, TableFormat? table, long catalogVersion, RollupState state)
    {
        http.Response.Headers.CacheControl = "private, no-cache";
        http.Response.Headers.Vary = "Accept, Authorization";
        if (state.WaitingSince is not null) return false;
        var tag = new EntityTagHeaderValue(
            $"\"{BuildTag}.{query.Brand.Id}.{catalogVersion}.{state.LastFold}.{state.ClosedThrough?.DayNumber}."
                + $"{table?.Tag ?? "json"}\"",
            isWeak: true);
        http.Response.GetTypedHeaders().ETag = tag;
        return http.Request.GetTypedHeaders().IfNoneMatch.Any(
            known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false));
    }
}
