using Attribution.Host.Configuration;

namespace Attribution.Host.Messaging;

/// <summary>What carries messages between the stages.</summary>
internal enum Transport
{
    /// <summary>Within the process, behind the durable spool: every stage must run in it.</summary>
    InMemory,

    /// <summary>A RabbitMQ broker.</summary>
    RabbitMq,
}

/// <summary>The section <c>Bus</c>: which transport.</summary>
internal sealed class BusOptions
{
    /// <summary>Default <see cref="Transport.InMemory"/>, which asks for all roles in one process.</summary>
    public Transport Transport { get; set; } = Transport.InMemory;

    /// <summary>The broker, where that is the transport.</summary>
    public RabbitMqOptions RabbitMq { get; set; } = new();

    /// <summary>The section of a configuration.</summary>
    public static BusOptions FromConfiguration(IConfiguration configuration) => configuration.GetSection("Bus").Get<BusOptions>() ?? new BusOptions();

    /// <summary>Refuses what these roles cannot run.</summary>
    public IEnumerable<string> FindFaults(HostSettings host)
    {
        if (Transport == Transport.RabbitMq)
            return UsesBus(host) ? RabbitMq.FindFaults() : [];
        return host.Roles.Count is > 0 and < 4
            ? ["Host:Roles: the in-memory bus cannot leave the process, so every role must run in it; leave Host:Roles out, or set Bus:Transport to RabbitMq."]
            : [];
    }

    /// <summary>Whether the process publishes or consumes; the other stages meet in the store.</summary>
    public static bool UsesBus(HostSettings host) => host.Has(Role.Ingest) || host.Has(Role.Attribute);
}
