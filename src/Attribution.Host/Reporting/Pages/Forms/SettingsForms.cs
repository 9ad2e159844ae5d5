using Attribution.Contracts.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Access;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>The operator's page: the brand with its policy and models, API keys and users.</summary>
internal static class SettingsForms
{
    public static void MapSettings(this IEndpointRouteBuilder routes)
    {
        routes.MapPage<SettingsPage>("/settings", async page => await CreateModelAsync(page), "done")
            .RequireScope(KeyScopes.Admin);
        routes.MapForm<SettingsPage>("/settings/keys", KeyScopes.Admin, CreateKeyAsync);
        routes.MapForm<SettingsPage>("/settings/keys/revoke", KeyScopes.Admin, RevokeKeyAsync);
        routes.MapForm<SettingsPage>("/settings/users", KeyScopes.Admin, CreateUserAsync);
    }

    private static async Task<SettingsModel> CreateModelAsync(PageContext page)
    {
        var onlyBrand = Caller.FromContext(page.Http).OnlyBrand;
        var keys = await page.GetService<ICredentialStore>().ListKeysAsync(page.Cancellation);
        var users = await page.GetService<IUserStore>().ListUsersAsync(page.Cancellation);
        return new SettingsModel(
            [.. keys.Where(key => onlyBrand is null || key.Brand == onlyBrand).OrderByDescending(key => key.CreatedAt)],
            [.. users.Where(user => onlyBrand is null || user.Brand == onlyBrand)],
            new ApiKeyRequest("", "read", onlyBrand),
            page.Now);
    }

    private static async Task<object> CreateKeyAsync(PageContext page, IFormCollection form)
    {
        var request = new ApiKeyRequest(
            form["name"].ToString(),
            string.Join(',', form["scopes"].ToArray()),
            Caller.FromContext(page.Http).OnlyBrand ?? GetText("brand"),
            GetText("source"),
            GetText("expires"),
            Amounts: GetText("amounts"));
        var brands = page.Scope.Catalog.Items<BrandItem>().Select(brand => brand.Id).ToHashSet(StringComparer.Ordinal);
        var errors = new List<(string, string)>();
        var keys = await page.GetService<ICredentialStore>().ListKeysAsync(page.Cancellation);
        var secrets = await page.GetService<IWebhookSecretStore>().ListWebhookSecretsAsync(page.Cancellation);
        var model = await CreateModelAsync(page);
        // As soon as a key exists, every caller needs credentials: without an administrator no one could open the page.
        if (!model.HasAdministrator) errors.Add(("name", "Create an administrator first: with the first key, every caller needs a key or a user."));
        if (request.TryCreate(brands, keys, secrets, page.Now, errors) is not var (key, document))
            return model with { Request = request, Faults = errors };
        await page.GetService<ICredentialStore>().AddKeyAsync(document, page.Cancellation);
        await page.GetService<ApiCredentialCache>().RefreshAsync(page.Cancellation);

        // This form does not redirect: the key is shown only once and must not be part of an address.
        return new FormCompleted(await CreateModelAsync(page) with { CreatedKey = key.Text });

        string? GetText(string name) => form[name].ToString().Trim() is { Length: > 0 } text ? text : null;
    }

    /// <summary>
    /// Creates a user. The first one is an administrator and is signed in at once, because from then on every caller
    /// needs credentials.
    /// </summary>
    private static async Task<object> CreateUserAsync(PageContext page, IFormCollection form)
    {
        var (store, caller) = (page.GetService<IUserStore>(), Caller.FromContext(page.Http));
        var model = await CreateModelAsync(page);
        var (name, password) = (form["user"].ToString().Trim().ToLowerInvariant(), form["password"].ToString());
        var role = model.HasAdministrator ? form["role"].ToString() : "admin";
        var errors = new List<(string, string)>();
        if (UserRoles.FindNameFault(name) is { } fault) errors.Add(("user", $"The name {fault}"));
        if (model.Users.Any(user => user.Name == name)) errors.Add(("user", $"The user '{name}' already exists."));
        if (!UserRoles.All.TryGetValue(role, out var scopes)) errors.Add(("role", "Choose a role."));
        if (PasswordSignIn.FindFault(password) is { } weak) errors.Add(("password", weak));
        if (!caller.IsUser && !UserSessions.IsCookieProtected(page.Http))
            errors.Add(("user", "Signing in requires https. Create the user with 'attribution users create' on the host."));
        if (errors.Count > 0) return model with { UserName = name, UserRole = role, Faults = errors };

        var user = new UserDocument
        {
            Name = name, PasswordHash = PasswordSignIn.Hash(password), Scopes = scopes, Brand = caller.OnlyBrand, CreatedAt = page.Now,
        };
        await store.AddUserAsync(user, page.Cancellation);
        await page.GetService<ApiCredentialCache>().RefreshAsync(page.Cancellation);
        if (!caller.IsUser && caller.KeyId is null) await page.GetService<UserSessions>().SignInAsync(page.Http, user, page.Cancellation);
        return new PageRedirect(page.Scope.LinkTo("/settings", ("done", $"User {name} was created.")));
    }

    private static async Task<object> RevokeKeyAsync(PageContext page, IFormCollection form)
    {
        var (store, id) = (page.GetService<ICredentialStore>(), form["id"].ToString());
        var onlyBrand = Caller.FromContext(page.Http).OnlyBrand;
        var keys = await store.ListKeysAsync(page.Cancellation);
        if (!keys.Any(key => key.Id == id && (onlyBrand is null || key.Brand == onlyBrand)))
            return QueryProblem.NotFound($"There is no key '{id}'");
        await store.RevokeKeyAsync(id, page.Now, page.Cancellation);
        await page.GetService<ApiCredentialCache>().RefreshAsync(page.Cancellation);
        return new PageRedirect(page.Scope.LinkTo("/settings", ("done", $"Key {id} was revoked.")));
    }
}

/// <summary>Contents of the operator's page.</summary>
/// <param name="Keys">The API keys, newest first.</param>
/// <param name="Users">The users.</param>
/// <param name="Request">The values of the form for a new key.</param>
/// <param name="Now">The time of the request.</param>
internal sealed record SettingsModel(
    IReadOnlyList<ApiKeyDocument> Keys,
    IReadOnlyList<UserDocument> Users,
    ApiKeyRequest Request,
    Timestamp Now)
{
    /// <summary>Gets the validation errors of the form for a new key; empty if there are none.</summary>
    public IReadOnlyList<(string Member, string Fault)> Faults { get; init; } = [];

    /// <summary>Gets the name of the form for a new user.</summary>
    public string UserName { get; init; } = "";

    /// <summary>Gets the role of the form for a new user.</summary>
    public string UserRole { get; init; } = "viewer";

    /// <summary>Gets a value indicating whether a user can administer this host.</summary>
    public bool HasAdministrator => Users.Any(user => user.Scopes == KeyScopes.Admin);

    /// <summary>Gets the text of the key that was just created; null if none was.</summary>
    public string? CreatedKey { get; init; }
}
