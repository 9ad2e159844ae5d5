using Attribution.Host.Configuration;
using Attribution.Host.Ingest.Api;
using Attribution.Host.Ingest.Imports;
using Attribution.Host.Ingest.Replay;
using Attribution.Host.Ingest.Visits;
using Attribution.Host.Ingest.Webhooks;
using Attribution.Host.Jobs;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;
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
        services.AddSingleton<CreateWatchedSeries>(provider => provider.GetRequiredService<IngestMetrics>().CreateWatchedSeries);
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
        services.AddSingleton<OrderImporter>();
        services.AddSingleton<ImportHorizon>();
        services.AddSingleton<IngestPipeline>();
        services.AddSingleton<RedirectEndpoint>();
        services.AddSingleton<SnippetEndpoint>();
        services.AddSingleton<RejectionReplayer>();
        services.AddSingleton<SingleEventWriter>();
        services.AddSingleton<IngestEvent>(provider => provider.GetRequiredService<SingleEventWriter>().WriteAsync);
        services.AddSingleton<ReplayRejections>(provider => (ids, brand, cancellation) =>
            ReplayEndpoint.ReplayByIdsAsync(
                provider.GetRequiredService<RejectionReplayer>(), provider.GetRequiredService<IRejectionStore>(), ids, brand, cancellation));
        return services;
    }
}
