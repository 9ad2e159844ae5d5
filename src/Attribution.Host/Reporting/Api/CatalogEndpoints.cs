using System.ComponentModel;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Storage.Access;
using Attribution.Storage.Catalog;

namespace Attribution.Host.Reporting.Api;

/// <summary>What brands tell us about their creators: one set of addresses a kind.</summary>
internal static class CatalogEndpoints
{
    private const int MaxItemBytes = 2 * 1024 * 1024;

    public static void MapCatalog(this IEndpointRouteBuilder routes)
    {
        MapKind<BrandItem>(routes, "Brand");
        MapKind<CreatorItem>(routes, "Creator");
        MapKind<CampaignItem>(routes, "Campaign");
        MapKind<LinkItem>(routes, "Link");
        MapKind<CodeItem>(routes, "Code");
        MapKind<UtmRuleItem>(routes, "UtmRule");
        MapKind<AgreementItem>(routes, "Agreement");
        MapKind<CostItem>(routes, "Cost");
        MapKind<FxRateItem>(routes, "FxRate");
        MapKind<MonthlyNetItem>(routes, "MonthlyNet");
        MapGeneration<LinkGeneration, LinkItem>(routes, "links", "Links");
        MapGeneration<CodeGeneration, CodeItem>(routes, "codes", "Codes");
    }

    private static void MapGeneration<TRequest, TItem>(IEndpointRouteBuilder routes, string kind, string noun) where TRequest : class, IGenerationRequest =>
        routes.MapPost($"/v1/{kind}/generate", (HttpRequest request, CatalogWriter writer, CancellationToken cancellation) =>
                ItemGeneration.GenerateAsync<TRequest>(request, writer, cancellation))
            .RequireScope(KeyScopes.Edit)
            .AllowQueryParameters()
            .WithTags("Catalog").WithName($"Generate{noun}").WithSummary($"Makes so many {kind} for each of many creators, that nobody can guess.")
            .WithDescription(ItemGeneration.Description)
            .Accepts<TRequest>("application/json").Produces<GenerationAnswer<TItem>>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge);

    private static void MapKind<TItem>(IEndpointRouteBuilder routes, string noun) where TItem : class, ICatalogItem
    {
        var kind = CatalogKinds.All.Single(known => known.ItemType == typeof(TItem));
        var group = routes.MapGroup($"/v1/{kind.Name}").WithTags("Catalog");

        group.MapGet("", (
                [Description("Most items of the page, 1 to 1000; 100 when absent.")] string? limit,
                [Description("The cursor that the page before answered; absent for the first page.")] string? cursor,
                [Description("csv or ndjson: all of them as a file of the import's shape, without limit and cursor; json, a page, when absent.")] string? format,
                HttpContext http, CatalogCache source, CancellationToken cancellation) =>
                format is null or "json" ? ListAsync<TItem>(limit, cursor, http, source, cancellation) : CatalogExport.ExportAsync<TItem>(kind, format, http, source, cancellation))
            .AllowQueryParameters("limit", "cursor", "format")
            .WithName($"List{noun}s").WithSummary($"Lists {kind.Name} by id.")
            .Produces<CatalogPage<TItem>>().ProducesProblem(StatusCodes.Status400BadRequest);

        group.MapGet("/{id}", (
                [Description("The item's id.")] string id,
                HttpContext http, CatalogCache source, CancellationToken cancellation) => GetAsync<TItem>(kind, id, http, source, cancellation))
            .AllowQueryParameters()
            .WithName($"Get{noun}").WithSummary($"One of {kind.Name}, as stored.")
            .WithDescription("The header ETag names what was answered: send it as If-Match with a PUT or DELETE that must not undo somebody else's change.")
            .Produces<TItem>().ProducesProblem(StatusCodes.Status404NotFound);

        group.MapPut("/{id}", (
                [Description("1 to 64 of a-z 0-9 . _ -")] string id,
                HttpRequest request, CatalogWriter writer, CancellationToken cancellation) => PutAsync(kind, id, request, writer, cancellation))
            .RequireScope(GetRequiredScope(kind))
            .AllowQueryParameters()
            .WithName($"Put{noun}").WithSummary($"Writes one of {kind.Name} whole: what the body leaves out has its default afterwards.")
            .WithDescription("Answered when events posted afterwards are matched with it. The body may leave out the id. If-Match: <ETag> writes only what was read; If-None-Match: * only creates.")
            .Accepts<TItem>("application/json").Produces<TItem>().Produces<TItem>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

        group.MapDelete("/{id}", (
                [Description("The item's id.")] string id,
                HttpContext http, CatalogWriter writer, CancellationToken cancellation) => DeleteAsync(kind, id, http, writer, cancellation))
            .RequireScope(GetRequiredScope(kind))
            .AllowQueryParameters()
            .WithName($"Delete{noun}").WithSummary($"Deletes one of {kind.Name} that never matched an event and that nothing refers to.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed);

        group.MapGet("/{id}/history", (
                [Description("The item's id.")] string id,
                [Description("Most changes of the page, 1 to 1000; 100 when absent.")] string? limit,
                [Description("The cursor that the page before answered; absent for the first page.")] string? cursor,
                HttpContext http, CatalogCache source, ICatalogStore store, CancellationToken cancellation) =>
                CatalogHistory.ListAsync(kind, id, limit, cursor, http, source, store, cancellation))
            .AllowQueryParameters("limit", "cursor")
            .WithName($"Get{noun}History").WithSummary($"Who changed one of {kind.Name}, when and to what; newest first.")
            .Produces<HistoryPage<TItem>>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);

        group.MapPost("/import", (
                [Description("true: check every line against the catalog as it stands, answer as ever, write nothing.")] string? dryRun,
                HttpRequest request, CatalogWriter writer, CancellationToken cancellation) => CatalogImport.ImportAsync(kind, dryRun, request, writer, cancellation))
            .RequireScope(GetRequiredScope(kind))
            .AllowQueryParameters("dryRun")
            .WithName($"Import{noun}s").WithSummary($"Writes many {kind.Name} from CSV with a header, or NDJSON, and answers for each line.")
            .WithDescription(CatalogImport.Describe(kind))
            .Accepts<string>("text/csv", "application/x-ndjson").Produces<ImportAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
    }

    /// <summary>Who may write a kind: what a brand is decides about all of its books.</summary>
    internal static KeyScopes GetRequiredScope(CatalogKindInfo kind) => kind.Kind == CatalogKind.Brands ? KeyScopes.Admin : KeyScopes.Edit;

    private static async Task<IResult> ListAsync<TItem>(string? limitText, string? cursor, HttpContext http, CatalogCache source, CancellationToken cancellation)
        where TItem : class, ICatalogItem
    {
        if (!QueryParameters.TryReadLimit(limitText, out var limit, out var fault) || !QueryParameters.TryReadCursor(cursor, out var after, out fault)) return fault;
        var catalog = await source.RefreshAsync(cancellation);
        var page = catalog.Contents.Items.Values.OfType<TItem>()
            .Where(item => string.CompareOrdinal(item.Id, after) > 0 && IsVisibleTo(http, item, catalog))
            .OrderBy(item => item.Id, StringComparer.Ordinal).Take(limit + 1).ToList();
        var more = page.Count > limit;
        if (more) page.RemoveAt(limit);
        return Results.Json(new CatalogPage<TItem>(page, more ? QueryParameters.EncodeCursor(page[^1].Id) : null), ReportJson.Options);
    }

    private static async Task<IResult> GetAsync<TItem>(CatalogKindInfo kind, string id, HttpContext http, CatalogCache source, CancellationToken cancellation)
        where TItem : class, ICatalogItem
    {
        var catalog = await source.RefreshAsync(cancellation);
        if (catalog.Contents.Items.GetValueOrDefault(new CatalogRef(kind.Kind, id)) is not TItem item || !IsVisibleTo(http, item, catalog)) return ItemNotFound(kind, id);
        http.Response.Headers.ETag = WritePrecondition.ComputeETag(item);
        return Results.Json(item, ReportJson.Options);
    }

    private static async Task<IResult> PutAsync(CatalogKindInfo kind, string id, HttpRequest request, CatalogWriter writer, CancellationToken cancellation)
    {
        if (RequestBody.MediaType(request) is not ("" or "application/json"))
            return ApiProblems.Create(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type", "Send application/json");
        var (body, tooLong) = await RequestBody.ReadAsync(request, MaxItemBytes, cancellation);
        if (tooLong is not null) return tooLong;
        if (!WritePrecondition.TryRead(request, out var condition, out var unreadable)) return unreadable;

        var (written, wrong, known) = await CatalogItemCommands.WriteAsync(kind, id, body, condition, Caller.FromContext(request.HttpContext), writer, cancellation);
        if (wrong.Count > 0) return NotWritten(kind, id, wrong);
        if (written is null) return WritePrecondition.PreconditionFailed($"{kind.Name}/{id}", known);
        var isNew = known is null;
        request.HttpContext.Response.Headers.ETag = WritePrecondition.ComputeETag(written);
        if (isNew) request.HttpContext.Response.Headers.Location = $"/v1/{kind.Name}/{id}";
        return Results.Json<object>(written, ReportJson.Options, statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> DeleteAsync(CatalogKindInfo kind, string id, HttpContext http, CatalogWriter writer, CancellationToken cancellation)
    {
        var reference = new CatalogRef(kind.Kind, id);
        if (!WritePrecondition.TryRead(http.Request, out var condition, out var unreadable)) return unreadable;
        var (deleted, faults, known) = await CatalogItemCommands.DeleteAsync(reference, condition, Caller.FromContext(http), writer, cancellation);
        if (known is null) return ItemNotFound(kind, id);
        if (deleted is null && faults.Count == 0) return WritePrecondition.PreconditionFailed($"{kind.Name}/{id}", known);
        return faults.Count == 0 ? Results.NoContent() : ApiProblems.ValidationFailed(
            faults.Any(fault => fault.Reason == CatalogFaultReason.BrandNotAllowed) ? StatusCodes.Status403Forbidden : StatusCodes.Status409Conflict, $"{kind.Name}/{id} cannot be deleted", faults);
    }

    /// <summary>A key of one brand sees what is that brand's, and what all share.</summary>
    internal static bool IsVisibleTo(HttpContext http, ICatalogItem item, CatalogSnapshot catalog) =>
        Caller.FromContext(http).OnlyBrand is not { } brand || (CatalogKinds.BrandOf(item, catalog.Contents.Items.GetValueOrDefault) ?? brand) == brand;

    internal static IResult ItemNotFound(CatalogKindInfo kind, string id) => ApiProblems.NotFound($"There is no {kind.Name}/{id}");

    private static IResult NotWritten(CatalogKindInfo kind, string id, IReadOnlyList<CatalogFault> faults) =>
        ApiProblems.ValidationFailed(
            faults.Any(fault => fault.Reason == CatalogFaultReason.BrandNotAllowed) ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest,
            $"{kind.Name}/{id} was not written", faults);
}

/// <summary>A page of a catalog kind.</summary>
/// <param name="Items">The items, by id.</param>
/// <param name="Cursor">Where the next page begins; null at the end.</param>
internal sealed record CatalogPage<TItem>(IReadOnlyList<TItem> Items, string? Cursor);
