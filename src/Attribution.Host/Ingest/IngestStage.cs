using Attribution.Host.Access;
using Attribution.Host.Configuration;
using Attribution.Host.Ingest.Api;
using Attribution.Host.Ingest.Replay;
using Attribution.Host.Jobs;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;
using Attribution.Storage.Access;
using Attribution.Storage.Rejections;

namespace Attribution.Host.Ingest;

/// <summary>
/// Takes events at the door and gets them onto the bus: <see cref="EventsEndpoint"/> reads a body in one of its forms,
/// <see cref="EventValidator"/> judges each event, <see cref="BatchWriter"/> packs what waits and has it kept by an <see cref="IDurableWriter"/> (only now the
/// sender is answered). Embedded mode keeps all of it in the <see cref="Spool"/>, and <see cref="SpoolDrain"/> puts the messages on the bus until
/// the store has them. Server mode keeps it with the broker, and in the spool what the broker does not confirm; <see cref="BrokerSpoolDrain"/>
/// puts that on the broker when it confirms again. <see cref="RejectionReplayer"/> puts what was refused through the same door once more.
/// </summary>
internal static class IngestStage
{
    /// <summary>Registers the stage's services and options. Needs the bus, the store, the catalog, clock, ids and <see cref="HostSettings"/>.</summary>
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
            services.AddSingleton<IDurableWriter, SpoolWriter>();
            services.AddHostedService<SpoolDrain>();
        }

        services.AddSingleton<EventValidator>();
        services.AddSingleton<BufferedBody>();
        services.AddSingleton<NdjsonBody>();
        services.AddSingleton<EventsEndpoint>();
        services.AddSingleton<RedirectEndpoint>();
        services.AddSingleton<SnippetEndpoint>();
        services.AddSingleton<VisitsEndpoint>();
        services.AddSingleton<WebhookVendors>();
        services.AddSingleton<WebhookEndpoint>();
        services.AddSingleton<RejectionReplayer>();
        services.AddSingleton<ReplayRejections>(provider => (ids, brand, cancellation) =>
            ReplayEndpoint.ReplayByIdsAsync(provider.GetRequiredService<RejectionReplayer>(), provider.GetRequiredService<IRejectionStore>(), ids, brand, cancellation));
        return services;
    }

    /// <summary>Maps the stage's endpoints.</summary>
    public static IEndpointRouteBuilder MapIngest(this IEndpointRouteBuilder routes)
    {
        var endpoint = routes.ServiceProvider.GetRequiredService<EventsEndpoint>();
        routes.MapPost("/v1/events", (Delegate)endpoint.PostAsync).RequireScope(KeyScopes.Ingest)
            .WithTags("Ingest").WithName("PostEvents")
            .WithSummary("Takes events: one, an array, NDJSON or CloudEvents. Answers a result per event.")
            .Produces(StatusCodes.Status202Accepted, contentType: "application/json")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .DisableRequestTimeout();
        var visits = routes.ServiceProvider.GetRequiredService<VisitsEndpoint>();
        routes.MapPost("/v1/visits", (Delegate)visits.PostAsync).RequireScope(KeyScopes.Visit).AllowKeyInQuery()
            .WithTags("Ingest").WithName("PostVisit")
            .WithSummary("Takes a landing from the browser snippet, of a page of the brand's origins. The publishable key may stand in the address (?key=).")
            .Accepts<VisitReport>("text/plain", "application/json")
            .Produces(StatusCodes.Status202Accepted, contentType: "application/json")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        var snippet = routes.ServiceProvider.GetRequiredService<SnippetEndpoint>();
        routes.MapMethods("/attribution.js", [HttpMethods.Get, HttpMethods.Head], snippet.Get).AllowWithoutCredentials()
            .WithTags("Ingest").WithName("GetSnippet").WithSummary("The browser snippet.")
            .Produces(StatusCodes.Status200OK, contentType: "text/javascript").Produces(StatusCodes.Status304NotModified);
        var webhooks = routes.ServiceProvider.GetRequiredService<WebhookEndpoint>();
        routes.MapPost("/v1/webhooks/{vendor}/{source}", (HttpContext http, string vendor, string source) => webhooks.PostAsync(http, vendor, source)).AllowWithoutCredentials()
            .WithTags("Ingest").WithName("PostWebhook")
            .WithSummary("Takes a shop's signed webhook: shopify, woocommerce, stripe or generic. Needs no key; the signature is checked.")
            .Produces(StatusCodes.Status202Accepted, contentType: "application/json")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapReplay();
        var redirect = routes.ServiceProvider.GetRequiredService<RedirectEndpoint>();
        string[] methods = [HttpMethods.Get, HttpMethods.Head];
        routes.MapMethods("/r/{slug}", methods, (HttpContext http, string slug) => redirect.Follow(http, slug, brand: null)).AllowWithoutCredentials()
            .WithTags("Ingest").WithName("FollowLink").WithSummary("Redirects to the link's destination and reports the click.")
            .Produces(StatusCodes.Status302Found).Produces(StatusCodes.Status404NotFound).Produces(StatusCodes.Status410Gone);
        routes.MapMethods("/r/{brand}/{slug}", methods, (HttpContext http, string brand, string slug) => redirect.Follow(http, slug, brand)).AllowWithoutCredentials()
            .WithTags("Ingest").WithName("FollowLinkOfBrand").WithSummary("The same for a slug that several brands have.")
            .Produces(StatusCodes.Status302Found).Produces(StatusCodes.Status404NotFound).Produces(StatusCodes.Status410Gone);
        return routes;
    }
}
