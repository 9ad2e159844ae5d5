namespace Attribution.Storage.MongoDb;

/// <summary>Certificates of connections to MongoDB, as PEM files.</summary>
/// <param name="CaFile">Certificates of the authorities that may issue those of the servers; null or empty for the system's.</param>
/// <param name="CertificateFile">Certificate and private key of this process; null or empty for none.</param>
public sealed record MongoTls(string? CaFile, string? CertificateFile);
