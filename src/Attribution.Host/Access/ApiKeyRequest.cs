using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>Request for a new API key, from the command line or the page. Both use the same rules.</summary>
/// <param name="Name">Purpose of the key: 1 to 64 characters, without control characters.</param>
/// <param name="Scopes">Scopes, separated by commas.</param>
/// <param name="Brand">The only brand that the key may submit events for or read; null for every brand.</param>
/// <param name="Source">Source of its events; null for <c>default</c>.</param>
/// <param name="Expires">Lifetime as a duration, or the instant of expiry; null for never.</param>
/// <param name="SpeaksForOthers">True if its events may name another source.</param>
/// <param name="Amounts">Unit of the amounts in its events, <c>major</c> or <c>minor</c>; null for major units.</param>
internal sealed record ApiKeyRequest(
    string Name, string Scopes, string? Brand = null, string? Source = null, string? Expires = null,
    bool SpeaksForOthers = false, string? Amounts = null)
{
    private static readonly Dictionary<string, KeyScopes> ScopesByName =
        Enum.GetValues<KeyScopes>().Where(scope => scope != KeyScopes.None).ToDictionary(FormatScopes);

    /// <summary>
    /// Creates the key. Returns null if the request is invalid, and adds each invalid member with its fault to
    /// <paramref name="errors"/>.
    /// </summary>
    /// <param name="brands">The ids of all brands.</param>
    /// <param name="keys">All keys, with which those of a source agree on the unit of amounts.</param>
    /// <param name="secrets">All webhook secrets, likewise.</param>
    /// <param name="now">The time of creation.</param>
    /// <param name="errors">Receives the faults.</param>
    public (ApiKey Key, ApiKeyDocument Document)? TryCreate(
        IReadOnlySet<string> brands, IReadOnlyList<ApiKeyDocument> keys, IReadOnlyList<WebhookSecretDocument> secrets, Timestamp now,
        ICollection<(string Member, string Fault)> errors)
    {
        var scopes = ParseScopes(errors);
        var expires = ParseExpiry(now, errors);
        var (name, source) = (Name.Trim(), Source ?? "default");
        if (!IsLabel(name)) errors.Add(("name", "must have 1 to 64 characters, without control characters."));
        if (!IsLabel(source)) errors.Add(("source", "must have 1 to 64 characters, without control characters."));
        if (Brand is not null && !brands.Contains(Brand)) errors.Add(("brand", $"unknown brand '{Brand}'."));
        var isMinor = ParseAmounts(scopes, source, keys, secrets, errors);
        if (errors.Count > 0) return null;
        var key = ApiKey.Create();
        return (key, new()
        {
            Id = key.Id, Name = name, Hash = [.. key.ComputeHash()], Scopes = scopes, Brand = Brand, Source = source,
            MayNameOtherSources = SpeaksForOthers, SendsMinorUnits = isMinor, CreatedAt = now, ExpiresAt = expires,
        });
    }

    /// <summary>Formats scopes as lower-case names, separated by commas.</summary>
    public static string FormatScopes(KeyScopes scopes) =>
        scopes.ToString().ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal);

    private static bool IsLabel(string text) => text.Length is > 0 and <= 64 && !text.Any(char.IsControl);

    private KeyScopes ParseScopes(ICollection<(string, string)> errors)
    {
        var scopes = KeyScopes.None;
        foreach (var name in Scopes.Split(',', StringSplitOptions.TrimEntries))
        {
            if (ScopesByName.TryGetValue(name, out var scope)) scopes |= scope;
            else
                errors.Add(("scopes",
                    $"unknown scope '{name}'{SimilarNames.Suggest(name, ScopesByName.Keys)}; the scopes are {string.Join(", ", ScopesByName.Keys)}."));
        }

        if (scopes.HasFlag(KeyScopes.Visit) && scopes != KeyScopes.Visit)
            errors.Add(("scopes", "'visit' cannot be combined with other scopes, because a key with it is published in web pages. Create two keys."));
        return scopes;
    }

    private bool ParseAmounts(
        KeyScopes scopes, string source, IReadOnlyList<ApiKeyDocument> keys, IReadOnlyList<WebhookSecretDocument> secrets,
        ICollection<(string, string)> errors)
    {
        var faults = new List<string>();
        var isMinor = AmountUnits.Parse(Amounts, faults);
        if (scopes.HasFlag(KeyScopes.Ingest))
        {
            if (AmountUnits.FindContradiction(isMinor, source, Brand ?? BrandSettings.DefaultId, keys, secrets) is { } contradiction)
                faults.Add(contradiction);
        }
        else if (isMinor)
        {
            faults.Add("needs the scope 'ingest': only events can have amounts in minor units; the catalog and its imports state major units.");
        }

        foreach (var fault in faults) errors.Add(("amounts", fault));
        return isMinor;
    }

    private Timestamp? ParseExpiry(Timestamp now, ICollection<(string, string)> errors)
    {
        if (Expires is null) return null;
        Timestamp? expires = IsoDuration.TryParse(Expires, out var after) ? now + after : Rfc3339.TryParse(Expires, out var at) ? at : null;
        if (expires is null)
            errors.Add(("expires", $"'{Expires}' is neither a duration (P90D) nor an instant with an offset (2027-01-01T00:00:00Z)."));
        else if (expires <= now)
            errors.Add(("expires", $"{Expires} is in the past."));
        return expires;
    }
}
