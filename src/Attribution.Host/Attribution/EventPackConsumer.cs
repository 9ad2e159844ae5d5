using Attribution.Contracts;
using Attribution.Host.Messaging;
using Attribution.Storage;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Attribution;

/// <summary>
/// Consumes packs from the bus. A pack is acknowledged after its commit. The definition owns retries and concurrency.
/// </summary>
internal sealed class EventPackConsumer(CommitQueue commits) : IConsumer<EventPack>
{
    /// <inheritdoc/>
    public Task Consume(ConsumeContext<EventPack> context) =>
        commits.EnqueueAsync(context.Message, context.CancellationToken);
}

/// <summary>Queue, retries and concurrency of <see cref="EventPackConsumer"/>.</summary>
internal sealed class EventPackConsumerDefinition : ConsumerDefinition<EventPackConsumer>
{
    private readonly AttributionOptions options;
    private readonly bool onBroker;

    /// <summary>Sets the queue's name.</summary>
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
        // The messages of one transaction, and those of the next.
        endpointConfigurator.PrefetchCount = options.MessagesPerBatch * 2;
        endpointConfigurator.ConcurrentMessageLimit = options.MessagesPerBatch * 2;

        // While the store is unavailable, the message stays on the broker without an acknowledgement. When the consumer
        // is killed, another one gets it. In embedded mode the spool publishes it again.
        if (onBroker)
        {
            endpointConfigurator.UseMessageRetry(retry =>
            {
                retry.Handle<StoreFaultException>(fault => fault.IsTransient);
                retry.Exponential(
                    int.MaxValue, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(200));
            });
        }

        endpointConfigurator.UseMessageRetry(retry =>
        {
            if (onBroker) retry.Ignore<StoreFaultException>(fault => fault.IsTransient);
            retry.Intervals(100, 500, 2_000, 5_000);
        });
    }
}
