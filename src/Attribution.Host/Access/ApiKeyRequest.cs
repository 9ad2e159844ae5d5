using Attribution.Core.Values;
using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>What is asked of a key that is to be made, by the command line or on the page: read by one set of rules.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Scopes">What it may do, separated by commas.</param>
/// <param name="Brand">The only brand it may speak of; null: every brand.</param>
/// <param name="Source">The source of its events; null: <c>default</c>.</param>
/// <param name="Expires">A duration or an instant; null: never.</param>
/// <param name="SpeaksForOthers">Whether its events may name another source.</param>
internal sealed record ApiKeyRequest(string Name, string Scopes, string? Brand = null, string? Source = null, string? Expires = null, bool SpeaksForOthers = false)
{
    /// <summary>The names of scopes.</summary>
    private static readonly Dictionary<string, KeyScopes> ScopesByName = Enum.GetValues<KeyScopes>().Where(scope => scope != KeyScopes.None).ToDictionary(FormatScopes);

    /// <summary>Makes the key; null, with what is wrong in <paramref name="errors"/> (member and words), where it cannot be made.</summary>
    public (ApiKey Key, ApiKeyDocument Document)? TryCreate(IReadOnlySet<string> brands, Timestamp now, ICollection<(string Member, string Fault)> errors)
    {
        var scopes = ParseScopes(errors);
        var expires = ParseExpiry(now, errors);
        var (name, source) = (Name.Trim(), Source ?? "default");
        if (!IsLabel(name)) errors.Add(("name", "1 to 64 characters, none of them a control character."));
        if (!IsLabel(source)) errors.Add(("source", "1 to 64 characters, none of them a control character."));
        if (Brand is not null && !brands.Contains(Brand)) errors.Add(("brand", $"there is no brand '{Brand}'."));
        if (errors.Count > 0) return null;
        var key = ApiKey.Create();
        return (key, new()
        {
            Id = key.Id, Name = name, Hash = [.. key.ComputeHash()], Scopes = scopes, Brand = Brand, Source = source, MayNameOtherSources = SpeaksForOthers, CreatedAt = now, ExpiresAt = expires,
        });
    }

    /// <summary>Scopes as they are written.</summary>
    public static string FormatScopes(KeyScopes scopes) => scopes.ToString().ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal);

    private static bool IsLabel(string text) => text.Length is > 0 and <= 64 && !text.Any(char.IsControl);

    private KeyScopes ParseScopes(ICollection<(string, string)> errors)
    {
        var scopes = KeyScopes.None;
        foreach (var name in Scopes.Split(',', StringSplitOptions.TrimEntries))
        {
            if (ScopesByName.TryGetValue(name, out var scope)) scopes |= scope;
            else errors.Add(("scopes", $"unknown scope '{name}'{SimilarNames.Suggest(name, ScopesByName.Keys)}; the scopes are {string.Join(", ", ScopesByName.Keys)}."));
        }

        if (scopes.HasFlag(KeyScopes.Visit) && scopes != KeyScopes.Visit)
            errors.Add(("scopes", "visit goes alone: a key with it stands in web pages for all to read, so it may do nothing else. Make two keys."));
        return scopes;
    }

    private Timestamp? ParseExpiry(Timestamp now, ICollection<(string, string)> errors)
    {
        if (Expires is null) return null;
        Timestamp? expires = IsoDuration.TryParse(Expires, out var after) ? now + after : Rfc3339.TryParse(Expires, out var at) ? at : null;
        if (expires is null) errors.Add(("expires", $"'{Expires}' is neither a duration (P90D) nor an instant with its offset (2027-01-01T00:00:00Z)."));
        else if (expires <= now) errors.Add(("expires", $"{Expires} has passed already."));
        return expires;
    }
}
