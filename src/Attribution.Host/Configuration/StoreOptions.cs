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
    /// <summary>Specifies the kind of store. Default <see cref="StoreKind.Sqlite"/>.</summary>
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
    /// Specifies the cluster as <c>mongodb://user:password@host1,host2/?replicaSet=rs0</c> or <c>mongodb+srv://…</c>.
    /// Default none. The value is a secret; prefer an environment variable. Required if <see cref="StoreOptions.Kind"/> is
    /// <see cref="StoreKind.MongoDb"/>. The store sets read concern (snapshot) and write concern (majority) itself. The
    /// user needs <c>readWrite</c> on the database and, on a sharded cluster, the action <c>enableSharding</c> on it.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Specifies the database, which no other program may use. Default <c>attribution</c>.</summary>
    public string Database { get; set; } = "attribution";

    /// <summary>
    /// Specifies a PEM file with the certificates of the authorities that may issue those of the servers. Default empty: the
    /// system's. Connections then use TLS.
    /// </summary>
    public string TlsCaFile { get; set; } = "";

    /// <summary>
    /// Specifies a PEM file with the certificate and the unencrypted private key of this process. Default empty: no
    /// certificate. Connections then use TLS. With <c>authMechanism=MONGODB-X509</c> the certificate names the user.
    /// </summary>
    public string TlsCertificateFile { get; set; } = "";

    /// <summary>Gets the certificates; null if none are specified.</summary>
    internal MongoTls? Tls => TlsCaFile.Length + TlsCertificateFile.Length == 0 ? null : new(TlsCaFile, TlsCertificateFile);
}
