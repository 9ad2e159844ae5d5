using Attribution.Contracts;

namespace Attribution.Host.Messaging;

/// <summary>Names on the broker. External producers rely on the first, operators on the others.</summary>
internal static class BusNames
{
    /// <summary>
    /// Durable fanout exchange to which the ingest and external producers publish each <see cref="EventPack"/>.
    /// </summary>
    public const string Events = "attribution.events";

    /// <summary>
    /// Queue of the Attribute stage, and the exchange of the same name that fills it. Endpoint name of the consumer's
    /// definition.
    /// </summary>
    public const string AttributeQueue = "attribution.attribute";

    /// <summary>
    /// Queue and exchange of dead letters. The header <c>MT-Fault-Message</c> has the reason for unreadable messages
    /// and for messages that no consumer could commit; <c>x-death</c> has it for messages delivered more often than
    /// <see cref="BusTopology.DeliveryLimit"/>.
    /// </summary>
    public const string DeadLetters = "attribution.attribute.dead";
}
