using System.Globalization;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Api;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>Endpoints <c>/sign-in</c> and <c>/sign-out</c>.</summary>
internal static class SignInEndpoints
{
    // The same text for every failure, so that it does not reveal which names exist.
    private const string FailedMessage =
        "Sign-in failed: the name or the password is wrong. After several failed attempts a name is locked for this address "
        + "for a while; until then the correct password is refused as well. An administrator can unlock it.";

    private const string BusyMessage = "Too many sign-ins are being checked. Try again in a few seconds.";
    private const int RetryAfterSeconds = 5;

    /// <summary>Reason why a password is not accepted over plain HTTP.</summary>
    public const string UnprotectedMessage =
        "Signing in requires https: over plain http, anyone on the network path could take over the session. "
        + "If a proxy terminates TLS, list it in Host:SignIn:Proxies and have it send X-Forwarded-Proto.";

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", (HttpContext http, PageModel model, ApiCredentialCache credentials) =>
                ShowFormAsync(
                    http, model, new(http.Request.Query["next"], null, null) { HasUsers = credentials.HasUsers }, StatusCodes.Status200OK))
            .AllowWithoutCredentials().AllowQueryParameters("next").ExcludeFromDescription();
        routes.MapPost("/sign-in", (Delegate)SignInAsync)
            .AllowWithoutCredentials().WithMetadata(new RequiresFormToken())
            .AllowQueryParameters().ExcludeFromDescription();
        foreach (var (path, everywhere) in new[] { ("/sign-out", false), ("/sign-out/everywhere", true) })
            routes.MapPost(path, (HttpContext http, UserSessions sessions, IAuditStore audit, TimeProvider time) =>
                    SignOutAsync(http, sessions, audit, time, everywhere))
                .AllowWithoutCredentials().WithMetadata(new RequiresFormToken())
                .AllowQueryParameters().ExcludeFromDescription();
    }

    private static async Task SignOutAsync(
        HttpContext http, UserSessions sessions, IAuditStore audit, TimeProvider time, bool everywhere)
    {
        if (await sessions.SignOutAsync(http, everywhere, http.RequestAborted) is { } name && everywhere)
            await audit.AddAuditEntryAsync(
                new() { At = Timestamp.From(time.GetUtcNow()), By = name, Action = "sign-out everywhere" }, CancellationToken.None);
        http.Response.Redirect("/sign-in");
    }

    private static async Task SignInAsync(
        HttpContext http,
        PasswordSignIn passwords,
        UserSessions sessions,
        ClientAddress addresses,
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

        var (user, isBusy) = await passwords.SignInAsync(
            name, form["password"].ToString(), addresses.GetPrefix(http), cancellation);
        if (isBusy)
        {
            http.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            await ShowFormAsync(http, model, new(next, name, BusyMessage), StatusCodes.Status429TooManyRequests);
            return;
        }

        if (user is null)
        {
            await ShowFormAsync(http, model, new(next, name, FailedMessage), StatusCodes.Status403Forbidden);
            return;
        }

        await credentials.RefreshAsync(cancellation);
        await sessions.SignInAsync(http, user, cancellation);
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
internal sealed record SignInModel(string? Next, string? Name, string? Fault)
{
    /// <summary>Gets a value indicating whether a user exists.</summary>
    public bool HasUsers { get; init; } = true;
}
