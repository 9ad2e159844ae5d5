using System.ComponentModel;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Rollups;
using Microsoft.Net.Http.Headers;

namespace Attribution.Host.Reporting.Api;

/// <summary>The daily rollups: who earned what, what did it cost.</summary>
internal static class RollupEndpoint
{
    /// <summary>Says in CSV what <c>notShown</c> says in JSON.</summary>
    private const string NotShownHeader = "Attribution-Not-Shown";

    public static void MapRollups(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/rollups/daily", (
                [Description("Needed. First local day, inside: 2026-03-01.")] string? from,
                [Description("Needed. Last local day, inside. At most three years after the first.")] string? to,
                [Description("The brand; default when absent.")] string? brand,
                [Description("Rows of this campaign only. Totals and unattributed stay the brand's.")] string? campaign,
                [Description("Rows of this creator only. Totals and unattributed stay the brand's.")] string? creator,
                [Description("A model's name; book, which is each conversion under the model that wrote its ledger lines; or all. The brand's book model when absent, book where that changed within its history.")] string? model,
                [Description("What rows keep apart, of day, campaign, creator; the rest is added up. All three when absent.")] string? groupBy,
                [Description("cohort (default): refunds on the order's day. cash: refunds, and the commission they take back, on the refund's day.")] string? view,
                [Description("An instant, such as 2026-03-10T00:00:00Z, not in the future: everything as it was answered then. As it stands when absent.")] string? asOf,
                [Description("json or csv; by the header Accept when absent, else json.")] string? format,
                HttpContext http, CatalogCache source, IRollupStore store, TimeProvider time, CancellationToken cancellation) =>
                AnswerAsync(http, source, store, time, cancellation))
            .AllowQueryParameters(RollupQuery.ParameterNames)
            .WithTags("Report").WithName("DailyRollups")
            .WithSummary("Measures, cost and ratios by day, campaign, creator and model.")
            .WithDescription("Rows sort by day, campaign, creator, model. A ratio whose divisor is 0 is null in JSON and empty in CSV. Touch, cost and engagement measures are the same under every model. A row without days is closed when every day asked for is. Days that a fitted model has no fit for have no rows under it; notShown (in CSV the header Attribution-Not-Shown) says which and why. With asOf, measures and statuses are those that were answered at that instant, names and currency those of today. With ETag: sent as If-None-Match, it is 304 where the rows are the same; none while changes wait.")
            .Produces<RollupAnswer>(StatusCodes.Status200OK, "application/json", "text/csv").Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task AnswerAsync(HttpContext http, CatalogCache source, IRollupStore store, TimeProvider time, CancellationToken cancellation)
    {
        var catalog = await source.RefreshAsync(cancellation);
        var (query, fault) = RollupQuery.Parse(http.Request, catalog, Timestamp.From(time.GetUtcNow()));
        if (query is null)
        {
            await fault!.ExecuteAsync(http);
            return;
        }
        if (IsNotModified(http, query, catalog.Version, await store.ReadStateAsync(query.Brand.Id, cancellation)))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var now = Timestamp.From(time.GetUtcNow());
        var reading = await RollupAnswer.OpenReadingAsync(query, store, cancellation);
        var groups = new RollupAggregation(query, reading);
        var notShown = RollupNotShown.ForQuery(query);
        if (query.Csv)
        {
            if (notShown.Count > 0) http.Response.Headers[NotShownHeader] = string.Join(", ", notShown);
            await RollupCsv.WriteAsync(http.Response, query, groups, cancellation);
        }
        else
        {
            http.Response.ContentType = "application/json";
            await RollupJson.WriteAsync(http.Response.BodyWriter, query, groups, notShown, now, RollupAnswer.FormatLag(reading, now), cancellation);
        }
    }

    /// <summary>
    /// Gives the answer its validator, and says whether the caller has an answer of the same. It is weak: computedAt may differ. It is taken before the
    /// rollups are read, so that an answer is never newer than it says; while anything waits to be folded there is none, since the lag grows.
    /// </summary>
    private static bool IsNotModified(HttpContext http, RollupQuery query, long catalogVersion, RollupState state)
    {
        http.Response.Headers.CacheControl = "private, no-cache";
        http.Response.Headers.Vary = "Accept, Authorization";
        if (state.WaitingSince is not null) return false;
        var tag = new EntityTagHeaderValue($"\"{BuildTag}.{query.Brand.Id}.{catalogVersion}.{state.LastFold}.{state.ClosedThrough?.DayNumber}.{(query.Csv ? "csv" : "json")}\"", isWeak: true);
        http.Response.GetTypedHeaders().ETag = tag;
        return http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false));
    }

    /// <summary>Another build may tell the same numbers otherwise.</summary>
    private static readonly string BuildTag = typeof(RollupEndpoint).Module.ModuleVersionId.ToString("N")[..8];
}
