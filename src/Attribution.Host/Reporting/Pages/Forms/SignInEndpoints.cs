using Attribution.Host.Access;
using Attribution.Host.Reporting.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>Endpoints <c>/sign-in</c> and <c>/sign-out</c>.</summary>
internal static class SignInEndpoints
{
    // The same text for every failure, so that it does not reveal which names exist.
    private const string FailedMessage =
        "Sign-in failed: the name or the password is wrong. After several failed attempts a name is locked for a while; "
        + "until then the correct password is refused as well.";

    private const string UnprotectedMessage =
        "Signing in requires https: over plain http, anyone on the network path could take over the session. "
        + "If a proxy terminates TLS, list it in Host:SignIn:Proxies and have it send X-Forwarded-Proto.";

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", (HttpContext http, PageModel model) =>
                ShowFormAsync(http, model, new(http.Request.Query["next"], null, null), StatusCodes.Status200OK))
            .AllowWithoutCredentials().AllowQueryParameters("next").ExcludeFromDescription();
        routes.MapPost("/sign-in", (Delegate)SignInAsync)
            .AllowWithoutCredentials().WithMetadata(new RequiresFormToken())
            .AllowQueryParameters().ExcludeFromDescription();
        routes.MapPost("/sign-out", (Delegate)SignOutAsync)
            .AllowWithoutCredentials().WithMetadata(new RequiresFormToken())
            .AllowQueryParameters().ExcludeFromDescription();
    }

    private static async Task SignOutAsync(HttpContext http)
    {
        await UserSessions.SignOutAsync(http);
        http.Response.Redirect("/sign-in");
    }

    private static async Task SignInAsync(
        HttpContext http,
        PasswordSignIn passwords,
        ApiCredentialCache credentials,
        PageModel model,
        CancellationToken cancellation)
    {
        var form = await http.Request.ReadFormAsync(cancellation);
        var (name, next) = (form["name"].ToString().Trim().ToLowerInvariant(), form["next"].ToString());
        if (!UserSessions.IsCookieProtected(http))
        {
            await ShowFormAsync(http, model, new(next, name, UnprotectedMessage), StatusCodes.Status403Forbidden);
            return;
        }

        if (await passwords.SignInAsync(name, form["password"].ToString(), cancellation) is not { } user)
        {
            await ShowFormAsync(http, model, new(next, name, FailedMessage), StatusCodes.Status403Forbidden);
            return;
        }

        await credentials.RefreshAsync(cancellation);
        await UserSessions.SignInAsync(http, user);
        http.Response.Redirect(RedirectHttpResult.IsLocalUrl(next) ? next : "/");
    }

    private static Task ShowFormAsync(
        HttpContext http, PageModel model, SignInModel signIn, int status)
    {
        model.Initialize(http, null, signIn);
        return new RazorComponentResult<SignInPage> { StatusCode = status }.ExecuteAsync(http);
    }
}

/// <summary>Contents of the sign-in page.</summary>
/// <param name="Next">The local address to open after sign-in; null for the overview.</param>
/// <param name="Name">The name as entered; null on the first attempt.</param>
/// <param name="Fault">The reason for a failure; null on the first attempt.</param>
internal sealed record SignInModel(string? Next, string? Name, string? Fault);
