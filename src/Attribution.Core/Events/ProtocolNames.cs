namespace Attribution.Core.Events;

/// <summary>The names of campaign parameters in the Universal Commerce Protocol: <c>attribution/utm_source</c>.</summary>
public static class ProtocolNames
{
    private const string Prefix = "attribution/";

    /// <summary>Returns a name without the protocol's prefix, which may be in any case.</summary>
    public static ReadOnlySpan<char> Strip(ReadOnlySpan<char> name) =>
        name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name[Prefix.Length..] : name;
}
