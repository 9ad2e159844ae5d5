namespace Attribution.Host.Hosting;

/// <summary>The stores that can be chosen.</summary>
public enum StoreKind
{
    /// <summary>One file, <c>attribution.db</c>, in the data folder.</summary>
    Sqlite,

    /// <summary>A MongoDB replica set or sharded cluster.</summary>
    MongoDb,
}

/// <summary>The section <c>Store</c>.</summary>
public sealed class StoreSection
{
    /// <summary>Default <see cref="StoreKind.Sqlite"/>.</summary>
    public StoreKind Kind { get; set; } = StoreKind.Sqlite;

    /// <summary>Refuses what this build cannot run.</summary>
    public IEnumerable<string> Refuse()
    {
        if (Kind == StoreKind.MongoDb)
            yield return "Store:Kind: this build has no MongoDB part (it compiles in with -p:MongoDb=true); leave the option out to use Sqlite.";
    }
}
