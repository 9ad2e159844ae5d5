using System.CommandLine;
using System.CommandLine.Parsing;
using Attribution.Core.Values;

namespace Attribution.Host.Cli.Fetch;

/// <summary>
/// Command <c>attribution fetch</c>: fetches the orders of a shop that changed, for example while its webhooks failed, and
/// imports them into a running host.
/// </summary>
internal static class FetchCommand
{
    /// <summary>
    /// Environment variable with the shop's key. Other users could read a key on the command line.
    /// </summary>
    public const string KeyVariable = "ATTRIBUTION_SHOP_KEY";

    private const string StripeApi = "https://api.stripe.com";

    private static readonly string[] Vendors = ["shopify", "stripe", "woocommerce"];

    /// <summary>Adds the command.</summary>
    public static void AddTo(RootCommand root)
    {
        var vendor = new Argument<string>("vendor") { Description = string.Join(", ", Vendors) };
        var source = new Argument<string>("source") { Description = "Shop, as in the address of its webhooks" };
        var shop = new Option<string>("--shop") { Description = "Address of the shop, such as https://glow.myshopify.com; not needed for Stripe" };
        var since = new Option<string>("--since")
        {
            Description = "Oldest change to fetch: a time, or a duration such as P3D. Required until --state exists; then it continues there",
        };
        var state = new Option<FileInfo>("--state") { Description = "File that keeps the position; default attribution-fetch-<vendor>-<source>.json" };
        var keyFile = new Option<FileInfo>("--key-file") { Description = $"File with the shop's key; default the environment variable {KeyVariable}" };
        var brand = new Option<string>("--brand") { Description = "Brand of the orders; by default the key's brand, or default" };
        var maxPages = new Option<int>("--max-pages")
        {
            Description = "Greatest number of pages; running the command again continues", DefaultValueFactory = _ => 10_000,
        };
        var url = TransferCommands.CreateUrlOption();
        vendor.Validators.Add(result => Check(result, Vendors.Contains(result.GetValueOrDefault<string>()), $"The vendors are {string.Join(", ", Vendors)}."));
        shop.Validators.Add(result => Check(
            result, IsSafe(result.GetValueOrDefault<string>()), "--shop: must be the https address of the shop, because the key is sent to it."));
        maxPages.Validators.Add(result => Check(result, result.GetValueOrDefault<int>() > 0, "--max-pages: must be at least 1."));
        var command = new Command("fetch", "Fetch the changed orders of a shop by its API, and import them into a running host")
        {
            vendor, source, shop, since, state, keyFile, brand, maxPages, url,
        };
        command.Validators.Add(result =>
        {
            // The value would be converted here, before its own validator.
            if (result.GetResult(vendor)?.Tokens is [var named] && named.Value != "stripe" && result.GetResult(shop) is null)
                result.AddError("--shop: the address of the shop is required.");
        });
        command.SetAction((parsed, cancellation) => RunAsync(
            new(
                parsed.GetValue(vendor)!, parsed.GetValue(source)!, new Uri(parsed.GetValue(shop) ?? StripeApi), parsed.GetValue(since),
                parsed.GetValue(state) ?? new FileInfo($"attribution-fetch-{parsed.GetValue(vendor)}-{parsed.GetValue(source)}.json"),
                parsed.GetValue(keyFile), parsed.GetValue(brand), parsed.GetValue(maxPages)),
            parsed.GetValue(url)!, cancellation));
        root.Add(command);
    }

    private static Task<int> RunAsync(Arguments arguments, string url, CancellationToken cancellation) =>
        CommandOutput.HandleFailuresAsync($"{arguments.State} or {arguments.KeyFile}", "running the command again continues", async () =>
        {
            var start = FetchState.Read(arguments.State, arguments.Vendor, arguments.Source) ?? FindStart(arguments);
            var pages = CreatePages(arguments, await ReadKeyAsync(arguments.KeyFile, cancellation));
            if (pages is StripePages && start.Since < TimeProvider.System.GetUtcNow() - StripePages.Retention)
                await Console.Error.WriteLineAsync("Stripe keeps events for 30 days: older ones cannot be fetched.");
            using var shop = new ShopClient(Task.Delay);
            using var host = new HostClient(new Uri(url));
            var result = await ShopFetch.RunAsync(
                pages, shop, host, start, arguments.Brand, arguments.MaxPages, TimeProvider.System, state => state.Write(arguments.State),
                Console.Error.WriteLine, cancellation);
            Console.WriteLine(
                $"{CommandOutput.FormatCount(result.Documents, "document")}: {result.Accepted} accepted, {result.Rejected} rejected"
                + (result.IsComplete ? "" : "; more pages are left, run the command again"));
            return result.Rejected == 0 && result.IsComplete ? 0 : 1;
        });

    private static FetchState FindStart(Arguments arguments)
    {
        var since = arguments.Since ?? throw new HostClientException($"{arguments.State} does not exist yet: specify --since, for example --since P3D.");
        if (IsoDuration.TryParse(since, out var age)) return new(arguments.Vendor, arguments.Source, TimeProvider.System.GetUtcNow() - age);
        return Rfc3339.TryParse(since, out var at)
            ? new(arguments.Vendor, arguments.Source, at.ToDateTimeOffset())
            : throw new HostClientException($"--since: '{since}' is neither a time with an offset nor a duration such as P3D.");
    }

    private static IShopPages CreatePages(Arguments arguments, string key) => arguments.Vendor switch
    {
        "shopify" => new ShopifyPages(arguments.Shop, key),
        "woocommerce" when key.Contains(':') => new WooCommercePages(arguments.Shop, key),
        "woocommerce" => throw new HostClientException("WooCommerce's key must be the consumer key and the consumer secret, separated by a colon: ck_…:cs_…"),
        _ => new StripePages(arguments.Shop, key),
    };

    private static async Task<string> ReadKeyAsync(FileInfo? file, CancellationToken cancellation)
    {
        var key = file is null ? Environment.GetEnvironmentVariable(KeyVariable) : await File.ReadAllTextAsync(file.FullName, cancellation);
        if (key?.Trim() is not { Length: > 0 } given) throw new HostClientException($"The shop's key is missing: set {KeyVariable}, or specify --key-file.");
        return given.All(c => c is > ' ' and < '\u007F')
            ? given : throw new HostClientException("The shop's key contains spaces or other characters that no key has.");
    }

    private static bool IsSafe(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    private static void Check(SymbolResult result, bool isValid, string fault)
    {
        if (!isValid) result.AddError(fault);
    }

    private sealed record Arguments(
        string Vendor, string Source, Uri Shop, string? Since, FileInfo State, FileInfo? KeyFile, string? Brand, int MaxPages);
}
