using Attribution.Host.Access;
using Attribution.Host.Configuration;
using Attribution.Host.Ingest.Api;
using Attribution.Host.Ingest.Replay;
using Attribution.Host.Ingest.Visits;
using Attribution.Host.Ingest.Webhooks;
using Attribution.Host.Jobs;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;
using Attribution.Storage.Access;
using Attribution.Storage.Rejections;

namespace Attribution.Host.Ingest;

/// <summary>
/// Accepts events and puts them on the bus. <see cref="IngestPipeline"/> lists the steps from a request to its
/// response, which is sent when an <see cref="IDurableWriter"/> has made the events durable. In embedded mode that is
/// the <see cref="Spool"/>, and <see cref="SpoolDrain"/> publishes its messages until the store has them. In server
/// mode it is the broker, and the spool for messages that the broker does not confirm; <see cref="BrokerSpoolDrain"/>
/// publishes those later. <see cref="RejectionReplayer"/> validates stored rejections again.
/// </summary>
internal static class IngestStage
{
    /// <summary>
    /// Registers the stage's services and options. Requires the bus, store, catalog, clock, id generator and
    /// <see cref="HostSettings"/>.
    /// </summary>
    public static IServiceCollection AddIngest(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<IngestOptions>(configuration, "Ingest");
        services.AddMetrics();
        services.AddSingleton<IngestMetrics>();
        services.AddSingleton<Spool>();
        services.AddSingleton<FileCompaction>(provider => provider.GetRequiredService<Spool>().CompactAsync);
        services.AddSingleton<SpoolDepth>(provider => () => provider.GetRequiredService<Spool>().Depth);
        services.AddHealthChecks().AddCheck<SpoolHealthCheck>("spool");
        services.AddSingleton<BatchWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<BatchWriter>());
        if (BusOptions.FromConfiguration(configuration).Transport == Transport.RabbitMq)
        {
            services.AddSingleton<BrokerCircuit>();
            services.AddSingleton<IDurableWriter, BrokerWriter>();
            services.AddHostedService<BrokerSpoolDrain>();
            services.AddHealthChecks().AddCheck<BrokerCircuitHealthCheck>("broker");
        }
        else
        {
            services.AddSingleton<IDurableWriter>(provider => provider.GetRequiredService<Spool>());
            services.AddHostedService<SpoolDrain>();
        }

        services.AddSingleton<EventValidator>();
        services.AddSingleton<NdjsonBody>();
        services.AddSingleton<VisitSteps>();
        services.AddSingleton<WebhookVendors>();
        services.AddSingleton<WebhookSteps>();
        services.AddSingleton<IngestPipeline>();
        services.AddSingleton<RedirectEndpoint>();
        services.AddSingleton<SnippetEndpoint>();
        services.AddSingleton<RejectionReplayer>();
        services.AddSingleton<ReplayRejections>(provider => (ids, brand, cancellation) =>
            ReplayEndpoint.ReplayByIdsAsync(
                provider.GetRequiredService<RejectionReplayer>(), provider.GetRequiredService<IRejectionStore>(), ids, brand, cancellation));
        return services;
    }

    /// <summary>Maps the stage's endpoints.</summary>
    public static IEndpointRouteBuilder MapIngest(this IEndpointRouteBuilder routes)
    {
        var pipeline = routes.ServiceProvider.GetRequiredService<IngestPipeline>();
        routes.MapPost("/v1/events", (Delegate)pipeline.PostEventsAsync).RequireScope(KeyScopes.Ingest)
            .WithTags("Ingest").WithName("PostEvents")
            .WithSummary("Accepts events: one, an array, NDJSON or CloudEvents. Returns a result per event.")
            .Produces(StatusCodes.Status202Accepted, contentType: "application/json")
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
                "Accepts a shop's signed webhook: shopify, woocommerce, stripe or generic. Requires no key; the signature is verified.")
            .Produces(StatusCodes.Status202Accepted, contentType: "application/json")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
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
