namespace Attribution.TestKit.Stores;

/// <summary>
/// The MongoDB that tests run on: the replica set or sharded cluster that <c>ATTRIBUTION_TEST_MONGODB</c> names or, in a build with <c>-p:Containers=true</c>, one in a
/// container.
/// </summary>
public static partial class MongoServer
{
    /// <summary>Why there is none, where there is none.</summary>
    public const string Missing = "no MongoDB: name one in ATTRIBUTION_TEST_MONGODB (mongodb://127.0.0.1:27017/?replicaSet=rs0), or build with -p:Containers=true where Docker runs";

    private static readonly Lazy<Task<string?>> Server = new(() =>
    {
        var server = Task.FromResult(Environment.GetEnvironmentVariable("ATTRIBUTION_TEST_MONGODB") is { Length: > 0 } named ? named : null);
        if (server.Result is null) Start(ref server);
        return server;
    });

    /// <summary>Its connection string; null: there is none.</summary>
    public static Task<string?> FindAsync() => Server.Value;

    /// <summary>Another way to have one, where it is compiled in.</summary>
    static partial void Start(ref Task<string?> server);
}
