using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Attribution.Host.Access;

/// <summary>Section <c>Host:SignIn</c>: sign-in of users to the analysts' page.</summary>
internal sealed class SignInOptions
{
    /// <summary>
    /// Wrong attempts in a row from one address until a name is locked there, even for the right password; after 20
    /// times as many from anywhere it is locked for all addresses from which the user has not signed in. Default: 5; 1
    /// to 100.
    /// </summary>
    [Range(1, 100)]
    public int WrongTries { get; set; } = 5;

    /// <summary>Duration of the lock; <c>users unlock</c> unlocks at once. Default: 15 minutes; 1 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "must be between 1 second and 1 day")]
    public TimeSpan LockedFor { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Time without a request after which a session ends. Default: 12 hours; 1 minute to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00", ErrorMessage = "must be between 1 minute and 30 days")]
    public TimeSpan SessionFor { get; set; } = TimeSpan.FromHours(12);

    /// <summary>
    /// Time after which a session ends, even if it is in use; applies to open sessions too. Default: 14 days; 1 minute
    /// to 365 days.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00", ErrorMessage = "must be between 1 minute and 365 days")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>
    /// Reverse proxies whose <c>X-Forwarded-Proto</c>, <c>X-Forwarded-For</c> and <c>UserHeader</c> are trusted.
    /// Default: none; addresses or networks, separated by commas.
    /// </summary>
    public string Proxies { get; set; } = "";

    /// <summary>
    /// Header in which those proxies name the signed-in user; ignored from any other address. The user must exist.
    /// Default: empty; a header name, at most 64 characters.
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
