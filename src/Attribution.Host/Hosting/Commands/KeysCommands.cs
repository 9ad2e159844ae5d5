using System.CommandLine;
using System.Globalization;
using Attribution.Core.Values;
using Attribution.Host.Hosting.Access;
using Attribution.Storage;

namespace Attribution.Host.Hosting.Commands;

/// <summary>
/// <c>attribution keys create|list|revoke</c>: work on the store itself, whether a host runs on it or not; running hosts follow within a second.
/// </summary>
public static class KeysCommands
{
    private static readonly Option<string> Name = new("--name") { Description = "What it is for: 1 to 64 characters", Required = true };
    private static readonly Option<string> Scopes = new("--scopes") { Description = "What it may do, of ingest, read, edit, admin, separated by commas; or visit alone, for a key that stands in web pages", Required = true };
    private static readonly Option<string> Brand = new("--brand") { Description = "The only brand it may speak of (default: every brand)" };
    private static readonly Option<string> Source = new("--source") { Description = "The source of its events (default: 'default'). A key that replaces another takes over its source" };
    private static readonly Option<bool> SpeaksForOthers = new("--speaks-for-others") { Description = "Let its events name another source than its own" };
    private static readonly Option<string> Expires = new("--expires") { Description = "After how long it opens nothing more, e.g. P90D, or an instant with its offset (default: never)" };
    private static readonly Argument<string> Id = new("id") { Description = "The key's id, as keys list shows it" };

    /// <summary>Adds the three.</summary>
    public static void AddTo(RootCommand root)
    {
        var keys = new Command("keys", "Make, list and revoke API keys");
        keys.Add(ServeCommand.OverStore("create", "Make a key and print it; it is shown this once and cannot be recovered", CreateAsync, Name, Scopes, Brand, Source, SpeaksForOthers, Expires));
        keys.Add(ServeCommand.OverStore("list", "List every key that was ever made, without its secret", ListAsync));
        var revoke = ServeCommand.OverStore("revoke", "Revoke a key for good; running hosts refuse it within a second", RevokeAsync);
        revoke.Add(Id);
        keys.Add(revoke);
        root.Add(keys);
    }

    private static async Task<int> CreateAsync(ParseResult parsed, StoreAlone store, CancellationToken cancellation)
    {
        var now = store.Now;
        var errors = new List<string>();
        var scopes = ScopesOf(parsed.GetValue(Scopes)!, errors);
        var expires = ExpiryOf(parsed.GetValue(Expires), now, errors);
        var (name, source, brand) = (parsed.GetValue(Name)!.Trim(), parsed.GetValue(Source) ?? "default", parsed.GetValue(Brand));
        if (name.Length is 0 or > 64 || name.Any(char.IsControl)) errors.Add("--name: 1 to 64 characters, none of them a control character.");
        if (source.Length is 0 or > 64 || source.Any(char.IsControl)) errors.Add("--source: 1 to 64 characters, none of them a control character.");
        if (brand is not null && !(await store.BrandsAsync(cancellation)).Contains(brand)) errors.Add($"--brand: there is no brand '{brand}'.");
        if (errors.Count > 0) throw StartRefusedException.ForOptions(errors);

        var key = ApiKey.New();
        await store.Keys.AddKeyAsync(
            new KeyDocument
            {
                Id = key.Id, Name = name, Hash = [.. key.Hash()], Scopes = scopes, Brand = brand, Source = source,
                SpeaksForOthers = parsed.GetValue(SpeaksForOthers), CreatedAt = now, ExpiresAt = expires,
            },
            cancellation);
        await store.NoteAsync($"keys create {key.Id} --scopes {Written(scopes)} --brand {brand ?? "every"} --name {name}", cancellation);
        Console.WriteLine(key.Text);
        await Console.Error.WriteLineAsync($"Key {key.Id} '{name}' is made. It is shown this once: keep it where secrets are kept.");
        return 0;
    }

    private static async Task<int> ListAsync(ParseResult parsed, StoreAlone store, CancellationToken cancellation)
    {
        Console.WriteLine(string.Join('\t', "id", "name", "scopes", "brand", "source", "created", "expires", "revoked", "last used"));
        foreach (var key in await store.Keys.KeysAsync(cancellation))
            Console.WriteLine(string.Join(
                '\t', key.Id, key.Name, Written(key.Scopes), key.Brand ?? "every", key.Source + (key.SpeaksForOthers ? " and others" : ""),
                Written(key.CreatedAt), Written(key.ExpiresAt), Written(key.RevokedAt), Written(key.LastUsedAt)));
        return 0;
    }

    private static async Task<int> RevokeAsync(ParseResult parsed, StoreAlone store, CancellationToken cancellation)
    {
        var id = parsed.GetValue(Id)!;
        if (await store.Keys.RevokeKeyAsync(id, store.Now, cancellation))
        {
            await store.NoteAsync($"keys revoke {id}", cancellation);
            Console.WriteLine($"Key {id} is revoked.");
            return 0;
        }

        await Console.Error.WriteLineAsync($"There is no key '{id}'{Nearest.Hint(id, (await store.Keys.KeysAsync(cancellation)).Select(key => key.Id))}. See 'attribution keys list'.");
        return 1;
    }

    private static KeyScopes ScopesOf(string text, List<string> errors)
    {
        var known = Enum.GetValues<KeyScopes>().Where(scope => scope != KeyScopes.None).ToDictionary(scope => Written(scope));
        var scopes = KeyScopes.None;
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (known.TryGetValue(name, out var scope)) scopes |= scope;
            else errors.Add($"--scopes: unknown scope '{name}'{Nearest.Hint(name, known.Keys)}; the scopes are {string.Join(", ", known.Keys)}.");
        }

        if (scopes.HasFlag(KeyScopes.Visit) && scopes != KeyScopes.Visit)
            errors.Add("--scopes: visit goes alone: a key with it stands in web pages for all to read, so it may do nothing else. Make two keys.");
        return scopes;
    }

    private static Timestamp? ExpiryOf(string? text, Timestamp now, List<string> errors)
    {
        if (text is null) return null;
        Timestamp? expires = IsoDuration.TryParse(text, out var after) ? now + after : Rfc3339.TryParse(text, out var at) ? at : null;
        if (expires is null) errors.Add($"--expires: '{text}' is neither a duration (P90D) nor an instant with its offset (2027-01-01T00:00:00Z).");
        else if (expires <= now) errors.Add($"--expires: {text} has passed already.");
        return expires;
    }

    private static string Written(KeyScopes scopes) => scopes.ToString().ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal);

    private static string Written(Timestamp? at) => at?.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "never";
}
