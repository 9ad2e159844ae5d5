using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Attribution.Host.Access;

/// <summary>Section <c>Host:SignIn</c>: how people sign in to the analysts' page.</summary>
internal sealed class SignInOptions
{
    /// <summary>After so many wrong tries in a row a name is locked for <see cref="LockedFor"/>, its right password too. Default 5; 1 to 100.</summary>
    [Range(1, 100)]
    public int WrongTries { get; set; } = 5;

    /// <summary>For how long. Default 15 minutes; a second to a day. <c>users password</c> unlocks at once.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "must lie between a second and a day")]
    public TimeSpan LockedFor { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>After how long without a request a session ends. Default 12 hours; a minute to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00", ErrorMessage = "must lie between a minute and 30 days")]
    public TimeSpan SessionFor { get; set; } = TimeSpan.FromHours(12);

    /// <summary>
    /// Reverse proxies, as addresses or networks (<c>10.0.0.5, 10.1.0.0/16</c>), separated by commas. Default none. Their <c>X-Forwarded-Proto</c> is
    /// believed, so that cookies are marked Secure behind one that ends TLS, and their <see cref="UserHeader"/>.
    /// </summary>
    public string Proxies { get; set; } = "";

    /// <summary>
    /// The header in which a proxy of <see cref="Proxies"/> names the user it has signed in, <c>X-Forwarded-User</c> for example; it must drop
    /// what callers send under that name. Default empty: no header is believed. From any other address it is passed over. The user must have been made.
    /// </summary>
    [RegularExpression("^[A-Za-z0-9-]{0,64}$", ErrorMessage = "must be the name of a header: at most 64 of A-Z, a-z, 0-9 and '-'")]
    public string UserHeader { get; set; } = "";

    /// <summary><see cref="Proxies"/> as networks; what cannot be read is added to <paramref name="errors"/>.</summary>
    internal IReadOnlyList<IPNetwork> ParseProxies(ICollection<string> errors)
    {
        var networks = new List<IPNetwork>();
        foreach (var text in Proxies.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPNetwork.TryParse(text, out var network)) networks.Add(network);
            else if (IPAddress.TryParse(text, out var address)) networks.Add(new(address, address.GetAddressBytes().Length * 8));
            else errors.Add($"Host:SignIn:Proxies: '{text}' is neither an address (10.0.0.5) nor a network (10.1.0.0/16, without bits beyond its length).");
        }

        return networks;
    }

    /// <summary>What is wrong beyond each value by itself.</summary>
    internal IEnumerable<string> FindFaults()
    {
        var errors = new List<string>();
        if (ParseProxies(errors).Count == 0 && errors.Count == 0 && UserHeader.Length > 0)
            errors.Add("Host:SignIn:UserHeader: anybody could send that header; name in Host:SignIn:Proxies the reverse proxies that it is believed from.");
        return errors;
    }
}
