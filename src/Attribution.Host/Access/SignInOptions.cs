using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Attribution.Host.Access;

/// <summary>Section <c>Host:SignIn</c>: sign-in of users to the analysts' page.</summary>
internal sealed class SignInOptions
{
    /// <summary>
    /// Specifies the number of consecutive failed attempts from one address after which a name is locked there for
    /// <see cref="LockedFor"/>, even for the correct password. Default 5; 1 to 100. Other addresses are not locked: an IPv4
    /// address or the first 64 bits of an IPv6 address count as one. After 20 times as many failed attempts from anywhere,
    /// the name is locked for all addresses from which the user has not signed in before.
    /// </summary>
    [Range(1, 100)]
    public int WrongTries { get; set; } = 5;

    /// <summary>
    /// Specifies how long a name stays locked. Default 15 minutes; 1 second to 1 day. <c>attribution users unlock</c>
    /// unlocks it immediately.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "must be between 1 second and 1 day")]
    public TimeSpan LockedFor { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Specifies the time without a request after which a session ends. Default 12 hours; 1 minute to 30 days.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00", ErrorMessage = "must be between 1 minute and 30 days")]
    public TimeSpan SessionFor { get; set; } = TimeSpan.FromHours(12);

    /// <summary>
    /// Specifies the time after which a session ends, even if it is in use. Default 14 days; 1 minute to 1 year.
    /// Applies to open sessions too.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00", ErrorMessage = "must be between 1 minute and 365 days")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>
    /// Specifies the trusted reverse proxies as addresses or networks (<c>10.0.0.5, 10.1.0.0/16</c>), separated by
    /// commas. Default none. Their <c>X-Forwarded-Proto</c> is applied, so that cookies are marked Secure behind a
    /// proxy that terminates TLS, their <see cref="UserHeader"/>, and their <c>X-Forwarded-For</c>, by which attempts and
    /// requests of different clients are counted separately.
    /// </summary>
    public string Proxies { get; set; } = "";

    /// <summary>
    /// Specifies the header in which a proxy of <see cref="Proxies"/> names the user that it has signed in, for example
    /// <c>X-Forwarded-User</c>. The proxy must remove this header from incoming requests. Default empty: no header is
    /// trusted. The header is ignored from every other address. The user must exist.
    /// </summary>
    [RegularExpression("^[A-Za-z0-9-]{0,64}$", ErrorMessage = "must be a header name: at most 64 of A-Z, a-z, 0-9 and '-'")]
    public string UserHeader { get; set; } = "";

    /// <summary>Parses <see cref="Proxies"/> into networks; adds a message for each invalid entry to <paramref name="errors"/>.</summary>
    internal IReadOnlyList<IPNetwork> ParseProxies(ICollection<string> errors)
    {
        var networks = new List<IPNetwork>();
        foreach (var text in Proxies.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPNetwork.TryParse(text, out var network)) networks.Add(network);
            else if (IPAddress.TryParse(text, out var address))
                networks.Add(new(address, address.GetAddressBytes().Length * 8));
            else errors.Add($"Host:SignIn:Proxies: '{text}' is neither an address (10.0.0.5) nor a network (10.1.0.0/16, with no bits set after the prefix).");
        }

        return networks;
    }

    /// <summary>Returns the faults that no single value shows; empty if there are none.</summary>
    internal IEnumerable<string> FindFaults()
    {
        var errors = new List<string>();
        if (ParseProxies(errors).Count == 0 && errors.Count == 0 && UserHeader.Length > 0)
            errors.Add(
                "Host:SignIn:UserHeader: any caller could send this header. List the reverse proxies that may send it in Host:SignIn:Proxies.");
        return errors;
    }
}
