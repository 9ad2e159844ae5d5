using Attribution.Contracts;
using MassTransit;

namespace Attribution.Host.Messaging;

/// <summary>
/// Exchange, queue and dead letters on RabbitMQ, declared alike by those who publish and those who consume: what is published before the
/// first consumer ever ran waits in the queue. A queue that exists with other arguments is never changed; the broker refuses, and the log says so.
/// </summary>
internal static class BusTopology
{
    /// <summary>
    /// Deliveries of one message that may end without an answer (its consumer was killed, or lost the broker) before the broker puts it with
    /// the dead letters, so that a message that takes processes down does not do so for ever.
    /// </summary>
    public const int DeliveryLimit = 20;

    /// <summary>Names what is published, and declares the way to the queue with it.</summary>
    public static void Apply(IRabbitMqBusFactoryConfigurator rabbit)
    {
        rabbit.Message<EventPack>(message => message.SetEntityName(BusNames.Events));
        // The consumer's side binds by way of the exchange named after its queue; a queue that is reached by two ways gets one copy.
        rabbit.Publish<EventPack>(publish => publish.BindQueue(BusNames.Events, BusNames.AttributeQueue, queue =>
        {
            foreach (var (name, value) in QueueArguments) queue.SetQueueArgument(name, value);
        }));
        rabbit.DeployPublishTopology = true;
        rabbit.SendTopology.ErrorQueueNameFormatter = new DeadLetterNameFormatter();
        rabbit.SendTopology.ConfigureErrorSettings = ConfigureDeadLetterQueue;
        rabbit.SendTopology.DeadLetterQueueNameFormatter = new DeadLetterNameFormatter();
        rabbit.SendTopology.ConfigureDeadLetterSettings = ConfigureDeadLetterQueue;
    }

    /// <summary>Declares the queue that is consumed from, and the dead letters beside it.</summary>
    public static void Apply(IRabbitMqReceiveEndpointConfigurator endpoint)
    {
        endpoint.PublishFaults = false;
        foreach (var (name, value) in QueueArguments) endpoint.SetQueueArgument(name, value);
        endpoint.BindDeadLetterQueue(BusNames.DeadLetters, BusNames.DeadLetters, queue => queue.SetQueueArgument("x-queue-type", "quorum"));
    }

    /// <summary>What the queue is declared with.</summary>
    // At least once: the broker keeps a dead letter until the queue of dead letters has confirmed it, which asks for reject-publish.
    public static readonly IReadOnlyList<KeyValuePair<string, object>> QueueArguments =
    [
        new("x-queue-type", "quorum"),
        new("x-delivery-limit", DeliveryLimit),
        new("x-dead-letter-exchange", BusNames.DeadLetters),
        new("x-dead-letter-strategy", "at-least-once"),
        new("x-overflow", "reject-publish"),
    ];

    /// <summary>Takes off what was copied from the queue whose letters they are.</summary>
    private static void ConfigureDeadLetterQueue(IRabbitMqQueueBindingConfigurator queue)
    {
        foreach (var (name, _) in QueueArguments) queue.SetQueueArgument(name, null);
        queue.SetQueueArgument("x-queue-type", "quorum");
    }

    private sealed class DeadLetterNameFormatter : IErrorQueueNameFormatter, IDeadLetterQueueNameFormatter
    {
        public string FormatErrorQueueName(string queueName) => BusNames.DeadLetters;

        public string FormatDeadLetterQueueName(string queueName) => BusNames.DeadLetters;
    }
}
