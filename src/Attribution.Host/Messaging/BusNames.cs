using Attribution.Contracts;

namespace Attribution.Host.Messaging;

/// <summary>What stands on the broker, by name. Outside producers rely on the first; operators on the others.</summary>
internal static class BusNames
{
    /// <summary>The durable fanout exchange that <see cref="EventPack"/> is published to, by the ingest and by outside producers.</summary>
    public const string Events = "attribution.events";

    /// <summary>The Attribute stage's queue, and the exchange of the same name through which it is filled: its definition's endpoint name.</summary>
    public const string AttributeQueue = "attribution.attribute";

    /// <summary>
    /// The queue, and exchange, of messages that were given up: unreadable ones and those that no consumer could commit, with the reason in
    /// the header <c>MT-Fault-Message</c>; those delivered more often than <see cref="BusTopology.DeliveryLimit"/>, with it in <c>x-death</c>.
    /// </summary>
    public const string DeadLetters = "attribution.attribute.dead";
}
