using Attribution.Contracts;
using MassTransit;

namespace Attribution.Host.Messaging;

/// <summary>
/// Declares exchange, queue and dead letters on RabbitMQ, alike in publishers and consumers, so that messages published
/// before the first consumer ran wait in the queue. An existing queue with other arguments is never changed: the broker
/// rejects the declaration, which is logged.
/// </summary>
internal static class BusTopology
{
    /// <summary>
    /// Greatest number of deliveries of a message without an acknowledgement, for example because its consumer was
    /// killed. Then the broker moves it to the dead letters, so that a message that crashes processes before they can count
    /// it does not do so forever. Consumers replace messages long before (<c>RedeliveredPacks</c>).
    /// </summary>
    public const int DeliveryLimit = 20;

    /// <summary>
    /// Number of deliveries without an acknowledgement from which consumers, and commands that list dead letters, replace a
    /// message by a copy, long before the limit. RabbitMQ 4 limits every quorum queue, also that of dead letters.
    /// </summary>
    public const int RenewAfter = DeliveryLimit / 2;

    /// <summary>Header in which the broker counts the deliveries before this one.</summary>
    public const string DeliveryCountHeader = "x-delivery-count";

    /// <summary>Names the published messages' exchange, and declares the queue with it.</summary>
    public static void Apply(IRabbitMqBusFactoryConfigurator rabbit)
    {
        rabbit.Message<EventPack>(message => message.SetEntityName(BusNames.Events));
        // The consumer binds through the exchange named after its queue. A queue with two bindings gets one copy.
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

    /// <summary>Declares the consumed queue and its dead letters.</summary>
    public static void Apply(IRabbitMqReceiveEndpointConfigurator endpoint)
    {
        endpoint.PublishFaults = false;
        foreach (var (name, value) in QueueArguments) endpoint.SetQueueArgument(name, value);
        endpoint.BindDeadLetterQueue(
            BusNames.DeadLetters, BusNames.DeadLetters, queue => queue.SetQueueArgument("x-queue-type", "quorum"));
    }

    /// <summary>Arguments of the queue.</summary>
    // At least once: the broker keeps a dead letter until the dead-letter queue has confirmed it, which requires
    // reject-publish.
    public static readonly IReadOnlyList<KeyValuePair<string, object>> QueueArguments =
    [
        new("x-queue-type", "quorum"),
        new("x-delivery-limit", DeliveryLimit),
        new("x-dead-letter-exchange", BusNames.DeadLetters),
        new("x-dead-letter-strategy", "at-least-once"),
        new("x-overflow", "reject-publish"),
    ];

    /// <summary>Removes the arguments copied from the consumed queue.</summary>
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
