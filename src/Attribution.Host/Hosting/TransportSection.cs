namespace Attribution.Host.Hosting;

/// <summary>What carries messages between the stages.</summary>
public enum Transport
{
    /// <summary>Within the process, behind the durable spool: every stage must run in it.</summary>
    InMemory,

    /// <summary>A RabbitMQ broker.</summary>
    RabbitMq,
}

/// <summary>The section <c>Bus</c>: which transport.</summary>
public sealed class TransportSection
{
    /// <summary>Default <see cref="Hosting.Transport.InMemory"/>, which asks for all roles in one process.</summary>
    public Transport Transport { get; set; } = Transport.InMemory;

    /// <summary>Refuses what this build or these roles cannot run.</summary>
    public IEnumerable<string> Refuse(HostSettings host)
    {
        if (Transport == Transport.RabbitMq)
            yield return "Bus:Transport: RabbitMq is not part of this version; leave the option out to use InMemory.";
        else if (host.Roles.Count is > 0 and < 4)
            yield return "Host:Roles: the in-memory bus cannot leave the process, so every role must run in it; leave Host:Roles out.";
    }
}
