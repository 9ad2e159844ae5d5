namespace Attribution.TestKit.Stores;

/// <summary>
/// The MongoDB that tests run on: the replica set or sharded cluster that <c>ATTRIBUTION_TEST_MONGODB</c> names or, where Docker answers, one in a container.
/// </summary>
public static class MongoServer
{
    /// <summary>Why there is none, where there is none.</summary>
    public const string MissingReason = "no MongoDB: name one in ATTRIBUTION_TEST_MONGODB (mongodb://127.0.0.1:27017/?replicaSet=rs0), or start Docker";

    private static readonly Lazy<Task<string?>> Server = new(async () =>
        Environment.GetEnvironmentVariable("ATTRIBUTION_TEST_MONGODB") is { Length: > 0 } named ? named : DockerServers.AreAvailable ? await DockerServers.StartMongoDbAsync() : null);

    /// <summary>Its connection string; null: there is none.</summary>
    public static Task<string?> FindConnectionStringAsync() => Server.Value;
}
