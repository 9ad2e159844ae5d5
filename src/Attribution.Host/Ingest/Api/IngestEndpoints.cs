using Attribution.Host.Access;
using Attribution.Host.Ingest.Visits;
using Attribution.Storage.Access;

namespace Attribution.Host.Ingest.Api;

/// <summary>Endpoints of the ingest stage.</summary>
internal static class IngestEndpoints
{
    /// <summary>Maps the stage's endpoints.</summary>
    public static IEndpointRouteBuilder MapIngest(this IEndpointRouteBuilder routes)
    {
        var pipeline = routes.ServiceProvider.GetRequiredService<IngestPipeline>();
        routes.MapPost("/v1/events", (Delegate)pipeline.PostEventsAsync).RequireScope(KeyScopes.Ingest)
            .WithTags("Ingest").WithName("PostEvents")
            .WithSummary("Accepts events: one, an array, NDJSON or CloudEvents. Returns a result per event.")
            .Produces(StatusCodes.Status202Accepted, contentType: "application/json")
            .Produces(StatusCodes.Status422UnprocessableEntity, contentType: "application/json")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .DisableRequestTimeout();
        routes.MapPost("/v1/visits", (Delegate)pipeline.PostVisitAsync).RequireScope(KeyScopes.Visit).AllowKeyInQuery()
            .WithTags("Ingest").WithName("PostVisit")
            .WithSummary(
                "Accepts a landing from the browser snippet on a page of the brand's origins. The publishable key may be in the URL (?key=).")
            .Accepts<VisitReport>("text/plain", "application/json")
            .Produces(StatusCodes.Status202Accepted, contentType: "application/json")
            .Produces(StatusCodes.Status422UnprocessableEntity, contentType: "application/json")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        var snippet = routes.ServiceProvider.GetRequiredService<SnippetEndpoint>();
        routes.MapMethods("/attribution.js", [HttpMethods.Get, HttpMethods.Head], snippet.Get).AllowWithoutCredentials()
            .WithTags("Ingest").WithName("GetSnippet").WithSummary("Returns the browser snippet.")
            .Produces(StatusCodes.Status200OK, contentType: "text/javascript")
            .Produces(StatusCodes.Status304NotModified);
        routes.MapPost(
            "/v1/webhooks/{vendor}/{source}", (HttpContext http, string vendor, string source) => pipeline.PostWebhookAsync(http))
            .AllowWithoutCredentials()
            .WithTags("Ingest").WithName("PostWebhook")
            .WithSummary(
                "Accepts a shop's signed webhook: shopify, woocommerce, stripe, acp, ucp or generic. Requires no key; the signature is verified.")
            .Produces(StatusCodes.Status202Accepted, contentType: "application/json")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapOrderImport();
        routes.MapReplay();
        var redirect = routes.ServiceProvider.GetRequiredService<RedirectEndpoint>();
        string[] methods = [HttpMethods.Get, HttpMethods.Head];
        routes.MapMethods("/r/{slug}", methods, (HttpContext http, string slug) => redirect.Follow(http, slug, brand: null)).AllowWithoutCredentials()
            .WithTags("Ingest").WithName("FollowLink")
            .WithSummary("Redirects to a link's destination and reports the click.")
            .Produces(StatusCodes.Status302Found).Produces(StatusCodes.Status404NotFound)
            .Produces(StatusCodes.Status410Gone);
        routes.MapMethods("/r/{brand}/{slug}", methods, (HttpContext http, string brand, string slug) => redirect.Follow(http, slug, brand))
            .AllowWithoutCredentials()
            .WithTags("Ingest").WithName("FollowLinkOfBrand")
            .WithSummary("Redirects like /r/{slug}, for a slug that several brands have.")
            .Produces(StatusCodes.Status302Found).Produces(StatusCodes.Status404NotFound)
            .Produces(StatusCodes.Status410Gone);
        return routes;
    }
}
