using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>Scope that an endpoint requires. An endpoint without a rule requires <see cref="KeyScopes.Admin"/>.</summary>
/// <param name="Scope">The required scope; <see cref="KeyScopes.None"/> for a public endpoint.</param>
internal sealed record AccessRule(KeyScopes Scope);

/// <summary>Marker of endpoints that accept a publishable key as <c>?key=</c>.</summary>
internal sealed record KeyInQuery;

/// <summary>
/// Marker of endpoints that accept a form of this host's pages: requests without the page's token are refused for every
/// caller.
/// </summary>
internal sealed record RequiresFormToken;

/// <summary>Extensions with which endpoints declare their access rule.</summary>
internal static class AccessRules
{
    /// <summary>
    /// Requires the scope or one that includes it: <see cref="KeyScopes.Admin"/> includes <see cref="KeyScopes.Edit"/>,
    /// which includes <see cref="KeyScopes.Read"/>.
    /// </summary>
    public static T RequireScope<T>(this T endpoint, KeyScopes scope) where T : IEndpointConventionBuilder
    {
        // The last rule added applies; those of a group are added before those of its endpoints.
        endpoint.Add(builder => builder.Metadata.Add(new AccessRule(scope)));
        return endpoint;
    }

    /// <summary>Makes the endpoint public: it checks callers itself or has nothing to protect.</summary>
    public static T AllowWithoutCredentials<T>(this T endpoint) where T : IEndpointConventionBuilder =>
        endpoint.RequireScope(KeyScopes.None);

    /// <summary>
    /// Accepts the key in the URL, because a browser's beacon cannot set headers. Only a publishable key is accepted
    /// there, because URLs appear in logs.
    /// </summary>
    public static T AllowKeyInQuery<T>(this T endpoint) where T : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Metadata.Add(new KeyInQuery()));
        return endpoint;
    }
}
