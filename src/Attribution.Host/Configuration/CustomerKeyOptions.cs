namespace Attribution.Host.Configuration;

/// <summary>
/// Options of section <c>Ingest</c> for the hashing of customer keys. Every process of an installation must use the
/// same secret.
/// </summary>
internal sealed class CustomerKeyOptions
{
    /// <summary>
    /// Secret that hashes customer keys; the same for every process. Never logged. It cannot change: a process with
    /// another secret than the store's does not start. Use the environment. Default: created in
    /// <c>customer-keys.secret</c>; at least 16 bytes of UTF-8.
    /// </summary>
    public string? CustomerKeySecret { get; set; }

    /// <summary>File that contains the secret instead. Set at most one of the two. Default: none; a file.</summary>
    public string? CustomerKeySecretFile { get; set; }
}
