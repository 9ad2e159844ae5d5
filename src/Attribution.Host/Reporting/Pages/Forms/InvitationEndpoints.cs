using Attribution.Host.Access;
using Attribution.Host.Reporting.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>Endpoint <c>/invitation</c>, where an invited user sets a password.</summary>
internal static class InvitationEndpoints
{
    /// <summary>Address of the page, without its token.</summary>
    public const string Path = "/invitation";

    public static void MapInvitation(this IEndpointRouteBuilder routes)
    {
        // Opening the link uses nothing up, because programs that scan mail open links too.
        routes.MapGet(Path, async (HttpContext http, PageModel model, UserInvitations invitations, CancellationToken cancellation) =>
            {
                var token = http.Request.Query["token"].ToString();
                var user = await invitations.FindAsync(token, cancellation);
                await ShowAsync(http, model, new(token, user?.Name, null), user is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK);
            })
            .AllowWithoutCredentials().AllowQueryParameters("token").ExcludeFromDescription();
        routes.MapPost(Path, (Delegate)AcceptAsync)
            .AllowWithoutCredentials().WithMetadata(new RequiresFormToken()).AllowQueryParameters().ExcludeFromDescription();
    }

    private static async Task AcceptAsync(
        HttpContext http, PageModel model, UserInvitations invitations, UserSessions sessions, ApiCredentialCache credentials,
        CancellationToken cancellation)
    {
        var form = await http.Request.ReadFormAsync(cancellation);
        var (token, password) = (form["token"].ToString(), form["password"].ToString());
        var invited = await invitations.FindAsync(token, cancellation);
        var fault = UserSessions.IsCookieProtected(http) ? PasswordSignIn.FindFault(password) : SignInEndpoints.UnprotectedMessage;
        if (invited is not null && fault is not null)
        {
            await ShowAsync(http, model, new(token, invited.Name, fault), StatusCodes.Status400BadRequest);
            return;
        }

        if (invited is null || await invitations.AcceptAsync(token, password, cancellation) is not { } user)
        {
            await ShowAsync(http, model, new(token, null, null), StatusCodes.Status404NotFound);
            return;
        }

        await credentials.RefreshAsync(cancellation);
        await sessions.SignInAsync(http, user, cancellation);
        http.Response.Redirect("/");
    }

    private static Task ShowAsync(HttpContext http, PageModel model, InvitationModel answer, int status)
    {
        model.Initialize(http, null, answer);
        return new RazorComponentResult<InvitationPage> { StatusCode = status }.ExecuteAsync(http);
    }
}

/// <summary>Contents of the page of an invitation.</summary>
/// <param name="Token">The secret of the link.</param>
/// <param name="User">The name of the invited user; null if the invitation is not open.</param>
/// <param name="Fault">The reason why the password was refused; null at first.</param>
internal sealed record InvitationModel(string Token, string? User, string? Fault);
