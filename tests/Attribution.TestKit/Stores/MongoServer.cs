namespace Attribution.TestKit.Stores;

/// <summary>
/// The MongoDB server for tests: the replica set or sharded cluster named by <c>ATTRIBUTION_TEST_MONGODB</c> or, if
/// Docker is available, one in a container.
/// </summary>
public static class MongoServer
{
    /// <summary>The reason given for skipped tests if there is no server.</summary>
    public const string MissingReason = "no MongoDB: name one in ATTRIBUTION_TEST_MONGODB (mongodb://127.0.0.1:27017/?replicaSet=rs0), or start Docker";

    private static readonly Lazy<Task<string?>> Server = new(async () =>
        Environment.GetEnvironmentVariable("ATTRIBUTION_TEST_MONGODB") is { Length: > 0 } named ? named : DockerServers.AreAvailable ? await DockerServers.StartMongoDbAsync() : null);

    /// <summary>Returns the connection string; null if there is no server.</summary>
    public static Task<string?> FindConnectionStringAsync() => Server.Value;
}
