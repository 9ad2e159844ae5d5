using Attribution.Contracts.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Access;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>The page on which administrators manage API keys and the secrets of shops.</summary>
internal static class CredentialForms
{
    /// <summary>Address of the page.</summary>
    public const string Path = "/settings/keys";

    /// <summary>Vendors whose secrets the shop makes.</summary>
    private static readonly string[] VendorsWithOwnSecrets = ["shopify", "stripe"];

    public static void MapCredentials(this IEndpointRouteBuilder routes)
    {
        routes.MapPage<KeysPage>(Path, async page => await CredentialsModel.ReadAsync(page), "done").RequireScope(KeyScopes.Admin);
        routes.MapForm<KeysPage>(Path, KeyScopes.Admin, CreateKeyAsync);
        routes.MapForm<KeysPage>($"{Path}/revoke", KeyScopes.Admin, RevokeKeyAsync);
        routes.MapForm<KeysPage>("/settings/webhooks", KeyScopes.Admin, AddSecretAsync);
        routes.MapForm<KeysPage>("/settings/webhooks/revoke", KeyScopes.Admin, RevokeSecretAsync);
    }

    private static async Task<object> CreateKeyAsync(PageContext page, IFormCollection form)
    {
        var request = new ApiKeyRequest(
            form["name"].ToString(),
            string.Join(',', form["scopes"].ToArray()),
            Caller.FromContext(page.Http).OnlyBrand ?? form.TextOrNull("brand"),
            form.TextOrNull("source"),
            form.TextOrNull("expires"),
            Amounts: form.TextOrNull("amounts"));
        var errors = new List<(string, string)>();
        var keys = await page.GetService<ICredentialStore>().ListKeysAsync(page.Cancellation);
        var secrets = await page.GetService<IWebhookSecretStore>().ListWebhookSecretsAsync(page.Cancellation);
        var model = await CredentialsModel.ReadAsync(page);
        // As soon as a key exists, every caller needs credentials: without an administrator no one could open the page.
        if (!model.HasAdministrator) errors.Add(("name", "Create an administrator first: with the first key, every caller needs a key or a user."));
        if (request.TryCreate(BrandsOf(page), keys, secrets, page.Now, errors) is not var (key, document))
            return model with { Request = request, Faults = errors };
        await page.GetService<ICredentialStore>().AddKeyAsync(document, page.Cancellation);
        await RefreshAsync(page);

        // This form does not redirect: the key is shown only once and must not be part of an address.
        return new FormCompleted(await CredentialsModel.ReadAsync(page) with { CreatedKey = key.Text });
    }

    private static async Task<object> RevokeKeyAsync(PageContext page, IFormCollection form)
    {
        var id = form["id"].ToString();
        var model = await CredentialsModel.ReadAsync(page);
        if (!model.Keys.Any(key => key.Id == id)) return QueryProblem.NotFound($"There is no key '{id}'");
        await page.GetService<ICredentialStore>().RevokeKeyAsync(id, page.Now, page.Cancellation);
        await RefreshAsync(page);
        return new PageRedirect(page.Scope.LinkTo(Path, ("done", $"Key {id} was revoked.")));
    }

    private static async Task<object> AddSecretAsync(PageContext page, IFormCollection form)
    {
        var (store, caller) = (page.GetService<IWebhookSecretStore>(), Caller.FromContext(page.Http));
        var (vendor, amounts) = (form["vendor"].ToString(), form.TextOrNull("amounts"));
        // The form always names a unit; only generic webhooks have a choice.
        var request = new WebhookSecretRequest(
            vendor, form["source"].ToString().Trim(), caller.OnlyBrand ?? form["brand"].ToString(),
            vendor != "generic" && amounts == AmountUnits.Major ? null : amounts);
        var model = await CredentialsModel.ReadAsync(page);
        var (formats, errors) = (page.GetService<WebhookSecretFormats>(), new List<(string, string)>());
        request.FindFaults(
            formats, BrandsOf(page), await page.GetService<ICredentialStore>().ListKeysAsync(page.Cancellation), model.Secrets, errors);
        var entered = form["secret"].ToString().Trim();
        var text = entered.Length > 0 ? entered : WebhookSecretRequest.GenerateSecret();
        if (entered.Length == 0 && VendorsWithOwnSecrets.Contains(vendor)) errors.Add(("secret", $"Copy the secret from {vendor}, which makes it."));
        else if (errors.Count == 0 && !formats.IsSecret(vendor, text)) errors.Add(("secret", $"The text does not have the form of a {vendor} secret."));
        if (errors.Count > 0) return model with { SecretRequest = request, SecretFaults = errors };

        await store.AddWebhookSecretAsync(request.Create(text, page.Now), page.Cancellation);
        await RefreshAsync(page);
        // This form does not redirect: the secret is shown only once and must not be part of an address.
        return new FormCompleted(await CredentialsModel.ReadAsync(page) with
        {
            AddedSecret = entered.Length > 0 ? "" : text,
            AddedUrl = $"{page.HostAddress}/v1/webhooks/{vendor}/{request.Source}",
        });
    }

    private static async Task<object> RevokeSecretAsync(PageContext page, IFormCollection form)
    {
        var id = form["id"].ToString();
        var model = await CredentialsModel.ReadAsync(page);
        if (!model.Secrets.Any(secret => secret.Id == id)) return QueryProblem.NotFound($"There is no webhook secret '{id}'");
        await page.GetService<IWebhookSecretStore>().RevokeWebhookSecretAsync(id, page.Now, page.Cancellation);
        await RefreshAsync(page);
        return new PageRedirect(page.Scope.LinkTo(Path, ("done", $"Webhook secret {id} was revoked.")));
    }

    private static async Task RefreshAsync(PageContext page) => await page.GetService<ApiCredentialCache>().RefreshAsync(page.Cancellation);

    private static HashSet<string> BrandsOf(PageContext page) =>
        page.Scope.Catalog.Items<BrandItem>().Select(brand => brand.Id).ToHashSet(StringComparer.Ordinal);
}

/// <summary>Contents of the page of API keys and webhook secrets.</summary>
/// <param name="Keys">The API keys that the caller may see, newest first.</param>
/// <param name="Secrets">The webhook secrets that the caller may see, newest first.</param>
/// <param name="HasAdministrator">Indicates whether a user can administer this host.</param>
/// <param name="Now">The time of the request.</param>
internal sealed record CredentialsModel(
    IReadOnlyList<ApiKeyDocument> Keys, IReadOnlyList<WebhookSecretDocument> Secrets, bool HasAdministrator, Timestamp Now)
{
    /// <summary>Gets the names of the vendors of shop software.</summary>
    public IReadOnlyList<string> Vendors { get; init; } = [];

    /// <summary>Gets the values of the form for a new key.</summary>
    public ApiKeyRequest Request { get; init; } = new("", "read");

    /// <summary>Gets the errors of the form for a new key; empty if there are none.</summary>
    public IReadOnlyList<(string Member, string Fault)> Faults { get; init; } = [];

    /// <summary>Gets the text of the key that was just created; null if none was.</summary>
    public string? CreatedKey { get; init; }

    /// <summary>Gets the values of the form for a new secret.</summary>
    public WebhookSecretRequest SecretRequest { get; init; } = new("shopify", "", "", null);

    /// <summary>Gets the errors of the form for a new secret; empty if there are none.</summary>
    public IReadOnlyList<(string Member, string Fault)> SecretFaults { get; init; } = [];

    /// <summary>Gets the secret that was just generated, empty if it was entered; null if none was added.</summary>
    public string? AddedSecret { get; init; }

    /// <summary>Gets the address of the webhook that was just added; null if none was.</summary>
    public string? AddedUrl { get; init; }

    /// <summary>Reads the contents.</summary>
    public static async Task<CredentialsModel> ReadAsync(PageContext page)
    {
        var onlyBrand = Caller.FromContext(page.Http).OnlyBrand;
        var keys = await page.GetService<ICredentialStore>().ListKeysAsync(page.Cancellation);
        var secrets = await page.GetService<IWebhookSecretStore>().ListWebhookSecretsAsync(page.Cancellation);
        return new(
            [.. keys.Where(key => onlyBrand is null || key.Brand == onlyBrand).OrderByDescending(key => key.CreatedAt)],
            [.. secrets.Where(secret => onlyBrand is null || secret.Brand == onlyBrand).OrderByDescending(secret => secret.CreatedAt)],
            await page.GetService<UserAdministration>().HasAdministratorAsync(page.Cancellation), page.Now)
        {
            Request = new("", "read", onlyBrand), SecretRequest = new("shopify", "", page.Scope.Brand.Id, null),
            Vendors = [.. page.GetService<WebhookSecretFormats>().Names],
        };
    }
}
