using System.Collections.Frozen;
using System.Globalization;

namespace Attribution.Core.Crediting;

/// <summary>A brand's credit policy.</summary>
public sealed record Policy
{
    private static readonly FrozenDictionary<string, PolicyKind> ByName = new Dictionary<string, PolicyKind>
    {
        ["code_first"] = PolicyKind.CodeFirst,
        ["touch_first"] = PolicyKind.TouchFirst,
        ["if_involved"] = PolicyKind.IfInvolved,
        ["if_winner"] = PolicyKind.IfWinner,
        ["split"] = PolicyKind.Split,
        ["all_evidence"] = PolicyKind.AllEvidence,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private Policy(string name, PolicyKind kind, decimal codeShare) =>
        (Name, Kind, CodeShare) = (name, kind, codeShare);

    /// <summary>Gets the name used in settings and answers.</summary>
    public string Name { get; }

    /// <summary>Gets the kind.</summary>
    public PolicyKind Kind { get; }

    /// <summary>
    /// Gets the codes' share under <see cref="PolicyKind.Split"/>: above 0 and below 1, at most 6 decimals. 0 under
    /// other policies.
    /// </summary>
    public decimal CodeShare { get; }

    /// <summary>Returns the name, followed by the codes' share if the policy has one: <c>split 0.4</c>.</summary>
    public override string ToString() =>
        Kind == PolicyKind.Split ? string.Create(CultureInfo.InvariantCulture, $"{Name} {CodeShare:0.######}") : Name;

    /// <summary>Gets the policy of a brand that names none: <c>code_first</c>.</summary>
    public static Policy Default { get; } = new("code_first", PolicyKind.CodeFirst, 0);

    /// <summary>Gets the names of all policies.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>Creates the policy with a name.</summary>
    /// <exception cref="ArgumentException">The name is unknown, or the share does not fit the policy.</exception>
    public static Policy Create(string name, decimal? codeShare = null)
    {
        if (!ByName.TryGetValue(name, out var kind))
            throw new ArgumentException(
                $"There is no policy '{name}'. Valid policies: {string.Join(", ", ByName.Keys.Order())}.",
                nameof(name));
        if (kind != PolicyKind.Split)
            return codeShare is null ? new(name, kind, 0)
                : throw new ArgumentException("Only the policy 'split' has a code share.", nameof(codeShare));
        return codeShare is > 0 and < 1 && decimal.Round(codeShare.Value, 6) == codeShare
            ? new(name, kind, codeShare.Value)
            : throw new ArgumentException(
                "The policy 'split' needs a code share above 0 and below 1, with at most 6 decimals.",
                nameof(codeShare));
    }
}
