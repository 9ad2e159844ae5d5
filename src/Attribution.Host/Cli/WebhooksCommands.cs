using System.CommandLine;
using System.Security.Cryptography;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Ingest;
using Attribution.Host.Ingest.Webhooks;
using Attribution.Storage.Access;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Cli;

/// <summary>
/// Commands <c>attribution webhooks add|list|revoke</c> for the secrets with which shops sign. They work on the store
/// directly, with or without a running host; running hosts apply changes within a second. To rotate a secret, add the
/// new one, change it in the shop, and revoke the old one when it is no longer used.
/// </summary>
internal static class WebhooksCommands
{
    private static readonly WebhookVendors Vendors = new(Options.Create(new IngestOptions()));
    private static readonly Argument<string> Vendor = new("vendor") { Description = $"{string.Join(", ", Vendors.Names)}" };
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
        var errors = new List<string>();
        var (name, source, brand) = (
            parsed.GetValue(Vendor)!, parsed.GetValue(Source)!, parsed.GetValue(Brand) ?? BrandSettings.DefaultId);
        if (Vendors.Find(name) is not { } vendor)
            throw StartupException.ForConfiguration([
                $"vendor: unknown vendor '{name}'{SimilarNames.Suggest(name, Vendors.Names)}; the vendors are {string.Join(", ", Vendors.Names)}."]);
        if (source is "." or ".." || source.Length is 0 or > 64
            || !source.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-'))
            errors.Add("source: must be 1 to 64 of a-z 0-9 . _ -, because it is part of the webhook's URL.");
        if (!(await store.BrandsAsync(cancellation)).Contains(brand)) errors.Add($"--brand: unknown brand '{brand}'.");
        var secrets = await store.WebhookSecrets.ListWebhookSecretsAsync(cancellation);
        var isMinor = ParseAmounts(parsed.GetValue(Amounts), name, source, brand, await store.Keys.ListKeysAsync(cancellation), secrets, errors);
        var existing = secrets
            .FirstOrDefault(known => known.Vendor == name && known.Source == source && known.IsValid);
        if (existing is not null && existing.Brand != brand)
            errors.Add($"--brand: the shop {name}/{source} belongs to the brand '{existing.Brand}'; specify another source.");
        if (errors.Count > 0) throw StartupException.ForConfiguration(errors);

        var generate = parsed.GetValue(Generate);
        var secret = generate
            ? "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))
            : await ReadSecretAsync(cancellation);
        if (secret.Length is 0 or > 512 || vendor.DecodeSecret(secret) is not { Length: > 0 })
            throw StartupException.ForConfiguration([
                secret.Length == 0
                    ? "Standard input: the secret is missing; type or pipe it in, or use --generate."
                    : $"Standard input: the text does not have the form of a {name} secret."]);

        var id = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz234567", 10);
        await store.WebhookSecrets.AddWebhookSecretAsync(
            new WebhookSecretDocument
            {
                Id = id, Vendor = name, Source = source, Brand = brand, Secret = secret, SendsMinorUnits = isMinor, CreatedAt = store.Now,
            },
            cancellation);
        if (generate) Console.WriteLine(secret);
        await Console.Error.WriteLineAsync($"Secret {id} added; {name} can post to /v1/webhooks/{name}/{source}.");
        return 0;
    }

    private static bool ParseAmounts(
        string? amounts, string vendor, string source, string brand, IReadOnlyList<ApiKeyDocument> keys,
        IReadOnlyList<WebhookSecretDocument> secrets, List<string> errors)
    {
        var faults = new List<string>();
        var isMinor = AmountUnits.Parse(amounts, faults);
        if (vendor != "generic" && amounts is not null)
            faults.Add($"the units of {vendor} are known; leave it out.");
        else if (vendor == "generic" && AmountUnits.FindContradiction(isMinor, source, brand, keys, secrets) is { } contradiction)
            faults.Add(contradiction);
        errors.AddRange(faults.Select(fault => $"--amounts: {fault}"));
        return isMinor;
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
