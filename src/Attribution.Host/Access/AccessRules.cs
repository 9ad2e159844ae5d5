using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>Who may call an endpoint. One that does not say so is for <see cref="KeyScopes.Admin"/> alone.</summary>
/// <param name="Scope">What a key needs; <see cref="KeyScopes.None"/>: nothing, everybody may.</param>
internal sealed record AccessRule(KeyScopes Scope);

/// <summary>The endpoint takes a publishable key as <c>?key=</c>.</summary>
internal sealed record KeyInQuery;

/// <summary>The endpoint takes a form of a page of ours: without the page's token it is refused, whoever sends it.</summary>
internal sealed record RequiresFormToken;

/// <summary>How endpoints say who may call them.</summary>
internal static class AccessRules
{
    /// <summary>Only callers with the scope, or one that includes it: <see cref="KeyScopes.Admin"/>, <see cref="KeyScopes.Edit"/> and <see cref="KeyScopes.Read"/>, in that order.</summary>
    public static T RequireScope<T>(this T endpoint, KeyScopes scope) where T : IEndpointConventionBuilder
    {
        // What is added last counts, and a group's come before its endpoints' own.
        endpoint.Add(builder => builder.Metadata.Add(new AccessRule(scope)));
        return endpoint;
    }

    /// <summary>Everybody, with or without a key: it protects itself, or there is nothing to protect.</summary>
    public static T AllowWithoutCredentials<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.RequireScope(KeyScopes.None);

    /// <summary>
    /// The key may stand in the address, since a browser's beacon has no headers of its own. Only a publishable key is taken from there: addresses
    /// end up in logs.
    /// </summary>
    public static T AllowKeyInQuery<T>(this T endpoint) where T : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Metadata.Add(new KeyInQuery()));
        return endpoint;
    }

    /// <summary>Whether the scopes of a key or a user are enough.</summary>
    public static bool Satisfies(this KeyScopes has, KeyScopes needed) => (has & needed) == needed || needed switch
    {
        KeyScopes.Read => (has & (KeyScopes.Edit | KeyScopes.Admin)) != 0,
        KeyScopes.Edit => (has & KeyScopes.Admin) != 0,
        _ => false,
    };
}
