using MassTransit;

namespace Attribution.Host.Hosting;

/// <summary>
/// The bus between Ingest and Attribute. One registration for every transport; a consumer's definition owns its queue's name, retries and
/// concurrency, and nothing here knows what is consumed.
/// </summary>
public static class Bus
{
    /// <summary>The queue of the Attribute stage: its definition's endpoint name.</summary>
    public const string AttributeQueue = "attribution.attribute";

    /// <summary>Registers the bus and what consumes from it. Stages speak to it through <see cref="IBus"/> and definitions.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configuration">Its section <c>Bus</c> says which transport; checked at start by the host's options.</param>
    /// <param name="consumers">Adds the consumers of the process, with their definitions.</param>
    public static IServiceCollection AddBus(
        this IServiceCollection services, IConfiguration configuration, Action<IBusRegistrationConfigurator> consumers)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<MassTransitHostOptions>().Configure(host =>
        {
            host.WaitUntilStarted = true;
            host.StopTimeout = TimeSpan.FromSeconds(20);
        });
        return services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            consumers(bus);
            InMemory(bus);
        });
    }

    /// <summary>
    /// Within the process, behind the durable spool. A message that failed to its end is discarded and not parked in a queue of errors,
    /// where it would lie in memory for ever: the spool still has it and sends it again.
    /// </summary>
    private static void InMemory(IBusRegistrationConfigurator bus)
    {
        bus.AddConfigureEndpointsCallback((_, _, endpoint) =>
        {
            endpoint.DiscardFaultedMessages();
            endpoint.DiscardSkippedMessages();
        });
        bus.UsingInMemory((context, transport) => transport.ConfigureEndpoints(context));
    }
}
