using Attribution.Contracts;
using Attribution.Host.Messaging;
using Attribution.Storage;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Attribution;

/// <summary>Takes packs off the bus and does the work; the definition owns retry and concurrency. Acknowledged after the commit.</summary>
internal sealed class EventPackConsumer(CommitQueue commits) : IConsumer<EventPack>
{
    /// <inheritdoc/>
    public Task Consume(ConsumeContext<EventPack> context) => commits.EnqueueAsync(context.Message, context.CancellationToken);
}

/// <summary>Where packs are taken from, and how.</summary>
internal sealed class EventPackConsumerDefinition : ConsumerDefinition<EventPackConsumer>
{
    private readonly AttributionOptions options;
    private readonly bool onBroker;

    /// <summary>Names the queue.</summary>
    public EventPackConsumerDefinition(IOptions<AttributionOptions> options, IOptions<BusOptions> bus)
    {
        this.options = options.Value;
        onBroker = bus.Value.Transport == Transport.RabbitMq;
        EndpointName = BusNames.AttributeQueue;
    }

    /// <inheritdoc/>
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<EventPackConsumer> consumerConfigurator, IRegistrationContext context)
    {
        // As many as one transaction takes, and as many again that wait for the next.
        endpointConfigurator.PrefetchCount = options.MessagesPerBatch * 2;
        endpointConfigurator.ConcurrentMessageLimit = options.MessagesPerBatch * 2;

        // A store that is away comes back. Until then the message stays on the broker, unacknowledged, and with a killed consumer goes to
        // another. In embedded mode it is the spool that is patient.
        if (onBroker)
        {
            endpointConfigurator.UseMessageRetry(retry =>
            {
                retry.Handle<StoreFaultException>(fault => fault.IsTransient);
                retry.Exponential(int.MaxValue, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(200));
            });
        }

        endpointConfigurator.UseMessageRetry(retry =>
        {
            if (onBroker) retry.Ignore<StoreFaultException>(fault => fault.IsTransient);
            retry.Intervals(100, 500, 2_000, 5_000);
        });
    }
}
