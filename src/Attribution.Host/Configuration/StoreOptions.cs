namespace Attribution.Host.Configuration;

/// <summary>The stores that can be chosen.</summary>
internal enum StoreKind
{
    /// <summary>One file, <c>attribution.db</c>, in the data folder.</summary>
    Sqlite,

    /// <summary>A MongoDB replica set or sharded cluster.</summary>
    MongoDb,
}

/// <summary>The section <c>Store</c>.</summary>
internal sealed class StoreOptions
{
    /// <summary>Default <see cref="StoreKind.Sqlite"/>.</summary>
    public StoreKind Kind { get; set; } = StoreKind.Sqlite;

    /// <summary>The cluster, where that is the store.</summary>
    public MongoDbOptions MongoDb { get; set; } = new();

    /// <summary>The section of a configuration.</summary>
    public static StoreOptions FromConfiguration(IConfiguration configuration) => configuration.GetSection("Store").Get<StoreOptions>() ?? new StoreOptions();

    /// <summary>Returns an error when the cluster's connection string is missing.</summary>
    public IEnumerable<string> FindFaults()
    {
        if (Kind != StoreKind.MongoDb) yield break;
        if (string.IsNullOrWhiteSpace(MongoDb.ConnectionString))
            yield return "Store:MongoDb:ConnectionString is missing: write for example mongodb://user:password@host1,host2/?replicaSet=rs0 (percent-encode what is special in the password).";
    }
}

/// <summary>The section <c>Store:MongoDb</c>.</summary>
internal sealed class MongoDbOptions
{
    /// <summary>
    /// The cluster, as <c>mongodb://user:password@host1,host2/?replicaSet=rs0</c> or <c>mongodb+srv://…</c>: a secret, best given by the environment. Read and write
    /// concern are the store's own: snapshot and majority. The user needs <c>readWrite</c> on the database and, on a sharded cluster, <c>clusterManager</c>.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>The database, the store's alone. Default <c>attribution</c>.</summary>
    public string Database { get; set; } = "attribution";
}
