using System.Globalization;
using System.Text;

namespace Attribution.Core.Values;

/// <summary>
/// Host names as browsers send them: international names in their ASCII form (Punycode). Pure.
/// </summary>
public static class HostNames
{
    private static readonly IdnMapping Mapping = new() { AllowUnassigned = true };

    /// <summary>
    /// Returns an authority (host, with optional user and port) in ASCII. An authority in ASCII is unchanged. Null if
    /// the host has no ASCII form.
    /// </summary>
    public static string? ToAsciiAuthority(string authority)
    {
        if (Ascii.IsValid(authority)) return authority;
        var start = authority.LastIndexOf('@') + 1;
        var colon = authority.LastIndexOf(':');
        var end = colon >= start ? colon : authority.Length;
        if (!Ascii.IsValid(authority.AsSpan(end))) return null;
        try
        {
            return authority[..start] + Mapping.GetAscii(authority[start..end]).ToLowerInvariant() + authority[end..];
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// Returns an origin (scheme, host and port) as browsers send it, with its host in ASCII. An origin in ASCII, and a
    /// text that is not an origin, are unchanged.
    /// </summary>
    public static string ToAsciiOrigin(string origin)
    {
        var host = origin.IndexOf("://", StringComparison.Ordinal) + 3;
        return host < 3 || Ascii.IsValid(origin) || ToAsciiAuthority(origin[host..]) is not { } ascii
            ? origin : origin[..host] + ascii;
    }
}
