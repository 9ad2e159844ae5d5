using Attribution.Storage.MongoDb;

namespace Attribution.Host.Configuration;

/// <summary>Kinds of stores.</summary>
internal enum StoreKind
{
    /// <summary>A single file, <c>attribution.db</c>, in the data folder.</summary>
    Sqlite,

    /// <summary>A MongoDB replica set or sharded cluster.</summary>
    MongoDb,
}

/// <summary>Section <c>Store</c>.</summary>
internal sealed class StoreOptions
{
    /// <summary>
    /// Kind of store. SQLite is the file <c>attribution.db</c> in the data folder. Default: <c>Sqlite</c>;
    /// <c>Sqlite</c>, <c>MongoDb</c>.
    /// </summary>
    public StoreKind Kind { get; set; } = StoreKind.Sqlite;

    /// <summary>
    /// Specifies the MongoDB store; used only if <see cref="Kind"/> is <see cref="StoreKind.MongoDb"/>.
    /// </summary>
    public MongoDbOptions MongoDb { get; set; } = new();

    /// <summary>Reads the section of a configuration.</summary>
    public static StoreOptions FromConfiguration(IConfiguration configuration) =>
        configuration.GetSection("Store").Get<StoreOptions>() ?? new StoreOptions();

    /// <summary>
    /// Returns a fault if the connection string of the MongoDB store is missing; otherwise an empty sequence.
    /// </summary>
    public IEnumerable<string> FindFaults()
    {
        if (Kind != StoreKind.MongoDb) yield break;
        if (string.IsNullOrWhiteSpace(MongoDb.ConnectionString))
            yield return "Store:MongoDb:ConnectionString is missing: specify for example mongodb://user:password@host1,host2/?replicaSet=rs0 "
                + "(percent-encode special characters of the password).";
    }
}

/// <summary>Section <c>Store:MongoDb</c>.</summary>
internal sealed class MongoDbOptions
{
    /// <summary>
    /// Address of the cluster. A secret: use the environment. Read and write concern are set by the store. Default:
    /// required with MongoDb; a MongoDB connection string.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Database; it must contain nothing else. Default: <c>attribution</c>; a database name.</summary>
    public string Database { get; set; } = "attribution";

    /// <summary>
    /// Certificates of the authorities that may issue those of the servers; connections use TLS. Default: empty: the
    /// system's authorities; a PEM file.
    /// </summary>
    public string TlsCaFile { get; set; } = "";

    /// <summary>
    /// Certificate and unencrypted private key of this process; connections use TLS. Default: empty: none; a PEM file.
    /// </summary>
    public string TlsCertificateFile { get; set; } = "";

    /// <summary>Gets the certificates; null if none are specified.</summary>
    internal MongoTls? Tls => TlsCaFile.Length + TlsCertificateFile.Length == 0 ? null : new(TlsCaFile, TlsCertificateFile);
}
