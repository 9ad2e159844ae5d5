namespace Attribution.Storage;

/// <summary>The MongoDB store, where this build has it.</summary>
public static class MongoDbPart
{
    /// <summary>Opens the store of a connection string and a database name; null in a build without it (it compiles in with <c>-p:MongoDb=true</c>).</summary>
    /// <exception cref="StoreUnusableException">The server is away, refuses us or has no transactions; or the database is another's or a newer version's.</exception>
    public static Func<string, string, CancellationToken, ValueTask<IStore>>? OpenAsync =>
#if MONGODB
        static async (connectionString, database, cancellation) => await MongoDb.MongoStore.OpenAsync(connectionString, database, cancellation);
#else
        null;
#endif
}
