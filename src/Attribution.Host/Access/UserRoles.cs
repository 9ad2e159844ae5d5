using System.Collections.Frozen;
using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>
/// Roles of users, expressed as scopes of keys. Each role includes the permissions of the previous ones.
/// </summary>
internal static class UserRoles
{
    /// <summary>Maps each role name to its scope.</summary>
    public static readonly FrozenDictionary<string, KeyScopes> All = new Dictionary<string, KeyScopes>
    {
        ["viewer"] = KeyScopes.Read, ["editor"] = KeyScopes.Edit, ["admin"] = KeyScopes.Admin,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Returns the reason why a name cannot be that of a user; null if it can.</summary>
    public static string? FindNameFault(string name) =>
        name.Length is 0 or > 64 || name is "." or ".."
        || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '@' or '-')
            ? "must be 1 to 64 of a-z 0-9 . _ @ -."
            : null;

    /// <summary>Returns the name of the role with this scope.</summary>
    public static string GetName(KeyScopes scopes) => All.Single(role => role.Value == scopes).Key;
}
