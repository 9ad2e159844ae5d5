using Attribution.Contracts.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Access;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>The operator's page: the brand with its policy and models, the API keys, the people.</summary>
internal static class SettingsForms
{
    public static void MapSettings(this IEndpointRouteBuilder routes)
    {
        routes.MapPage<SettingsPage>("/settings", page => ShowAsync(page), "done").RequireScope(KeyScopes.Admin);
        routes.MapForm<SettingsPage>("/settings/keys", KeyScopes.Admin, CreateAsync);
        routes.MapForm<SettingsPage>("/settings/keys/revoke", KeyScopes.Admin, RevokeAsync);
    }

    private static async Task<object> ShowAsync(PageContext page, ApiKeyRequest? asked = null, IReadOnlyList<(string, string)>? faults = null, string? made = null)
    {
        var own = Caller.FromContext(page.Http).OnlyBrand;
        return new SettingsModel(
            [.. (await page.GetService<ICredentialStore>().ListKeysAsync(page.Cancellation)).Where(key => own is null || key.Brand == own).OrderByDescending(key => key.CreatedAt)],
            [.. (await page.GetService<IUserStore>().ListUsersAsync(page.Cancellation)).Where(user => own is null || user.Brand == own)], asked ?? new("", "read", own), faults ?? [], made, page.Now);
    }

    private static async Task<object> CreateAsync(PageContext page, IFormCollection form)
    {
        var own = Caller.FromContext(page.Http).OnlyBrand;
        var asked = new ApiKeyRequest(form["name"].ToString(), string.Join(',', form["scopes"].ToArray()), own ?? Given("brand"), Given("source"), Given("expires"));
        var (errors, brands) = (new List<(string, string)>(), page.Scope.Catalog.Items<BrandItem>().Select(brand => brand.Id).ToHashSet(StringComparer.Ordinal));
        if (asked.TryCreate(brands, page.Now, errors) is not var (key, document)) return await ShowAsync(page, asked, errors);
        await page.GetService<ICredentialStore>().AddKeyAsync(document, page.Cancellation);
        await page.GetService<ApiCredentialCache>().RefreshAsync(page.Cancellation);
        // The one form that does not lead elsewhere: the key is shown this once, and stands in no address.
        return new FormCompleted(await ShowAsync(page, made: key.Text));

        string? Given(string name) => form[name].ToString().Trim() is { Length: > 0 } text ? text : null;
    }

    private static async Task<object> RevokeAsync(PageContext page, IFormCollection form)
    {
        var (store, id, own) = (page.GetService<ICredentialStore>(), form["id"].ToString(), Caller.FromContext(page.Http).OnlyBrand);
        if (!(await store.ListKeysAsync(page.Cancellation)).Any(key => key.Id == id && (own is null || key.Brand == own))) return QueryProblem.NotFound($"There is no key '{id}'");
        await store.RevokeKeyAsync(id, page.Now, page.Cancellation);
        await page.GetService<ApiCredentialCache>().RefreshAsync(page.Cancellation);
        return new PageRedirect(page.Scope.LinkTo("/settings", ("done", $"Key {id} is revoked.")));
    }
}

/// <summary>What the operator's page shows.</summary>
internal sealed record SettingsModel(
    IReadOnlyList<ApiKeyDocument> Keys, IReadOnlyList<UserDocument> Users, ApiKeyRequest Request, IReadOnlyList<(string Member, string Fault)> Faults, string? CreatedKey, Timestamp Now);
