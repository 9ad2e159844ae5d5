using Attribution.Host.Access;
using Attribution.Host.Reporting.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary><c>/sign-in</c> and <c>/sign-out</c>.</summary>
internal static class SignInEndpoints
{
    // One answer to every failure: who tries names must not learn which there are.
    private const string FailedMessage = "That name and password do not open anything. After several wrong tries a name is locked for a while, then its right password does not open it either.";

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", (HttpContext http, PageModel shown) => ShowFormAsync(http, shown, new(http.Request.Query["next"], null, null), StatusCodes.Status200OK))
            .AllowWithoutCredentials().AllowQueryParameters("next").ExcludeFromDescription();
        routes.MapPost("/sign-in", (Delegate)SignInAsync).AllowWithoutCredentials().WithMetadata(new RequiresFormToken()).AllowQueryParameters().ExcludeFromDescription();
        routes.MapPost("/sign-out", (Delegate)(async (HttpContext http) =>
            {
                await UserSessions.SignOutAsync(http);
                http.Response.Redirect("/sign-in");
            }))
            .AllowWithoutCredentials().WithMetadata(new RequiresFormToken()).AllowQueryParameters().ExcludeFromDescription();
    }

    private static async Task SignInAsync(HttpContext http, PasswordSignIn passwords, ApiCredentialCache keys, PageModel shown, CancellationToken cancellation)
    {
        var form = await http.Request.ReadFormAsync(cancellation);
        var (name, next) = (form["name"].ToString().Trim().ToLowerInvariant(), form["next"].ToString());
        if (!UserSessions.IsCookieProtected(http))
        {
            await ShowFormAsync(http, shown, new(next, name, "Signing in needs https: over plain http everybody on the way could take the session. A proxy that ends TLS is named in Host:SignIn:Proxies and sends X-Forwarded-Proto."), StatusCodes.Status403Forbidden);
            return;
        }
        if (await passwords.SignInAsync(name, form["password"].ToString(), cancellation) is not { } user)
        {
            await ShowFormAsync(http, shown, new(next, name, FailedMessage), StatusCodes.Status403Forbidden);
            return;
        }
        await keys.RefreshAsync(cancellation);
        await UserSessions.SignInAsync(http, user);
        http.Response.Redirect(RedirectHttpResult.IsLocalUrl(next) ? next : "/");
    }

    private static Task ShowFormAsync(HttpContext http, PageModel shown, SignInModel signIn, int status)
    {
        shown.Initialize(http, null, signIn);
        return new RazorComponentResult<SignInPage> { StatusCode = status }.ExecuteAsync(http);
    }
}

/// <summary>What the page to sign in shows.</summary>
/// <param name="Next">Where to go afterwards.</param>
/// <param name="Name">As it was typed.</param>
/// <param name="Fault">Why it failed; null on the first try.</param>
internal sealed record SignInModel(string? Next, string? Name, string? Fault);
