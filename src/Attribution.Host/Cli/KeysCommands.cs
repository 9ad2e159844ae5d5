using System.CommandLine;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;

namespace Attribution.Host.Cli;

/// <summary>
/// Commands <c>attribution keys create|list|revoke</c>. They work on the store directly, with or without a running
/// host; running hosts apply changes within a second.
/// </summary>
internal static class KeysCommands
{
    private static readonly Option<string> Name = new("--name") { Description = "Purpose of the key: 1 to 64 characters", Required = true };
    private static readonly Option<string> Scopes = new("--scopes")
    {
        Description = "Scopes, separated by commas: ingest, read, edit, admin; "
            + "or only visit, for a key that is published in web pages",
        Required = true,
    };

    private static readonly Option<string> Brand = new("--brand") { Description = "The only brand that the key may access (default: every brand)" };
    private static readonly Option<string> Source = new("--source")
    {
        Description = "Source of its events (default: 'default'). Give a key that replaces another the same source",
    };

    private static readonly Option<bool> SpeaksForOthers = new("--speaks-for-others")
    {
        Description = "Allow its events to name another source than its own",
    };

    private static readonly Option<string> Expires = new("--expires")
    {
        Description = "Lifetime of the key, for example P90D, or the instant of expiry with an offset (default: never)",
    };

    private static readonly Option<string> Amounts = new("--amounts")
    {
        Description = "Unit of the amounts in its events: major (78.40 EUR is 78.40; the default) or minor (78.40 EUR is 7840). "
            + "All keys of a source have the same",
    };

    private static readonly Argument<string> Id = new("id") { Description = "Id of the key, as shown by 'keys list'" };

    /// <summary>Adds the commands.</summary>
    public static void AddTo(RootCommand root)
    {
        var keys = new Command("keys", "Create, list and revoke API keys");
        keys.Add(ServeCommand.CreateStoreCommand(
            "create", "Create a key and print it; it is shown only once and cannot be recovered",
            CreateAsync, Name, Scopes, Brand, Source, SpeaksForOthers, Expires, Amounts));
        keys.Add(
            ServeCommand.CreateStoreCommand("list", "List every key that was ever created, without its secret", ListAsync));
        var revoke = ServeCommand.CreateStoreCommand(
            "revoke", "Revoke a key permanently; running hosts refuse it within a second", RevokeAsync);
        revoke.Add(Id);
        keys.Add(revoke);
        root.Add(keys);
    }

    private static async Task<int> CreateAsync(
        ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var errors = new List<(string Member, string Fault)>();
        var request = new ApiKeyRequest(
            parsed.GetValue(Name)!, parsed.GetValue(Scopes)!, parsed.GetValue(Brand), parsed.GetValue(Source),
            parsed.GetValue(Expires),
            parsed.GetValue(SpeaksForOthers), parsed.GetValue(Amounts));
        if (request.TryCreate(
            await store.BrandsAsync(cancellation), await store.Keys.ListKeysAsync(cancellation),
            await store.WebhookSecrets.ListWebhookSecretsAsync(cancellation), store.Now, errors) is not var (key, document))
            throw StartupException.ForConfiguration([.. errors.Select(error => $"--{error.Member}: {error.Fault}")]);
        await store.Keys.AddKeyAsync(document, cancellation);
        var scopes = ApiKeyRequest.FormatScopes(document.Scopes);
        await store.AuditAsync(
            $"keys create {key.Id} --scopes {scopes} --brand {document.Brand ?? "every"} "
                + (document.SendsMinorUnits ? "--amounts minor " : "") + $"--name {document.Name}",
            cancellation);
        Console.WriteLine(key.Text);
        await Console.Error.WriteLineAsync(
            $"Key {key.Id} '{document.Name}' created. It is shown only once; store it as a secret.");
        if ((await store.Users.ListUsersAsync(cancellation)).Count == 0)
            await Console.Error.WriteLineAsync(
                "Warning: the page needs a sign-in from now on, and there is no user yet. "
                + "Create one: attribution users create <name> --role admin");
        return 0;
    }

    private static async Task<int> ListAsync(ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        Console.WriteLine(
            string.Join('\t', "id", "name", "scopes", "brand", "source", "created", "expires", "revoked", "last used", "amounts"));
        foreach (var key in await store.Keys.ListKeysAsync(cancellation))
            Console.WriteLine(string.Join(
                '\t', key.Id, key.Name, ApiKeyRequest.FormatScopes(key.Scopes), key.Brand ?? "every",
                key.Source + (key.MayNameOtherSources ? " and others" : ""),
                CommandOutput.FormatTime(key.CreatedAt), CommandOutput.FormatTime(key.ExpiresAt),
                CommandOutput.FormatTime(key.RevokedAt), CommandOutput.FormatTime(key.LastUsedAt), AmountUnits.NameOf(key.SendsMinorUnits)));
        return 0;
    }

    private static async Task<int> RevokeAsync(
        ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var id = parsed.GetValue(Id)!;
        if (await store.Keys.RevokeKeyAsync(id, store.Now, cancellation))
        {
            await store.AuditAsync($"keys revoke {id}", cancellation);
            Console.WriteLine($"Key {id} revoked.");
            return 0;
        }

        var ids = (await store.Keys.ListKeysAsync(cancellation)).Select(key => key.Id);
        await Console.Error.WriteLineAsync(
            $"Unknown key '{id}'{SimilarNames.Suggest(id, ids)}. See 'attribution keys list'.");
        return 1;
    }
}
