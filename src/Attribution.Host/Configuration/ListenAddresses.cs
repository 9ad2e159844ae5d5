using Attribution.Host.Access;

namespace Attribution.Host.Configuration;

/// <summary>
/// Addresses to listen on. While neither API keys nor users exist, only loopback is allowed, because loopback callers
/// then have all scopes.
/// </summary>
internal static class ListenAddresses
{
    /// <summary>Address that the host listens on by default.</summary>
    public const string Default = "http://127.0.0.1:8080";

    /// <summary>Reads the addresses from the setting <c>urls</c>, separated by semicolons; adds their faults to <paramref name="errors"/>.</summary>
    public static IReadOnlyList<string> Read(IConfiguration configuration, List<string> errors)
    {
        if (configuration.GetSection("Kestrel:Endpoints").Exists())
            errors.Add("Kestrel:Endpoints is not supported: specify the addresses to listen on with --urls.");

        var text = configuration[WebHostDefaults.ServerUrlsKey] ?? Default;
        var urls = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (urls.Length == 0)
            errors.Add($"--urls is empty: specify for example {Default}.");
        foreach (var url in urls)
        {
            if (FindFault(url) is { } error)
                errors.Add(error);
        }

        return urls;
    }

    /// <summary>Indicates whether a text is an address to listen on without TLS.</summary>
    public static bool IsHttp(string url) => url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && FindFault(url) is null;

    private static string? FindFault(string url)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return $"--urls: '{url}' is not an address to listen on; specify for example {Default}.";
        }

        if (address.Scheme is not ("http" or "https") || address.IsUnixPipe || address.IsNamedPipe
            || address.Port is < 0 or > 65535 || address.PathBase.Length > 0)
            return $"--urls: '{url}' is not an address to listen on; specify only scheme, host and port, for example {Default}.";
        return null;
    }

    /// <summary>Indicates whether a valid address to listen on can be reached only from this machine.</summary>
    public static bool IsLoopbackUrl(string url) => LoopbackAccess.IsLoopback(BindingAddress.Parse(url).Host);
}
