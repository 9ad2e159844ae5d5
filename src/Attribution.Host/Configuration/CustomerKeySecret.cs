using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Storage.Access;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Configuration;

/// <summary>
/// Secret of customer keys: read or created before any service starts, and compared with the one that the store was
/// created with.
/// </summary>
internal sealed class CustomerKeySecret(HostSettings host, ICredentialStore store, IOptions<CustomerKeyOptions> options)
{
    private CustomerKeyHasher? keys;

    /// <summary>Gets the hasher of customer keys.</summary>
    /// <exception cref="InvalidOperationException">The secret has not been loaded.</exception>
    public CustomerKeyHasher Keys =>
        keys ?? throw new InvalidOperationException("The secret of customer keys has not been read yet.");

    private string DefaultFile => host.CustomerKeyFile;

    /// <summary>Reads the secret; creates it if the store is new. Called once, when the store is open.</summary>
    /// <exception cref="StartupException">
    /// The secret cannot be read, is too short, or differs from the one that the store was created with.
    /// </exception>
    public async ValueTask LoadAsync(CancellationToken cancellation)
    {
        var known = await store.ReadCustomerKeyFingerprintAsync(cancellation);
        var (secret, origin) = ReadSecret(mayCreate: known is null);
        if (secret.Length < CustomerKeyHasher.MinSecretBytes)
            throw StartupException.ForConfiguration([
                $"{origin}: the secret of customer keys has {secret.Length} bytes; at least {CustomerKeyHasher.MinSecretBytes} are required. "
                + "Create one with 'openssl rand -base64 32'."]);
        var hasher = new CustomerKeyHasher(secret);
        if (await store.GetOrAddCustomerKeyFingerprintAsync(hasher.Fingerprint, cancellation) is var stored
            && stored != hasher.Fingerprint)
            throw StartupException.ForEnvironment(
                $"{origin}: the store's customer keys were hashed with another secret (fingerprint {hasher.Fingerprint}, the store's is {stored}); "
                + "new orders would not match stored ones. Give this process the secret of the other processes: "
                + "Ingest:CustomerKeySecret, Ingest:CustomerKeySecretFile or customer-keys.secret in the data folder.");
        keys = hasher;
    }

    private (byte[] Secret, string Origin) ReadSecret(bool mayCreate)
    {
        var (value, file) = (options.Value.CustomerKeySecret, options.Value.CustomerKeySecretFile);
        if (value is not null) return (Encoding.UTF8.GetBytes(value), "Ingest:CustomerKeySecret");
        if (file is null && !File.Exists(DefaultFile))
        {
            if (!mayCreate)
                throw StartupException.ForEnvironment(
                    $"{DefaultFile} is missing, and the store's customer keys were hashed with it. "
                    + "Restore it from a backup, or specify the secret with Ingest:CustomerKeySecret or Ingest:CustomerKeySecretFile.");
            CreateFile();
        }

        file ??= DefaultFile;
        try
        {
            return (Encoding.UTF8.GetBytes(File.ReadAllText(file).Trim()), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StartupException.ForEnvironment($"The secret of customer keys cannot be read: {e.Message}", e);
        }
    }

    /// <summary>
    /// Creates the file atomically. Does not overwrite a file that another process of the same folder has created
    /// meanwhile.
    /// </summary>
    private void CreateFile()
    {
        var temporary = $"{DefaultFile}.{host.Instance}.new";
        try
        {
            var mode = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(temporary, mode))
            {
                file.Write(Encoding.ASCII.GetBytes(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, DefaultFile, overwrite: false);
        }
        catch (IOException) when (File.Exists(DefaultFile))
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StartupException.ForEnvironment($"The secret of customer keys cannot be written: {e.Message}", e);
        }
    }
}
