using Attribution.Host.Configuration;

namespace Attribution.Host.Messaging;

/// <summary>Transport of messages between the stages.</summary>
internal enum Transport
{
    /// <summary>In memory, behind the durable spool. Every stage must run in the same process.</summary>
    InMemory,

    /// <summary>A RabbitMQ broker.</summary>
    RabbitMq,
}

/// <summary>Section <c>Bus</c>: the transport.</summary>
internal sealed class BusOptions
{
    /// <summary>
    /// Transport between ingest and attribute. Default: <c>InMemory</c>; <c>InMemory</c>, <c>RabbitMq</c>.
    /// </summary>
    public Transport Transport { get; set; } = Transport.InMemory;

    /// <summary>Options of the broker, for the transport <see cref="Transport.RabbitMq"/>.</summary>
    public RabbitMqOptions RabbitMq { get; set; } = new();

    /// <summary>Reads the section of a configuration.</summary>
    public static BusOptions FromConfiguration(IConfiguration configuration) =>
        configuration.GetSection("Bus").Get<BusOptions>() ?? new BusOptions();

    /// <summary>Returns the faults of the options for the host's roles.</summary>
    public IEnumerable<string> FindFaults(HostSettings host)
    {
        if (Transport == Transport.RabbitMq)
            return UsesBus(host) ? RabbitMq.FindFaults() : [];
        return host.Roles.Count is > 0 and < 4
            ? ["Host:Roles: the in-memory bus cannot leave the process, so every role must run in it; leave Host:Roles out, or set Bus:Transport to RabbitMq."]
            : [];
    }

    /// <summary>
    /// Returns whether the process publishes or consumes. The other stages communicate through the store only.
    /// </summary>
    public static bool UsesBus(HostSettings host) => host.Has(Role.Ingest) || host.Has(Role.Attribute);
}
