using System.Net;

namespace Attribution.Host.Configuration;

/// <summary>Where the host listens. While no API key exists that is loopback and nothing else, since a loopback caller has all scopes then.</summary>
internal static class ListenAddresses
{
    /// <summary>Where the host listens unless told otherwise.</summary>
    public const string Default = "http://127.0.0.1:8080";

    /// <summary>The addresses, separated by semicolons in the setting <c>urls</c>; what is wrong with them is added to <paramref name="errors"/>.</summary>
    public static IReadOnlyList<string> Read(IConfiguration configuration, List<string> errors)
    {
        if (configuration.GetSection("Kestrel:Endpoints").Exists())
            errors.Add("Kestrel:Endpoints is not used: say where to listen with --urls.");

        var text = configuration[WebHostDefaults.ServerUrlsKey] ?? Default;
        var urls = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (urls.Length == 0)
            errors.Add($"--urls is empty: write for example {Default}.");
        foreach (var url in urls)
        {
            if (FindFault(url) is { } error)
                errors.Add(error);
        }

        return urls;
    }

    private static string? FindFault(string url)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return $"--urls: '{url}' is no address to listen on; write for example {Default}.";
        }

        if (address.Scheme is not ("http" or "https") || address.IsUnixPipe || address.IsNamedPipe || address.Port is < 0 or > 65535 || address.PathBase.Length > 0)
            return $"--urls: '{url}' is no address to listen on; write scheme, host and port alone, for example {Default}.";
        return null;
    }

    /// <summary>Whether an address to listen on, as <see cref="Read"/> let it pass, can only be reached from this machine.</summary>
    public static bool IsLoopbackUrl(string url) => IsLoopback(BindingAddress.Parse(url).Host);

    /// <summary>Whether a host name or address can only mean this machine.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}
