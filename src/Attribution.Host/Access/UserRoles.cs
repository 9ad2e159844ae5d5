using System.Collections.Frozen;
using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>What people are, in terms of what keys may do: one permission each, which includes those before it.</summary>
internal static class UserRoles
{
    /// <summary>Each role by its name.</summary>
    public static readonly FrozenDictionary<string, KeyScopes> All = new Dictionary<string, KeyScopes>
    {
        ["viewer"] = KeyScopes.Read, ["editor"] = KeyScopes.Edit, ["admin"] = KeyScopes.Admin,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The role of a user.</summary>
    public static string GetName(KeyScopes scopes) => All.Single(role => role.Value == scopes).Key;
}
