using Attribution.Core.Catalog;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Http.Features;

namespace Attribution.Host.Access;

/// <summary>Who calls: what events say that do not say it themselves, and what they may say.</summary>
/// <param name="Source">Source of events that name none, and of everything refused.</param>
/// <param name="Brand">Brand of events that name none, and of everything refused.</param>
/// <param name="MaySpeakForOthers">Whether events may name another source.</param>
internal sealed record Caller(string Source, string Brand, bool MaySpeakForOthers)
{
    /// <summary>The only brand the caller may speak of; null: every brand.</summary>
    public string? OnlyBrand { get; init; }

    /// <summary>Who it is: a user's name, a key's in the words of its maker; <c>local</c> without either.</summary>
    public string Name { get; init; } = "local";

    /// <summary>The key's id; null without one.</summary>
    public string? KeyId { get; init; }

    /// <summary>What it may do.</summary>
    public KeyScopes Scopes { get; init; }

    /// <summary>Whether it is a person who signed in.</summary>
    public bool IsUser { get; init; }

    /// <summary>Every caller while no API key and no user exists; the host then answers this machine only.</summary>
    public static readonly Caller Local = new("default", BrandSettings.DefaultId, MaySpeakForOthers: true) { Scopes = KeyScopes.Ingest | KeyScopes.Admin | KeyScopes.Visit };

    /// <summary>The holder of a key.</summary>
    public static Caller Of(ApiKeyDocument key) => new(key.Source, key.Brand ?? BrandSettings.DefaultId, key.MayNameOtherSources) { OnlyBrand = key.Brand, Name = key.Name, KeyId = key.Id, Scopes = key.Scopes };

    /// <summary>A user who signed in.</summary>
    public static Caller FromUser(UserDocument user) =>
        new("default", user.Brand ?? BrandSettings.DefaultId, MaySpeakForOthers: false) { OnlyBrand = user.Brand, Name = user.Name, Scopes = user.Scopes, IsUser = true };

    /// <summary>The caller of a request that the gate has let through.</summary>
    public static Caller FromContext(HttpContext http) => http.Features.GetRequiredFeature<ICallerFeature>().Caller;
}
