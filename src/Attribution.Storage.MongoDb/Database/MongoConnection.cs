using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Database;

/// <summary>Settings of the connections, and descriptions of their faults that contain neither passwords nor stack traces.</summary>
internal static class MongoConnection
{
    private const string Remedy = "Check Store:MongoDb:ConnectionString and :Database, that the server runs, and that it accepts this user.";

    /// <summary>Reads a connection string and sets everything that the store requires.</summary>
    /// <exception cref="StoreUnusableException">
    /// The connection string or a certificate cannot be read. The message quotes no part of the connection string: the driver
    /// masks passwords only in well-formed ones.
    /// </exception>
    public static MongoClientSettings CreateSettings(string connectionString, MongoTls? tls)
    {
        var settings = IsAmbiguous(connectionString) ? null : Parse(connectionString);
        if (settings is null)
            throw new StoreUnusableException(
                "Store:MongoDb:ConnectionString cannot be read: specify for example mongodb://user:password@host1,host2/?replicaSet=rs0. "
                + "Percent-encode special characters of user and password: % as %25, / as %2F, : as %3A, @ as %40, ? as %3F, # as %23.");
        settings.ReadConcern = ReadConcern.Majority;
        settings.WriteConcern = WriteConcern.WMajority;
        settings.ReadPreference = ReadPreference.Primary;
        settings.ApplicationName ??= "attribution";
        if (tls is not null) UseTls(settings, tls);
        return settings;
    }

    /// <summary>Describes a failed opening: each server that could not be reached with its innermost cause, or the cause itself.</summary>
    public static string Describe(Exception fault, IMongoClient? client)
    {
        fault = fault is StoreFaultException { InnerException: { } inner } ? inner : fault;
        var isAway = fault is TimeoutException or (MongoConnectionException and not MongoAuthenticationException);
        var servers = client?.Cluster.Description.Servers.Where(server => isAway && server.HeartbeatException is not null)
            .Select(server => $"{Format(server.EndPoint)}: {FindCause(server.HeartbeatException)}").Order(StringComparer.Ordinal).ToList() ?? [];
        return servers switch
        {
            [] => $"MongoDB cannot be used: {(fault is TimeoutException ? "no server answered" : FindCause(fault))}. {Remedy}",
            [var only] => $"MongoDB cannot be reached: {only}. {Remedy}",
            _ => string.Join(Environment.NewLine, servers.Prepend($"No server of MongoDB can be used. {Remedy}")),
        };
    }

    private static string FindCause(Exception fault)
    {
        while (fault.InnerException is { } inner) fault = inner;
        // The message of a refused connection repeats its address.
        if (fault is SocketException socket) fault = new SocketException((int)socket.SocketErrorCode);
        var line = fault.Message.ReplaceLineEndings("\n").Split('\n')[0].TrimEnd('.');
        return line.Length <= 200 ? line : line[..200];
    }

    private static string Format(EndPoint? server) =>
        server is DnsEndPoint name ? $"{name.Host}:{name.Port}" : $"{server}";

    /// <summary>
    /// Returns whether a password with an unescaped character could be read as a host, which messages then name: an <c>@</c>
    /// ends the password, and is not the only one before the options.
    /// </summary>
    private static bool IsAmbiguous(string connectionString)
    {
        var rest = connectionString[(connectionString.IndexOf("://", StringComparison.Ordinal) + 1)..].TrimStart(':', '/');
        var end = rest.IndexOfAny(['/', '?', '#']);
        var (authority, after) = end < 0 ? (rest, "") : (rest[..end], rest[end..]);
        return authority.Count(c => c == '@') switch
        {
            0 => after.Contains('@', StringComparison.Ordinal),
            1 => after.Split('?')[0].Contains('@', StringComparison.Ordinal),
            _ => true,
        };
    }

    private static MongoClientSettings? Parse(string connectionString)
    {
        try
        {
            return MongoClientSettings.FromConnectionString(connectionString);
        }
        catch (Exception e) when (e is MongoException or ArgumentException or FormatException or InvalidOperationException)
        {
            // The exception is not passed on: its message may contain the password.
            return null;
        }
    }

    private static void UseTls(MongoClientSettings settings, MongoTls tls)
    {
        settings.UseTls = true;
        settings.SslSettings = new SslSettings { CheckCertificateRevocation = false };
        if (tls.CertificateFile is { Length: > 0 } own)
            settings.SslSettings.ClientCertificates = [ReadFile("TlsCertificateFile", own, path => X509Certificate2.CreateFromPemFile(path))];
        if (tls.CaFile is not { Length: > 0 } authority) return;
        var roots = ReadFile("TlsCaFile", authority, path =>
        {
            var read = new X509Certificate2Collection();
            read.ImportFromPemFile(path);
            return read.Count > 0 ? read : throw new CryptographicException("it contains no certificate");
        });
        settings.SslSettings.ServerCertificateValidationCallback = (_, certificate, _, errors) => IsIssuedBy(roots, certificate, errors);
    }

    /// <summary>Checks a server's certificate against only the private authority. Its name must match in any case.</summary>
    private static bool IsIssuedBy(X509Certificate2Collection roots, X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var server = new X509Certificate2(certificate);
        return chain.Build(server);
    }

    private static T ReadFile<T>(string option, string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            throw new StoreUnusableException($"Store:MongoDb:{option}: '{path}' cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
