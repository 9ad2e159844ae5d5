using Attribution.Host.Configuration;
using Attribution.Host.Jobs;
using Attribution.Host.Observability;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Attribution;

/// <summary>Consumes packs from the bus and commits journeys, credits and deltas.</summary>
internal static class AttributionStage
{
    /// <summary>Registers the stage's services.</summary>
    public static IServiceCollection AddAttribution(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<AttributionOptions>(configuration, "Attribute")
            .ValidateWith((options, _) => BotRulesFile.FindFaults(options.BotRules));
        services.AddSingleton(
            provider => new CustomBotRules(BotRulesFile.Read(provider.GetRequiredService<IOptions<AttributionOptions>>().Value.BotRules)));
        services.AddValidatedOptions<AcceptanceOptions>(configuration, "Ingest");
        services.AddSingleton<AttributionMetrics>();
        services.AddSingleton<CreateWatchedSeries>(provider => provider.GetRequiredService<AttributionMetrics>().CreateWatchedSeries);
        services.AddSingleton<Attributor>();
        services.AddSingleton<CommitProgress>();
        services.AddSingleton<CommitQueue>();
        services.AddSingleton<RedeliveredPacks>();
        services.AddSingleton<BotRelabeling>();
        services.AddSingleton<DataSetUpdate>();
        services.AddHealthChecks().AddCheck<CommitProgressHealthCheck>("attribute");
        services.AddHostedService<ReevaluationService>();
        services.AddSingleton<RebuildRun>().AddHostedService<RunWorker<RebuildRun>>();
        return services;
    }

    /// <summary>Registers the bus's consumers.</summary>
    public static void AddConsumers(IBusRegistrationConfigurator bus) =>
        bus.AddConsumer<EventPackConsumer, EventPackConsumerDefinition>();
}
