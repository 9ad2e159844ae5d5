using System.Net;
using System.Net.Sockets;
using Attribution.Host.Configuration;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Access;

/// <summary>
/// The address that limits of a client count by: a whole IPv4 address, or the first 64 bits of an IPv6 address, which one
/// network has for itself. Behind a proxy of <c>Host:SignIn:Proxies</c> it is the address in <c>X-Forwarded-For</c> that
/// the proxy added; the header is ignored from every other address.
/// </summary>
internal sealed class ClientAddress(IOptions<AttributionHostOptions> host)
{
    private const int Ipv6PrefixBytes = 8;

    private readonly IReadOnlyList<IPNetwork> proxies = host.Value.SignIn.ParseProxies([]);

    /// <summary>Returns the prefix of the client's address; <c>local</c> for a connection without an address.</summary>
    public string GetPrefix(HttpContext http) => Find(http) is { } address ? FormatPrefix(address) : "local";

    /// <summary>Returns true for an address of <c>Host:SignIn:Proxies</c>.</summary>
    public bool IsProxy(IPAddress address) => proxies.Any(network => network.Contains(Unmap(address)));

    /// <summary>Returns the prefix of an address.</summary>
    public static string FormatPrefix(IPAddress address)
    {
        address = Unmap(address);
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(Ipv6PrefixBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    private IPAddress? Find(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } address) return null;
        if (proxies.Count == 0) return address;
        // Each proxy appends the address that it was called from, so the last ones are the trustworthy ones.
        var forwarded = string.Join(',', http.Request.Headers["X-Forwarded-For"].ToArray()).Split(',', StringSplitOptions.TrimEntries);
        for (var i = forwarded.Length - 1; i >= 0 && IsProxy(address); i--)
        {
            if (!IPEndPoint.TryParse(forwarded[i], out var caller)) break;
            address = caller.Address;
        }

        return address;
    }

    private static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
