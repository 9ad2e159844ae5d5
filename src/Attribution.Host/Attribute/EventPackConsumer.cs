using Attribution.Contracts;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Attributing;

/// <summary>Takes packs off the bus, as many as wait, and does the work; the definition owns retry and concurrency. Acknowledged after the commit.</summary>
public sealed class EventPackConsumer(Attributor attributor) : IConsumer<Batch<EventPack>>
{
    /// <inheritdoc/>
    public Task Consume(ConsumeContext<Batch<EventPack>> context) =>
        attributor.AttributeAsync([.. context.Message.Select(message => message.Message)], context.CancellationToken);
}

/// <summary>Where packs are taken from, and how.</summary>
public sealed class EventPackConsumerDefinition : ConsumerDefinition<EventPackConsumer>
{
    private readonly AttributeOptions options;

    /// <summary>Names the queue.</summary>
    public EventPackConsumerDefinition(IOptions<AttributeOptions> options)
    {
        this.options = options.Value;
        EndpointName = "attribution.attribute";
    }

    /// <inheritdoc/>
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<EventPackConsumer> consumerConfigurator, IRegistrationContext context)
    {
        // One commit at a time: a store has one writer, and what waits meanwhile comes together in the next.
        endpointConfigurator.PrefetchCount = options.MessagesPerBatch * 2;
        endpointConfigurator.UseMessageRetry(retry => retry.Intervals(100, 500, 2_000, 5_000));
        consumerConfigurator.Options<BatchOptions>(batch => batch
            .SetMessageLimit(options.MessagesPerBatch)
            .SetTimeLimit(options.BatchWithin)
            .SetTimeLimitStart(BatchTimeLimitStart.FromFirst)
            .SetConcurrencyLimit(1));
    }
}
