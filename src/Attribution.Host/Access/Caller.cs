using Attribution.Core.Catalog;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Http.Features;

namespace Attribution.Host.Access;

/// <summary>Authenticated caller: defaults for the events it sends, and its permissions.</summary>
/// <param name="Source">Source of events that name none, and of all rejections.</param>
/// <param name="Brand">Brand of events that name none, and of all rejections.</param>
/// <param name="MaySpeakForOthers">True if events may name another source.</param>
internal sealed record Caller(string Source, string Brand, bool MaySpeakForOthers)
{
    /// <summary>Gets the only brand that the caller may access; null for every brand.</summary>
    public string? OnlyBrand { get; init; }

    /// <summary>Gets the name of the user or key; <c>local</c> without either.</summary>
    public string Name { get; init; } = "local";

    /// <summary>Gets the key's id; null without a key.</summary>
    public string? KeyId { get; init; }

    /// <summary>Gets the scopes of the caller.</summary>
    public KeyScopes Scopes { get; init; }

    /// <summary>Gets a value indicating whether the caller is a signed-in user.</summary>
    public bool IsUser { get; init; }

    /// <summary>
    /// The caller of every request while neither API keys nor users exist; the host then answers only this machine.
    /// </summary>
    public static readonly Caller Local = new("default", BrandSettings.DefaultId, MaySpeakForOthers: true)
    {
        Scopes = KeyScopes.Ingest | KeyScopes.Admin | KeyScopes.Visit,
    };

    /// <summary>Creates the caller that a key denotes.</summary>
    public static Caller Of(ApiKeyDocument key) => new(key.Source, key.Brand ?? BrandSettings.DefaultId, key.MayNameOtherSources)
    {
        OnlyBrand = key.Brand, Name = key.Name, KeyId = key.Id, Scopes = key.Scopes,
    };

    /// <summary>Creates the caller for a signed-in user.</summary>
    public static Caller FromUser(UserDocument user) => new("default", user.Brand ?? BrandSettings.DefaultId, MaySpeakForOthers: false)
    {
        OnlyBrand = user.Brand, Name = user.Name, Scopes = user.Scopes, IsUser = true,
    };

    /// <summary>Returns the caller of an authorized request.</summary>
    public static Caller FromContext(HttpContext http) => http.Features.GetRequiredFeature<ICallerFeature>().Caller;

    /// <summary>Indicates whether the caller has a scope or one that includes it.</summary>
    public bool HasScope(KeyScopes needed) => (Scopes & needed) == needed || needed switch
    {
        KeyScopes.Read => (Scopes & (KeyScopes.Edit | KeyScopes.Admin)) != 0,
        KeyScopes.Edit => (Scopes & KeyScopes.Admin) != 0,
        _ => false,
    };
}

/// <summary>Request feature with the authenticated caller; set once the request is authorized.</summary>
internal interface ICallerFeature
{
    /// <summary>Gets the caller.</summary>
    Caller Caller { get; }
}
