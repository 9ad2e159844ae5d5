using Attribution.Contracts.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Access;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>The pages on which administrators create, invite, change, disable and remove users.</summary>
internal static class UserForms
{
    /// <summary>Address of the list.</summary>
    public const string Path = "/settings/users";

    private const string UnprotectedMessage = "Signing in requires https. Create the user with 'attribution users create' on the host.";

    /// <summary>Changes of a user by the last segment of the form's address, with the text that confirms them.</summary>
    private static readonly (string Verb, Func<UserDocument, Timestamp, UserDocument> Change, string Done)[] Changes =
    [
        ("revoke-invitation", (user, _) => UserInvitations.Revoke(user), "The link was revoked."),
        ("unlock", (user, _) => user.Unlock(), "The name is unlocked."),
        ("disable", (user, now) => user with { DisabledAt = user.DisabledAt ?? now }, "The user cannot sign in any more."),
        ("enable", (user, _) => user with { DisabledAt = null }, "The user can sign in again."),
    ];

    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        routes.MapPage<UsersPage>(Path, async page => await UsersModel.ReadAsync(page), "done").RequireScope(KeyScopes.Admin);
        routes.MapForm<UsersPage>(Path, KeyScopes.Admin, CreateAsync);
        routes.MapPage<UserPage>($"{Path}/{{name}}", page => WithUserAsync(page, user => Task.FromResult<object>(Show(page, user))), "done")
            .RequireScope(KeyScopes.Admin);
        foreach (var (verb, change, done) in Changes)
            MapVerb(routes, verb, (page, user, _) => ChangeAsync(page, user, known => change(known, page.Now), done));
        MapVerb(routes, "permissions", SetPermissionsAsync);
        MapVerb(routes, "invite", InviteAsync);
        MapVerb(routes, "sign-out", SignOutAsync);
        MapVerb(routes, "remove", RemoveAsync);
    }

    /// <summary>Returns the address of the page of a user.</summary>
    public static string PathOf(string name) => $"{Path}/{Uri.EscapeDataString(name)}";

    /// <summary>
    /// Creates a user with a password, or with an invitation if the form has none. The first one is an administrator and is
    /// signed in at once, because from then on every caller needs credentials.
    /// </summary>
    private static async Task<object> CreateAsync(PageContext page, IFormCollection form)
    {
        var (administration, caller) = (page.GetService<UserAdministration>(), Caller.FromContext(page.Http));
        var model = await UsersModel.ReadAsync(page);
        var (name, password) = (form["user"].ToString().Trim().ToLowerInvariant(), form["password"].ToString());
        var (role, brand) = model.HasAdministrator ? ReadPermissions(form, caller) : ("admin", caller.OnlyBrand);
        var invites = model.HasAdministrator && password.Length == 0;
        var errors = new List<(string, string)>();
        if (UserRoles.FindNameFault(name) is { } fault) errors.Add(("user", $"The name {fault}"));
        if (!UserRoles.All.TryGetValue(role, out var scopes)) errors.Add(("role", "Choose a role."));
        if (!IsKnown(page, brand)) errors.Add(("brand", $"There is no brand '{brand}'."));
        if (!invites && PasswordSignIn.FindFault(password) is { } weak) errors.Add(("password", weak));
        if (!caller.IsUser && !UserSessions.IsCookieProtected(page.Http)) errors.Add(("user", UnprotectedMessage));

        var user = new UserDocument { Name = name, Scopes = scopes, Brand = brand, CreatedAt = page.Now };
        var secret = RandomText.CreateSecret();
        if (errors.Count == 0)
        {
            user = invites ? UserInvitations.Invite(user, secret, page.Now) : user with { PasswordHash = PasswordSignIn.Hash(password) };
            if (!await administration.TryAddAsync(user, page.Cancellation)) errors.Add(("user", $"The name '{name}' is taken."));
        }

        if (errors.Count > 0) return model with { Entered = (name, role, brand), Faults = errors };
        if (invites)
        {
            // This form does not redirect: the link is shown only once and must not be part of an address.
            return new FormCompleted(await UsersModel.ReadAsync(page) with { Link = LinkOf(page, secret), Invited = name });
        }

        if (!caller.IsUser && caller.KeyId is null) await page.GetService<UserSessions>().SignInAsync(page.Http, user, page.Cancellation);
        return new PageRedirect(page.Scope.LinkTo(Path, ("done", $"User {name} was created.")));
    }

    private static Task<object> SetPermissionsAsync(PageContext page, UserDocument user, IFormCollection form)
    {
        var (role, brand) = ReadPermissions(form, Caller.FromContext(page.Http));
        if (!UserRoles.All.TryGetValue(role, out var scopes)) return Task.FromResult<object>(Show(page, user, "Choose a role."));
        return IsKnown(page, brand)
            ? ChangeAsync(page, user, known => known with { Scopes = scopes, Brand = brand }, "Role and brand were saved.")
            : Task.FromResult<object>(Show(page, user, $"There is no brand '{brand}'."));
    }

    private static async Task<object> InviteAsync(PageContext page, UserDocument user, IFormCollection form)
    {
        var secret = RandomText.CreateSecret();
        var (administration, caller) = (page.GetService<UserAdministration>(), Caller.FromContext(page.Http));
        var fault = user.DisabledAt is not null
            ? "The user is disabled. Enable the user first."
            : await administration.ChangeAsync(user, caller, known => UserInvitations.Invite(known, secret, page.Now), page.Cancellation);
        return fault is not null ? Show(page, user, fault)
            : new FormCompleted(new UserModel(UserInvitations.Invite(user, secret, page.Now), page.Now) { Link = LinkOf(page, secret) });
    }

    private static async Task<object> SignOutAsync(PageContext page, UserDocument user, IFormCollection form)
    {
        await page.GetService<IUserStore>().RemoveSessionsAsync(user.Name, page.Cancellation);
        return Redirect(page, user, "All sessions have ended.");
    }

    private static async Task<object> RemoveAsync(PageContext page, UserDocument user, IFormCollection form) =>
        await page.GetService<UserAdministration>().ChangeAsync(user, Caller.FromContext(page.Http), _ => null, page.Cancellation) is { } fault
            ? Show(page, user, fault)
            : new PageRedirect(page.Scope.LinkTo(Path, ("done", $"User {user.Name} was removed.")));

    private static async Task<object> ChangeAsync(PageContext page, UserDocument user, Func<UserDocument, UserDocument> change, string done) =>
        await page.GetService<UserAdministration>().ChangeAsync(user, Caller.FromContext(page.Http), change, page.Cancellation) is { } fault
            ? Show(page, user, fault) : Redirect(page, user, done);

    private static void MapVerb(
        IEndpointRouteBuilder routes, string verb, Func<PageContext, UserDocument, IFormCollection, Task<object>> handler) =>
        routes.MapForm<UserPage>($"{Path}/{{name}}/{verb}", KeyScopes.Admin, (page, form) => WithUserAsync(page, user => handler(page, user, form)));

    private static async Task<object> WithUserAsync(PageContext page, Func<UserDocument, Task<object>> handler)
    {
        var name = page.GetRouteValue("name")!;
        return await page.GetService<UserAdministration>().FindAsync(name, Caller.FromContext(page.Http), page.Cancellation) is { } user
            ? await handler(user)
            : QueryProblem.NotFound($"There is no user '{name}'");
    }

    private static (string Role, string? Brand) ReadPermissions(IFormCollection form, Caller caller) =>
        (form["role"].ToString(), caller.OnlyBrand ?? (form["brand"].ToString() is { Length: > 0 } brand ? brand : null));

    private static bool IsKnown(PageContext page, string? brand) =>
        brand is null || page.Scope.Catalog.Items<BrandItem>().Any(known => known.Id == brand);

    private static UserModel Show(PageContext page, UserDocument user, string? fault = null) => new UserModel(user, page.Now) { Fault = fault };

    private static PageRedirect Redirect(PageContext page, UserDocument user, string done) =>
        new(page.Scope.LinkTo(PathOf(user.Name), ("done", done)));

    private static string LinkOf(PageContext page, string secret) =>
        $"{page.HostAddress}{InvitationEndpoints.Path}?token={secret}";
}

/// <summary>Contents of the list of users.</summary>
/// <param name="Users">The users that the caller may see.</param>
/// <param name="HasAdministrator">Indicates whether a user can administer this host.</param>
/// <param name="Now">The time of the request.</param>
internal sealed record UsersModel(IReadOnlyList<UserDocument> Users, bool HasAdministrator, Timestamp Now)
{
    /// <summary>Gets the values of the form.</summary>
    public (string Name, string Role, string? Brand) Entered { get; init; } = ("", "viewer", null);

    /// <summary>Gets the errors of the form; empty if there are none.</summary>
    public IReadOnlyList<(string Member, string Fault)> Faults { get; init; } = [];

    /// <summary>Gets the address of the invitation that was just made; null if none was.</summary>
    public string? Link { get; init; }

    /// <summary>Gets the name of the user who was just invited; null if none was.</summary>
    public string? Invited { get; init; }

    /// <summary>Reads the contents.</summary>
    public static async Task<UsersModel> ReadAsync(PageContext page)
    {
        var administration = page.GetService<UserAdministration>();
        return new(
            await administration.ListAsync(Caller.FromContext(page.Http), page.Cancellation),
            await administration.HasAdministratorAsync(page.Cancellation), page.Now);
    }
}

/// <summary>Contents of the page of a user.</summary>
/// <param name="User">The user.</param>
/// <param name="Now">The time of the request.</param>
internal sealed record UserModel(UserDocument User, Timestamp Now)
{
    /// <summary>Gets the reason why a change was refused; null if none was.</summary>
    public string? Fault { get; init; }

    /// <summary>Gets the address of the invitation that was just made; null if none was.</summary>
    public string? Link { get; init; }
}
