using System.ComponentModel;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Catalog;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoints of the catalog: the same set for each kind of item.</summary>
internal static class CatalogEndpoints
{
    public static void MapCatalog(this IEndpointRouteBuilder routes)
    {
        MapKind<BrandItem>(routes, "Brand");
        MapKind<CreatorItem>(routes, "Creator");
        MapKind<CampaignItem>(routes, "Campaign");
        MapKind<LinkItem>(routes, "Link");
        MapKind<CodeItem>(routes, "Code");
        MapKind<UtmRuleItem>(routes, "UtmRule");
        MapKind<PublisherItem>(routes, "Publisher");
        MapKind<AgreementItem>(routes, "Agreement");
        MapKind<CostItem>(routes, "Cost");
        MapKind<FxRateItem>(routes, "FxRate");
        MapKind<MonthlyNetItem>(routes, "MonthlyNet");
        routes.MapGeneration<LinkGeneration, LinkItem>("links", "Links");
        routes.MapGeneration<CodeGeneration, CodeItem>("codes", "Codes");
    }

    private static void MapKind<TItem>(IEndpointRouteBuilder routes, string noun) where TItem : class, ICatalogItem
    {
        var kind = CatalogKinds.All.Single(known => known.ItemType == typeof(TItem));
        var group = routes.MapGroup($"/v1/{kind.Name}").WithTags("Catalog");
        MapReads<TItem>(group, kind, noun);
        MapWrites<TItem>(group, kind, noun);
        MapHistory<TItem>(group, kind, noun);
        group.MapImport(kind, noun);
    }

    private static void MapReads<TItem>(RouteGroupBuilder group, CatalogKindInfo kind, string noun)
        where TItem : class, ICatalogItem
    {
        group.MapGet("", async (
                [Description(ParameterDescriptions.Limit)] string? limit,
                [Description(ParameterDescriptions.Cursor)] string? cursor,
                [Description("json (default) for a page. csv or ndjson for a file with all items in the format of the "
                    + "import, xlsx for a workbook with the columns of the CSV; none can be combined with limit or cursor.")] string? format,
                HttpContext http, CallerCatalog source, CancellationToken cancellation) =>
                format is null or "json"
                    ? PageRequest.Parse(limit, cursor).TryGet(out var page, out var problem)
                        ? ApiResults.Json(CatalogQuery.List<TItem>(await source.RefreshAsync(cancellation), page))
                        : problem.ToResult()
                    : await CatalogFiles.ExportAsync<TItem>(kind, format, limit, cursor, http, source, cancellation))
            .AllowQueryParameters("limit", "cursor", "format")
            .WithName($"List{noun}s").WithSummary($"Lists {kind.Name} by id.")
            .Produces<CatalogPage<TItem>>().ProducesProblem(StatusCodes.Status400BadRequest);

        group.MapGet("/{id}", async (
                [Description(ParameterDescriptions.ItemId)] string id,
                HttpContext http, CallerCatalog source, CancellationToken cancellation) =>
                CatalogQuery.Find(kind, id, await source.RefreshAsync(cancellation))
                    .TryGet(out var item, out var problem)
                    ? CatalogWrites.ItemResult(http, item)
                    : problem.ToResult())
            .AllowQueryParameters()
            .WithName($"Get{noun}").WithSummary($"Returns one of the {kind.Name} as stored.")
            .WithDescription(
                "The header ETag identifies the returned state. Send it as If-Match with a PUT or DELETE that must not "
                + "overwrite another user's change.")
            .Produces<TItem>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static void MapWrites<TItem>(RouteGroupBuilder group, CatalogKindInfo kind, string noun)
        where TItem : class, ICatalogItem
    {
        group.MapPut("/{id}", (
                [Description("1 to 64 characters of a-z 0-9 . _ -")] string id,
                HttpRequest request, CatalogWriter writer, CancellationToken cancellation) =>
                    CatalogWrites.PutAsync(kind, id, request, writer, cancellation))
            .RequireScope(CatalogVisibility.GetRequiredScope(kind))
            .AllowQueryParameters()
            .WithName($"Put{noun}").WithSummary(
                $"Writes one of the {kind.Name} completely: omitted members get their default.")
            .WithDescription(
                "Events posted after the response are matched with the written item. The body may omit the id. "
                    + "If-Match: <ETag> writes only if the item is unchanged; If-None-Match: * only creates.")
            .Accepts<TItem>("application/json").Produces<TItem>().Produces<TItem>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

        group.MapDelete("/{id}", (
                [Description(ParameterDescriptions.ItemId)] string id,
                HttpContext http, CatalogWriter writer, CancellationToken cancellation) =>
                    CatalogWrites.DeleteAsync(kind, id, http, writer, cancellation))
            .RequireScope(CatalogVisibility.GetRequiredScope(kind))
            .AllowQueryParameters()
            .WithName($"Delete{noun}").WithSummary(
                $"Deletes one of the {kind.Name} that never matched an event and that no other item refers to.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static void MapHistory<TItem>(RouteGroupBuilder group, CatalogKindInfo kind, string noun)
        where TItem : class, ICatalogItem =>
        group.MapGet("/{id}/history", async (
                [Description(ParameterDescriptions.ItemId)] string id,
                [Description(ParameterDescriptions.Limit)] string? limit,
                [Description(ParameterDescriptions.Cursor)] string? cursor,
                HttpContext http, CallerCatalog source, ICatalogStore store, CancellationToken cancellation) =>
                (await CatalogHistoryQuery.RunAsync(
                    kind, id, limit, cursor, Caller.FromContext(http), await source.RefreshAsync(cancellation), store,
                    cancellation)).ToResult())
            .AllowQueryParameters("limit", "cursor")
            .WithName($"Get{noun}History")
            .WithSummary($"Lists the changes of one of the {kind.Name} with caller, time and new state; newest first.")
            .Produces<HistoryPage<TItem>>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
}
