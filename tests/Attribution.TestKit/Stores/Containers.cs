using Testcontainers.MongoDb;

namespace Attribution.TestKit.Stores;

// Servers by Docker, in a build with -p:Containers=true. Testcontainers removes them when the tests have ended.
public static partial class MongoServer
{
    static partial void Start(ref Task<string?> server) => server = StartAsync();

    private static async Task<string?> StartAsync()
    {
        var container = new MongoDbBuilder("mongo:8.0").WithReplicaSet("rs0").Build();
        await container.StartAsync();
        return container.GetConnectionString();
    }
}
