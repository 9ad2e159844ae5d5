using System.Net.Security;
using System.Security.Authentication;
using MassTransit;

namespace Attribution.Host.Messaging;

/// <summary>
/// Registers the bus between Ingest and Attribute, for every transport. A consumer's definition owns its queue's name,
/// retries and concurrency; this class does not depend on the consumers.
/// </summary>
internal static class BusRegistration
{
    /// <summary>
    /// Interval of heartbeats between broker and host. A peer that is silent for twice as long counts as disconnected.
    /// </summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Registers the bus and its consumers. Stages use it through <see cref="IBus"/> and definitions.
    /// </summary>
    /// <param name="services">Services of the host.</param>
    /// <param name="configuration">
    /// Configuration whose section <c>Bus</c> selects the transport. The host's options validate it at start.
    /// </param>
    /// <param name="consumers">Adds the consumers of the process with their definitions.</param>
    public static IServiceCollection AddBus(
        this IServiceCollection services, IConfiguration configuration, Action<IBusRegistrationConfigurator> consumers)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = BusOptions.FromConfiguration(configuration);
        services.AddOptions<MassTransitHostOptions>().Configure(host =>
        {
            // The ingest accepts events even when the broker is unreachable at start.
            host.WaitUntilStarted = section.Transport == Transport.InMemory;
            host.StopTimeout = TimeSpan.FromSeconds(10);
            // A consumer that waits for the store is canceled and leaves its messages on the bus.
            host.ConsumerStopTimeout = TimeSpan.FromSeconds(5);
        });
        return services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            consumers(bus);
            if (section.Transport == Transport.RabbitMq) ConfigureRabbitMq(bus, section.RabbitMq);
            else ConfigureInMemory(bus);
        });
    }

    /// <summary>
    /// Configures the in-memory transport behind the durable spool. A message that failed after all retries is
    /// discarded. An error queue would keep it in memory permanently, and the spool still has it and publishes it
    /// again.
    /// </summary>
    private static void ConfigureInMemory(IBusRegistrationConfigurator bus)
    {
        bus.AddConfigureEndpointsCallback((_, _, endpoint) =>
        {
            endpoint.PublishFaults = false;
            endpoint.DiscardFaultedMessages();
            endpoint.DiscardSkippedMessages();
        });
        bus.AddSingleton<InMemoryDeliveries>();
        bus.AddReceiveObserver(provider => provider.GetRequiredService<InMemoryDeliveries>());
        bus.UsingInMemory((context, transport) =>
        {
            AddEventPackSerializer(transport);
            transport.ConfigureEndpoints(context);
        });
    }

    private static void ConfigureRabbitMq(IBusRegistrationConfigurator bus, RabbitMqOptions options)
    {
        bus.AddReceiveEndpointObserver<BrokerConnectionObserver>();
        bus.AddConfigureEndpointsCallback((_, _, endpoint) =>
        {
            if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit) BusTopology.Apply(rabbit);
        });
        bus.UsingRabbitMq((context, rabbit) =>
        {
            ConfigureHost(rabbit, options);
            AddEventPackSerializer(rabbit);
            BusTopology.Apply(rabbit);
            rabbit.ConfigureEndpoints(context);
        });
    }

    /// <summary>
    /// Sends messages as the JSON of their contract without an envelope, so that any AMQP client can publish them.
    /// </summary>
    private static void AddEventPackSerializer(IBusFactoryConfigurator bus)
    {
        var packs = new EventPackSerializer();
        bus.AddSerializer(packs);
        bus.AddDeserializer(packs, isDefault: true);
    }

    private static void ConfigureHost(IRabbitMqBusFactoryConfigurator rabbit, RabbitMqOptions options)
    {
        var (factory, endpoints) = (options.CreateConnectionFactory(), options.Endpoints);
        rabbit.Host(endpoints[0].HostName, (ushort)endpoints[0].Port, factory.VirtualHost, "attribution", host =>
        {
            host.Username(factory.UserName);
            host.Password(factory.Password);
            host.Heartbeat(Heartbeat);
            host.PublisherConfirmation = true;
            if (endpoints[0].Ssl.Enabled)
            {
                host.UseSsl(tls =>
                {
                    tls.ServerName = endpoints[0].Ssl.ServerName;
                    tls.Protocol = SslProtocols.None; // The operating system's default.
                    tls.EnforcePolicyErrors(
                        SslPolicyErrors.RemoteCertificateChainErrors | SslPolicyErrors.RemoteCertificateNameMismatch
                        | SslPolicyErrors.RemoteCertificateNotAvailable);
                });
            }

            if (endpoints.Count > 1)
                host.UseCluster(cluster => endpoints.ToList().ForEach(
                    endpoint => cluster.Node($"{endpoint.HostName}:{endpoint.Port}")));
        });
    }
}
