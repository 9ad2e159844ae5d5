using System.CommandLine;
using System.Security.Cryptography;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Ingest;
using Attribution.Host.Ingest.Webhooks;
using Attribution.Storage.Access;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Cli;

/// <summary>
/// <c>attribution webhooks add|list|revoke</c>: the secrets that shops sign with. They work on the store itself, whether a host runs on it or not;
/// running hosts follow within a second. To rotate one, add the new one, change it in the shop, and revoke the old one once it is no longer used.
/// </summary>
internal static class WebhooksCommands
{
    private static readonly WebhookVendors Vendors = new(Options.Create(new IngestOptions()));
    private static readonly Argument<string> Vendor = new("vendor") { Description = $"{string.Join(", ", Vendors.Names)}" };
    private static readonly Argument<string> Source = new("source") { Description = "The shop, as it stands in its address: 1 to 64 of a-z 0-9 . _ -" };
    private static readonly Option<string> Brand = new("--brand") { Description = "The brand of its orders (default: 'default')" };
    private static readonly Option<bool> Generate = new("--generate") { Description = "Make a secret and print it, for shops that take one (woocommerce, generic)" };
    private static readonly Argument<string> Id = new("id") { Description = "The secret's id, as webhooks list shows it" };

    /// <summary>Adds the three.</summary>
    public static void AddTo(RootCommand root)
    {
        var webhooks = new Command("webhooks", "Add, list and revoke the secrets that shops sign their webhooks with");
        var add = ServeCommand.CreateStoreCommand("add", "Add a shop's secret, read from standard input; several hold side by side", AddAsync);
        add.Add(Vendor);
        add.Add(Source);
        add.Add(Brand);
        add.Add(Generate);
        var revoke = ServeCommand.CreateStoreCommand("revoke", "Revoke a secret and forget it; running hosts refuse it within a second", RevokeAsync);
        revoke.Add(Id);
        webhooks.Add(add);
        webhooks.Add(ServeCommand.CreateStoreCommand("list", "List every secret that was ever added, without its text", ListAsync));
        webhooks.Add(revoke);
        root.Add(webhooks);
    }

    private static async Task<int> AddAsync(ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var errors = new List<string>();
        var (name, source, brand) = (parsed.GetValue(Vendor)!, parsed.GetValue(Source)!, parsed.GetValue(Brand) ?? BrandSettings.DefaultId);
        if (Vendors.Find(name) is not { } vendor)
            throw StartupException.ForConfiguration([$"vendor: there is no '{name}'{SimilarNames.Suggest(name, Vendors.Names)}; there are {string.Join(", ", Vendors.Names)}."]);
        if (source.Length is 0 or > 64 || !source.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-'))
            errors.Add("source: 1 to 64 of a-z 0-9 . _ -, since it stands in the address.");
        if (!(await store.BrandsAsync(cancellation)).Contains(brand)) errors.Add($"--brand: there is no brand '{brand}'.");
        var known = (await store.WebhookSecrets.ListWebhookSecretsAsync(cancellation)).FirstOrDefault(one => one.Vendor == name && one.Source == source && one.IsValidAt(store.Now));
        if (known is not null && known.Brand != brand) errors.Add($"--brand: the shop {name}/{source} is of the brand '{known.Brand}'; name another source.");
        if (errors.Count > 0) throw StartupException.ForConfiguration(errors);

        var generate = parsed.GetValue(Generate);
        var secret = generate ? "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) : await ReadSecretAsync(cancellation);
        if (secret.Length is 0 or > 512 || vendor.DecodeSecret(secret) is not { Length: > 0 })
            throw StartupException.ForConfiguration([secret.Length == 0 ? "Standard input: no secret came; type or pipe it in, or let --generate make one." : $"Standard input: no secret of {name} looks like this."]);

        var id = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz234567", 10);
        await store.WebhookSecrets.AddWebhookSecretAsync(
            new WebhookSecretDocument { Id = id, Vendor = name, Source = source, Brand = brand, Secret = secret, CreatedAt = store.Now }, cancellation);
        if (generate) Console.WriteLine(secret);
        await Console.Error.WriteLineAsync($"Secret {id} is added: {name} may post to /v1/webhooks/{name}/{source}.");
        return 0;
    }

    /// <summary>The first line of standard input: an argument would stand in the shell's history and in the list of processes.</summary>
    private static async Task<string> ReadSecretAsync(CancellationToken cancellation)
    {
        if (!Console.IsInputRedirected) await Console.Error.WriteAsync("The shop's secret: ");
        return (await Console.In.ReadLineAsync(cancellation))?.Trim() ?? "";
    }

    private static async Task<int> ListAsync(ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        Console.WriteLine(string.Join('\t', "id", "vendor", "source", "brand", "added", "revoked", "last used"));
        foreach (var one in await store.WebhookSecrets.ListWebhookSecretsAsync(cancellation))
            Console.WriteLine(string.Join('\t', one.Id, one.Vendor, one.Source, one.Brand, FormatTime(one.CreatedAt), FormatTime(one.RevokedAt), FormatTime(one.LastUsedAt)));
        return 0;
    }

    private static async Task<int> RevokeAsync(ParseResult parsed, StandaloneStore store, CancellationToken cancellation)
    {
        var id = parsed.GetValue(Id)!;
        if (await store.WebhookSecrets.RevokeWebhookSecretAsync(id, store.Now, cancellation))
        {
            Console.WriteLine($"Webhook secret {id} is revoked.");
            return 0;
        }

        var ids = (await store.WebhookSecrets.ListWebhookSecretsAsync(cancellation)).Select(one => one.Id);
        await Console.Error.WriteLineAsync($"There is no webhook secret '{id}'{SimilarNames.Suggest(id, ids)}. See 'attribution webhooks list'.");
        return 1;
    }

    private static string FormatTime(Timestamp? at) => at?.ToString() ?? "never";
}
