using System.CommandLine;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Ingest.Webhooks;

namespace Attribution.Host.Cli;

/// <summary>
/// Commands <c>attribution webhooks add|list|revoke</c> for the secrets with which shops sign. They work on the store
/// directly, with or without a running host; running hosts apply changes within a second. To rotate a secret, add the
/// new one, change it in the shop, and revoke the old one when it is no longer used.
/// </summary>
internal static class WebhooksCommands
{
    private static readonly Argument<string> Vendor = new("vendor") { Description = $"{string.Join(", ", WebhookVendors.SecretFormats.Names)}" };
    private static readonly Argument<string> Source = new("source") { Description = "Name of the shop in the webhook's URL: 1 to 64 of a-z 0-9 . _ -" };
    private static readonly Option<string> Brand = new("--brand") { Description = "Brand of the shop's orders (default: 'default')" };
    private static readonly Option<bool> Generate = new("--generate")
    {
        Description = "Generate a secret and print it, for shops that accept one (woocommerce, acp, ucp, generic)",
    };

    private static readonly Option<string> Amounts = new("--amounts")
    {
        Description = "Unit of the amounts (generic only): major (78.40 EUR is 78.40; the default) or minor (78.40 EUR is 7840)",
    };

    private static readonly Argument<string> Id = new("id") { Description = "Id of the secret, as shown by 'webhooks list'" };

    /// <summary>Adds the commands.</summary>
    public static void AddTo(RootCommand root)
    {
        var webhooks = new Command("webhooks", "Add, list and revoke the secrets with which shops sign webhooks");
        var add = ServeCommand.CreateStoreCommand(
            "add", "Add a shop's secret, read from standard input; several may be valid at the same time", AddAsync);
        add.Add(Vendor);
        add.Add(Source);
        add.Add(Brand);
        add.Add(Generate);
        add.Add(Amounts);
        var revoke = ServeCommand.CreateStoreCommand(
            "revoke", "Revoke a secret and delete it; running hosts refuse it within a second", RevokeAsync);
        revoke.Add(Id);
        webhooks.Add(add);
        webhooks.Add(ServeCommand.CreateStoreCommand(
            "list", "List every secret that was ever added, without its text", ListAsync));
        webhooks.Add(revoke);
        root.Add(webhooks);
    }

    private static async Task<int> AddAsync(ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var request = new WebhookSecretRequest(
            parsed.GetValue(Vendor)!, parsed.GetValue(Source)!, parsed.GetValue(Brand) ?? BrandSettings.DefaultId, parsed.GetValue(Amounts));
        var errors = new List<(string Member, string Fault)>();
        request.FindFaults(
            WebhookVendors.SecretFormats, await store.BrandsAsync(cancellation), await store.Keys.ListKeysAsync(cancellation),
            await store.WebhookSecrets.ListWebhookSecretsAsync(cancellation), errors);
        if (errors.Count > 0)
            throw StartupException.ForConfiguration(
                [.. errors.Select(error => $"{(error.Member is "vendor" or "source" ? "" : "--")}{error.Member}: {error.Fault}")]);

        var generate = parsed.GetValue(Generate);
        var secret = generate ? WebhookSecretRequest.GenerateSecret() : await ReadSecretAsync(cancellation);
        if (!WebhookVendors.SecretFormats.IsSecret(request.Vendor, secret))
            throw StartupException.ForConfiguration([
                secret.Length == 0
                    ? "Standard input: the secret is missing; type or pipe it in, or use --generate."
                    : $"Standard input: the text does not have the form of a {request.Vendor} secret."]);

        var document = request.Create(secret, store.Now);
        await store.WebhookSecrets.AddWebhookSecretAsync(document, cancellation);
        if (generate) Console.WriteLine(secret);
        await Console.Error.WriteLineAsync(
            $"Secret {document.Id} added; {request.Vendor} can post to /v1/webhooks/{request.Vendor}/{request.Source}.");
        return 0;
    }

    /// <summary>
    /// Reads the first line of standard input. An argument would appear in the shell's history and the process list.
    /// </summary>
    private static async Task<string> ReadSecretAsync(CancellationToken cancellation)
    {
        if (!Console.IsInputRedirected) await Console.Error.WriteAsync("The shop's secret: ");
        return (await Console.In.ReadLineAsync(cancellation))?.Trim() ?? "";
    }

    private static async Task<int> ListAsync(ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        Console.WriteLine(string.Join('\t', "id", "vendor", "source", "brand", "added", "revoked", "last used", "amounts"));
        foreach (var secret in await store.WebhookSecrets.ListWebhookSecretsAsync(cancellation))
            Console.WriteLine(string.Join(
                '\t', secret.Id, secret.Vendor, secret.Source, secret.Brand, CommandOutput.FormatTime(secret.CreatedAt),
                CommandOutput.FormatTime(secret.RevokedAt), CommandOutput.FormatTime(secret.LastUsedAt),
                AmountUnits.NameOf(secret.SendsMinorUnits)));
        return 0;
    }

    private static async Task<int> RevokeAsync(
        ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var id = parsed.GetValue(Id)!;
        if (await store.WebhookSecrets.RevokeWebhookSecretAsync(id, store.Now, cancellation))
        {
            Console.WriteLine($"Webhook secret {id} revoked.");
            return 0;
        }

        var ids = (await store.WebhookSecrets.ListWebhookSecretsAsync(cancellation)).Select(secret => secret.Id);
        await Console.Error.WriteLineAsync(
            $"Unknown webhook secret '{id}'{SimilarNames.Suggest(id, ids)}. See 'attribution webhooks list'.");
        return 1;
    }
}
