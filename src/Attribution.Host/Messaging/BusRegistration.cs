using System.Net.Security;
using System.Security.Authentication;
using MassTransit;

namespace Attribution.Host.Messaging;

/// <summary>
/// The bus between Ingest and Attribute. One registration for every transport; a consumer's definition owns its queue's name, retries and
/// concurrency, and nothing here knows what is consumed.
/// </summary>
internal static class BusRegistration
{
    /// <summary>How often the broker and we say that we are there; one that is silent for twice as long is taken for gone.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>Registers the bus and what consumes from it. Stages speak to it through <see cref="IBus"/> and definitions.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configuration">Its section <c>Bus</c> says which transport; checked at start by the host's options.</param>
    /// <param name="consumers">Adds the consumers of the process, with their definitions.</param>
    public static IServiceCollection AddBus(
        this IServiceCollection services, IConfiguration configuration, Action<IBusRegistrationConfigurator> consumers)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = BusOptions.FromConfiguration(configuration);
        services.AddOptions<MassTransitHostOptions>().Configure(host =>
        {
            // A broker may be away when the host starts: the ingest takes events all the same.
            host.WaitUntilStarted = section.Transport == Transport.InMemory;
            host.StopTimeout = TimeSpan.FromSeconds(20);
            // A consumer that waits for the store is told to leave its messages where they are.
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
    /// Within the process, behind the durable spool. A message that failed to its end is discarded and not parked in a queue of errors,
    /// where it would lie in memory for ever: the spool still has it and sends it again.
    /// </summary>
    private static void ConfigureInMemory(IBusRegistrationConfigurator bus)
    {
        bus.AddConfigureEndpointsCallback((_, _, endpoint) =>
        {
            endpoint.PublishFaults = false;
            endpoint.DiscardFaultedMessages();
            endpoint.DiscardSkippedMessages();
        });
        bus.UsingInMemory((context, transport) =>
        {
            AddEventPackSerializer(transport);
            transport.ConfigureEndpoints(context);
        });
    }

    private static void ConfigureRabbitMq(IBusRegistrationConfigurator bus, RabbitMqOptions section)
    {
        bus.AddReceiveEndpointObserver<BrokerConnectionObserver>();
        bus.AddConfigureEndpointsCallback((_, _, endpoint) =>
        {
            if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit) BusTopology.Apply(rabbit);
        });
        bus.UsingRabbitMq((context, rabbit) =>
        {
            ConfigureHost(rabbit, section);
            AddEventPackSerializer(rabbit);
            BusTopology.Apply(rabbit);
            rabbit.ConfigureEndpoints(context);
        });
    }

    /// <summary>A message is the JSON of its contract and nothing around it, so that any AMQP client can write one.</summary>
    private static void AddEventPackSerializer(IBusFactoryConfigurator bus)
    {
        var packs = new EventPackSerializer();
        bus.AddSerializer(packs);
        bus.AddDeserializer(packs, isDefault: true);
    }

    private static void ConfigureHost(IRabbitMqBusFactoryConfigurator rabbit, RabbitMqOptions section)
    {
        var (factory, endpoints) = (section.CreateConnectionFactory(), section.Endpoints);
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
                    tls.Protocol = SslProtocols.None; // What the machine allows.
                    tls.EnforcePolicyErrors(SslPolicyErrors.RemoteCertificateChainErrors | SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateNotAvailable);
                });
            }

            if (endpoints.Count > 1)
                host.UseCluster(cluster => endpoints.ToList().ForEach(endpoint => cluster.Node($"{endpoint.HostName}:{endpoint.Port}")));
        });
    }
}
