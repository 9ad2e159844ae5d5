using System.CommandLine;
using System.Globalization;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;

namespace Attribution.Host.Cli;

/// <summary>
/// <c>attribution keys create|list|revoke</c>: work on the store itself, whether a host runs on it or not; running hosts follow within a second.
/// </summary>
internal static class KeysCommands
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
        keys.Add(ServeCommand.CreateStoreCommand("create", "Make a key and print it; it is shown this once and cannot be recovered", CreateAsync, Name, Scopes, Brand, Source, SpeaksForOthers, Expires));
        keys.Add(ServeCommand.CreateStoreCommand("list", "List every key that was ever made, without its secret", ListAsync));
        var revoke = ServeCommand.CreateStoreCommand("revoke", "Revoke a key for good; running hosts refuse it within a second", RevokeAsync);
        revoke.Add(Id);
        keys.Add(revoke);
        root.Add(keys);
    }

    private static async Task<int> CreateAsync(ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var errors = new List<(string Member, string Fault)>();
        var asked = new ApiKeyRequest(
            parsed.GetValue(Name)!, parsed.GetValue(Scopes)!, parsed.GetValue(Brand), parsed.GetValue(Source), parsed.GetValue(Expires), parsed.GetValue(SpeaksForOthers));
        if (asked.TryCreate(await store.BrandsAsync(cancellation), store.Now, errors) is not var (key, document))
            throw StartupException.ForConfiguration([.. errors.Select(error => $"--{error.Member}: {error.Fault}")]);
        await store.Keys.AddKeyAsync(document, cancellation);
        await store.AuditAsync($"keys create {key.Id} --scopes {ApiKeyRequest.FormatScopes(document.Scopes)} --brand {document.Brand ?? "every"} --name {document.Name}", cancellation);
        Console.WriteLine(key.Text);
        await Console.Error.WriteLineAsync($"Key {key.Id} '{document.Name}' is made. It is shown this once: keep it where secrets are kept.");
        return 0;
    }

    private static async Task<int> ListAsync(ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        Console.WriteLine(string.Join('\t', "id", "name", "scopes", "brand", "source", "created", "expires", "revoked", "last used"));
        foreach (var key in await store.Keys.ListKeysAsync(cancellation))
            Console.WriteLine(string.Join(
                '\t', key.Id, key.Name, ApiKeyRequest.FormatScopes(key.Scopes), key.Brand ?? "every", key.Source + (key.MayNameOtherSources ? " and others" : ""),
                FormatTime(key.CreatedAt), FormatTime(key.ExpiresAt), FormatTime(key.RevokedAt), FormatTime(key.LastUsedAt)));
        return 0;
    }

    private static async Task<int> RevokeAsync(ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var id = parsed.GetValue(Id)!;
        if (await store.Keys.RevokeKeyAsync(id, store.Now, cancellation))
        {
            await store.AuditAsync($"keys revoke {id}", cancellation);
            Console.WriteLine($"Key {id} is revoked.");
            return 0;
        }

        await Console.Error.WriteLineAsync($"There is no key '{id}'{SimilarNames.Suggest(id, (await store.Keys.ListKeysAsync(cancellation)).Select(key => key.Id))}. See 'attribution keys list'.");
        return 1;
    }

    private static string FormatTime(Timestamp? at) => at?.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "never";
}
