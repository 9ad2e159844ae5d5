using Attribution.Storage;
using Microsoft.AspNetCore.Http.Features;

namespace Attribution.Host.Hosting.Access;

/// <summary>Who calls: what events say that do not say it themselves, and what they may say.</summary>
/// <param name="Source">Source of events that name none, and of everything refused.</param>
/// <param name="Brand">Brand of events that name none, and of everything refused.</param>
/// <param name="MaySpeakForOthers">Whether events may name another source.</param>
public sealed record Caller(string Source, string Brand, bool MaySpeakForOthers)
{
    /// <summary>The only brand the caller may speak of; null: every brand.</summary>
    public string? OnlyBrand { get; init; }

    /// <summary>Who it is, in the words of the key's maker; <c>local</c> without one.</summary>
    public string Name { get; init; } = "local";

    /// <summary>The key's id; null without one.</summary>
    public string? KeyId { get; init; }

    /// <summary>Every caller while no API key exists; the host then answers this machine only.</summary>
    public static readonly Caller Local = new("default", "default", MaySpeakForOthers: true);

    /// <summary>The holder of a key.</summary>
    public static Caller Of(KeyDocument key) => new(key.Source, key.Brand ?? "default", key.SpeaksForOthers) { OnlyBrand = key.Brand, Name = key.Name, KeyId = key.Id };

    /// <summary>The caller of a request that the gate has let through.</summary>
    public static Caller Of(HttpContext http) => http.Features.GetRequiredFeature<ICallerFeature>().Caller;
}
