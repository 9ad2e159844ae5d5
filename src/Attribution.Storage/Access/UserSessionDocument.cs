using Attribution.Core.Values;

namespace Attribution.Storage.Access;

/// <summary>A session of a user that signed in by password.</summary>
/// <param name="Id">The id: a hash of the secret in the browser's cookie.</param>
/// <param name="User">The user's name.</param>
/// <param name="CreatedAt">The time of the sign-in.</param>
public sealed record UserSessionDocument(string Id, string User, Timestamp CreatedAt);
