using Attribution.TestKit.Brokers;

namespace Attribution.TestKit;

/// <summary>Servers by Docker, where this build has them (it compiles them in with <c>-p:Containers=true</c>).</summary>
internal static class ContainersPart
{
    /// <summary>Makes a node of RabbitMQ, not started yet.</summary>
    public static Func<BrokerNode>? BrokerNode =>
#if CONTAINERS
        static () => new Containers.Rabbit();
#else
        null;
#endif

    /// <summary>Starts a MongoDB replica set of one member and answers its connection string.</summary>
    public static Func<Task<string>>? MongoDbAsync =>
#if CONTAINERS
        Containers.MongoDbAsync;
#else
        null;
#endif
}
