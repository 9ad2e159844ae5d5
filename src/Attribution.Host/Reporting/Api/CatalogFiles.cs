using System.ComponentModel;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Access;

namespace Attribution.Host.Reporting.Api;

/// <summary>The HTTP adapter for many catalog items at once: import, export and generation.</summary>
internal static class CatalogFiles
{
    private const int MaxGenerationBytes = 1024 * 1024;

    private static readonly string GenerationDescription =
        $"Each item has a random part of {ItemGenerator.DefaultLength} characters (8 to 32 can be requested) out of "
            + $"{ItemGenerator.Alphabet}, drawn by a cryptographic random generator: 4.3 bits per character. "
        + $"No random part is used twice or collides with the catalog. At most {ItemGenerator.MaxItems} items per "
            + "request. A repeated request generates other items.";

    /// <summary>Maps the generation of items.</summary>
    public static void MapGeneration<TRequest, TItem>(this IEndpointRouteBuilder routes, string kind, string noun)
        where TRequest : class, IGenerationRequest =>
        routes.MapPost($"/v1/{kind}/generate", GenerateAsync<TRequest>)
            .RequireScope(KeyScopes.Edit)
            .AllowQueryParameters()
            .WithTags("Catalog").WithName($"Generate{noun}")
            .WithSummary($"Generates unpredictable {kind} for many creators.")
            .WithDescription(GenerationDescription)
            .Accepts<TRequest>("application/json").Produces<GenerationAnswer<TItem>>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge);

    /// <summary>Maps the import of items.</summary>
    public static void MapImport(this RouteGroupBuilder group, CatalogKindInfo kind, string noun) =>
        group.MapPost("/import", (
                [Description("true: validates every line against the current catalog and returns the result without "
                    + "writing.")] string? dryRun,
                HttpRequest request, CatalogWriter writer, CancellationToken cancellation) =>
                    ImportAsync(kind, dryRun, request, writer, cancellation))
            .RequireScope(CatalogVisibility.GetRequiredScope(kind))
            .AllowQueryParameters("dryRun")
            .WithName($"Import{noun}s").WithSummary(
                $"Writes many {kind.Name} from CSV with a header, or NDJSON, and returns a result for each line.")
            .WithDescription(DescribeImport(kind))
            .Accepts<string>("text/csv", GetOtherTypes(kind)).Produces<ImportAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    /// <summary>Returns all items of a kind as a file.</summary>
    public static async Task<IResult> ExportAsync<TItem>(
        CatalogKindInfo kind, string format, string? limit, string? cursor, HttpContext http, CallerCatalog source,
        CancellationToken cancellation) where TItem : class, ICatalogItem
    {
        if (format is not ("csv" or "ndjson" or "xlsx"))
            return QueryProblem.BadParameter("format", "Must be json, csv, xlsx or ndjson").ToResult();
        if (limit is not null || cursor is not null)
            return QueryProblem.BadParameter(
                limit is null ? "cursor" : "limit", "A file contains all items. Omit the parameter, or use format=json")
                .ToResult();
        var items = CatalogQuery.ListAll<TItem>(await source.RefreshAsync(cancellation));
        return await ApiResults.WrittenAsync(
            format == "xlsx" ? CatalogExport.WriteWorkbookAsync(http.Response, kind, items, cancellation)
                : CatalogExport.WriteAsync(http.Response, kind, format == "csv", items, cancellation));
    }

    private static async Task<IResult> GenerateAsync<TRequest>(
        HttpRequest request, CatalogWriter writer, CancellationToken cancellation)
        where TRequest : class, IGenerationRequest
    {
        var (body, problem) = await RequestBody.ReadAsync(request, MaxGenerationBytes, cancellation);
        if (problem is not null) return problem.ToResult();
        var (record, faults) = ItemReader.ReadRecord(typeof(TRequest), body);
        if (record is not TRequest generation) return ItemGenerator.NotGenerated(faults).ToResult();
        return (await ItemGenerator.GenerateAsync(
            generation, Caller.FromContext(request.HttpContext), writer, cancellation))
            .ToResult(StatusCodes.Status201Created);
    }

    private static async Task<IResult> ImportAsync(
        CatalogKindInfo kind, string? dryRun, HttpRequest request, CatalogWriter writer, CancellationToken cancellation)
    {
        if (dryRun is not (null or "true" or "false"))
            return QueryProblem.BadParameter("dryRun", "Must be true or false").ToResult();
        var media = RequestBody.MediaType(request);
        var isRateFile = kind.ItemType == typeof(FxRateItem) && media is ("application/zip" or "application/xml" or "text/xml");
        if (!isRateFile && media is not ("text/csv" or "application/x-ndjson" or "application/ndjson" or "application/jsonl"))
            return new QueryProblem(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type",
                "Send text/csv with a header, or application/x-ndjson").ToResult();
        var (body, problem) = await RequestBody.ReadAsync(request, CatalogImporter.MaxImportBytes, cancellation);
        if (problem is not null) return problem.ToResult();
        var caller = Caller.FromContext(request.HttpContext);
        return (await CatalogImporter.ImportAsync(
            kind, body, isRateFile ? null : media == "text/csv", dryRun == "true", caller, writer, cancellation)).ToResult();
    }

    private static string[] GetOtherTypes(CatalogKindInfo kind) =>
        kind.ItemType == typeof(FxRateItem)
            ? ["application/x-ndjson", "application/zip", "application/xml", "text/xml"] : ["application/x-ndjson"];

    private static string DescribeImport(CatalogKindInfo kind) =>
        "Lines are read in order, and each is validated against the catalog with the previous lines applied. Valid "
            + "lines are written together; invalid lines are returned and change nothing. "
        + $"At most {CatalogImporter.MaxLines} lines and {CatalogImporter.MaxImportBytes / 1024 / 1024} MiB. CSV is "
            + "separated by comma, semicolon or tab; an empty cell is an absent member. "
        + $"Columns: {string.Join(", ", ItemColumns.ForType(kind.ItemType).Select(DescribeColumn))}."
        + (kind.ItemType == typeof(FxRateItem)
            ? " The files of the European Central Bank are accepted unchanged, with one result per rate: eurofxref.csv, "
                + "eurofxref-hist.csv (both also as ZIP) and eurofxref-hist-90d.xml. Days that no accepted event and no "
                + "cost can need are left out and counted in leftOutDays."
            : "");

    private static string DescribeColumn(ItemColumn column) => column.IsList ? $"{column.Name} (a JSON array)" : column.Name;
}
