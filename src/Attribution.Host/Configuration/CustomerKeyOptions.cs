namespace Attribution.Host.Configuration;

/// <summary>
/// Options of section <c>Ingest</c> for the hashing of customer keys. Every process of an installation must use the
/// same secret.
/// </summary>
internal sealed class CustomerKeyOptions
{
    /// <summary>
    /// Specifies the secret with which customer keys are hashed before anything is written: at least 16 bytes of UTF-8,
    /// as hard to guess as an encryption key. Default none: a random secret is created once in
    /// <c>customer-keys.secret</c> of the data folder. The secret is never logged. If it is lost or changed, new events
    /// no longer match the stored ones of the same customer; a host therefore refuses to start with another secret than
    /// its store was created with. Prefer the environment variable <c>Ingest__CustomerKeySecret</c> to the command
    /// line, which other users of the machine can read.
    /// </summary>
    public string? CustomerKeySecret { get; set; }

    /// <summary>
    /// Specifies a file with the secret, as an alternative to <see cref="CustomerKeySecret"/>; set at most one of them.
    /// White space around the secret is ignored. Default none.
    /// </summary>
    public string? CustomerKeySecretFile { get; set; }
}
