using Attribution.Host.Configuration;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Access;

/// <summary>Registration of authentication and authorization.</summary>
internal static class AccessRegistration
{
    /// <summary>
    /// Registers keys, users, sessions and form tokens. Requires the store's ports, the clock and
    /// <see cref="AttributionHostOptions"/>.
    /// </summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<ApiCredentialCache>().AddSingleton<UserSessions>().AddSingleton<PasswordSignIn>()
            .AddSingleton<PasswordCheckQueue>().AddSingleton<UserAdministration>().AddSingleton<UserInvitations>()
            .AddSingleton<ClientAddress>();
        services.AddDataProtection().SetApplicationName("attribution");
        services.AddOptions<KeyManagementOptions>().Configure<IUserStore>((options, store) => options.XmlRepository = new DataProtectionKeyStore(store));
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "atr_form";
            options.FormFieldName = "form";
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddAuthentication().AddCookie(UserSessions.Scheme);
        services.AddOptions<CookieAuthenticationOptions>(UserSessions.Scheme).Configure<IOptions<AttributionHostOptions>>((options, host) =>
        {
            options.Cookie.Name = "atr_session";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.ExpireTimeSpan = host.Value.SignIn.SessionFor;
        });
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<AttributionHostOptions>>((options, host) =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedProto;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in host.Value.SignIn.ParseProxies([])) options.KnownIPNetworks.Add(network);
        });
        return services;
    }

    /// <summary>
    /// Applies <c>X-Forwarded-Proto</c> of the configured proxies; ignores it from every other address.
    /// </summary>
    public static void UseNamedProxies(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<AttributionHostOptions>>().Value.SignIn.Proxies.Length > 0)
            app.UseForwardedHeaders();
    }
}
