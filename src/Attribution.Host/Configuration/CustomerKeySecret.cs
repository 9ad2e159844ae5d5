using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Storage.Access;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Configuration;

/// <summary>What of section <c>Ingest</c> says how customer keys are hashed. The same for every process of an installation.</summary>
internal sealed class CustomerKeyOptions
{
    /// <summary>
    /// The secret that customer keys are hashed with before anything is written: 16 bytes or more of UTF-8, as hard to guess as a key. Default
    /// none: made once, at random, in <c>customer-keys.secret</c> of the data folder. Never logged. Lost or changed, a person's events no longer meet
    /// those stored before, so a store begun with another secret refuses the start. Better given by the environment
    /// (<c>Ingest__CustomerKeySecret</c>) than on a command line, which others can read.
    /// </summary>
    public string? CustomerKeySecret { get; set; }

    /// <summary>A file that holds the secret instead, white space around it aside. Default none. One of the two at most.</summary>
    public string? CustomerKeySecretFile { get; set; }
}

/// <summary>The secret of customer keys: found or made before anything starts, and compared with the one that the store was begun with.</summary>
internal sealed class CustomerKeySecret(HostSettings host, ICredentialStore store, IOptions<CustomerKeyOptions> options)
{
    private CustomerKeyHasher? keys;

    /// <summary>What hashes customer keys.</summary>
    /// <exception cref="InvalidOperationException">The secret is not known yet.</exception>
    public CustomerKeyHasher Keys => keys ?? throw new InvalidOperationException("The secret of customer keys was not read yet.");

    private string DefaultFile => Path.Combine(host.DataFolder, "customer-keys.secret");

    /// <summary>Reads the secret, or makes it with a new store. Called once, when the store is open.</summary>
    /// <exception cref="StartupException">It cannot be read, is too short, or is not the one that the store was begun with.</exception>
    public async ValueTask LoadAsync(CancellationToken cancellation)
    {
        var known = await store.ReadCustomerKeyFingerprintAsync(cancellation);
        var (secret, from) = ReadSecret(mayMake: known is null);
        if (secret.Length < CustomerKeyHasher.MinSecretBytes)
            throw StartupException.ForConfiguration([$"{from}: the secret of customer keys has {secret.Length} bytes and needs {CustomerKeyHasher.MinSecretBytes} or more; 'openssl rand -base64 32' makes one."]);
        var found = new CustomerKeyHasher(secret);
        if (await store.GetOrAddCustomerKeyFingerprintAsync(found.Fingerprint, cancellation) is var begun && begun != found.Fingerprint)
            throw StartupException.ForEnvironment(
                $"{from}: this is not the secret that the store's customer keys were hashed with (fingerprint {found.Fingerprint}, the store's is {begun}); "
                + "nobody's orders would meet those stored before. Give this process the secret of the others: Ingest:CustomerKeySecret, Ingest:CustomerKeySecretFile or the data folder's customer-keys.secret.");
        keys = found;
    }

    private (byte[] Secret, string From) ReadSecret(bool mayMake)
    {
        var (given, file) = (options.Value.CustomerKeySecret, options.Value.CustomerKeySecretFile);
        if (given is not null) return (Encoding.UTF8.GetBytes(given), "Ingest:CustomerKeySecret");
        if (file is null && !File.Exists(DefaultFile))
        {
            if (!mayMake)
                throw StartupException.ForEnvironment(
                    $"{DefaultFile} is missing, and the store's customer keys were hashed with it. Put it back from a copy, or give the secret by Ingest:CustomerKeySecret or Ingest:CustomerKeySecretFile.");
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

    /// <summary>Whole or not at all, and never over one that another process of the folder made meanwhile.</summary>
    private void CreateFile()
    {
        var made = $"{DefaultFile}.{host.Instance}.new";
        try
        {
            var way = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) way.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(made, way))
            {
                file.Write(Encoding.ASCII.GetBytes(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))));
                file.Flush(flushToDisk: true);
            }

            File.Move(made, DefaultFile, overwrite: false);
        }
        catch (IOException) when (File.Exists(DefaultFile))
        {
            File.Delete(made);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StartupException.ForEnvironment($"The secret of customer keys cannot be written: {e.Message}", e);
        }
    }
}

/// <summary>Registers what hashes customer keys.</summary>
internal static class CustomerKeyRegistration
{
    /// <summary>Registers the secret and, once it is open, <see cref="CustomerKeyHasher"/>.</summary>
    public static IServiceCollection AddCustomerKeys(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<CustomerKeyOptions>(configuration, "Ingest").ValidateWith((options, _) =>
            options is { CustomerKeySecret: not null, CustomerKeySecretFile: not null } ? ["Ingest:CustomerKeySecret: give the secret or a file that holds it (Ingest:CustomerKeySecretFile), not both."] : []);
        services.AddSingleton<CustomerKeySecret>();
        services.AddSingleton<CustomerKeyHasher>(provider => provider.GetRequiredService<CustomerKeySecret>().Keys);
        return services;
    }
}
