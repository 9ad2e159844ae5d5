using System.ComponentModel;
using System.Text.Json;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Ingest.Imports;
using Attribution.Storage.Access;

namespace Attribution.Host.Ingest.Api;

/// <summary><c>POST /v1/orders/import</c>: takes a shop's orders as the shop exports them.</summary>
internal static class OrderImportEndpoint
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public static void MapOrderImport(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/orders/import", (
                [Description("shopify-orders, woocommerce-orders or stripe-events.")] string? format,
                [Description("The shop, as in the address of its webhooks: 1 to 64 of a-z 0-9 . _ -. Order ids begin with it.")] string? source,
                [Description("Id of the brand. Defaults to the key's brand, or default.")] string? brand,
                [Description("true: returns what would be credited and paid, and writes nothing.")] string? dryRun,
                [Description("Greatest age of an order, such as P3Y, beyond Ingest:Horizon; before the brand's first live event.")] string? horizon,
                HttpContext http, OrderImporter importer, ImportHorizon horizons, CatalogCache catalogs) =>
                    IngestResponses.ExecuteAsync(http, () => PostAsync(http, new(format, source, brand, dryRun, horizon), importer, horizons, catalogs)))
            .RequireScope(KeyScopes.Admin)
            .WithTags("Ingest").WithName("ImportOrders")
            .WithSummary("Imports a shop's orders from its export or from documents of its API, as its webhooks would report them.")
            .WithDescription(
                "text/csv takes the shop's own export (shopify-orders); application/json and application/x-ndjson take documents of its API. "
                + "The file may have any length. Rejected orders are listed with row and column and are not stored. "
                + "Importing a file again changes nothing. Only processes with the role ingest have this endpoint.")
            .Accepts<string>("text/csv", "application/json", "application/x-ndjson").Produces<OrderImportAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .DisableRequestTimeout();

    private static async Task PostAsync(
        HttpContext http, Parameters parameters, OrderImporter importer, ImportHorizon horizons, CatalogCache catalogs)
    {
        var (formatName, source, brand, dryRun, horizon) = parameters;
        var format = OrderFormats.Find(formatName) ?? throw RequestRejectedException.Malformed($"format: must be one of {OrderFormats.Names}.");
        var isTable = FindIsTable(http.Request, format);
        if (source is null || !WebhookSecretRequest.IsSource(source))
            throw RequestRejectedException.Malformed("source: must be 1 to 64 of a-z 0-9 . _ -, as in the address of the shop's webhooks.");
        if (dryRun is not (null or "true" or "false")) throw RequestRejectedException.Malformed("dryRun: must be true or false.");
        var caller = Caller.FromContext(http);
        if (caller.OnlyBrand is { } own && brand is not null && brand != own)
            throw new RequestRejectedException(
                StatusCodes.Status403Forbidden, "brand_unknown", $"The key belongs to the brand '{own}' and has access to no other; leave brand out.");
        var settings = (await catalogs.RefreshAsync(http.RequestAborted)).FindBrand(brand ?? caller.Brand)
            ?? throw RequestRejectedException.Malformed($"brand: there is no brand '{brand ?? caller.Brand}'.");
        RequestBody.RemoveServerLimit(http.Request);
        var horizonDays = await horizons.ParseAsync(horizon, settings, http.RequestAborted);
        var (answer, outcome) = await importer.ImportAsync(
            new(format, source, settings, dryRun == "true", horizonDays), isTable, http.Request.BodyReader, http.RequestAborted);
        if (outcome == WriteOutcome.Durable) await Results.Json(answer, JsonOptions).ExecuteAsync(http);
        else await IngestResponses.WriteUnavailableAsync(http, outcome);
    }

    private sealed record Parameters(string? Format, string? Source, string? Brand, string? DryRun, string? Horizon);

    /// <summary>Returns whether the body is a table rather than documents.</summary>
    private static bool FindIsTable(HttpRequest request, OrderFormat format) =>
        request.ContentType?.Split(';')[0].Trim().ToLowerInvariant() switch
        {
            "text/csv" when format.ReadTable is not null => true,
            "text/csv" => throw new RequestRejectedException(
                StatusCodes.Status415UnsupportedMediaType, "content_type_unknown",
                $"{format.Name} takes documents of the shop's API, not CSV: send application/json or application/x-ndjson."),
            "application/json" or "application/x-ndjson" => false,
            _ => throw new RequestRejectedException(
                StatusCodes.Status415UnsupportedMediaType, "content_type_unknown",
                "Send the shop's export as text/csv, or documents of its API as application/json or application/x-ndjson."),
        };
}
