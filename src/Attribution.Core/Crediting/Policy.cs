using System.Collections.Frozen;
using System.Globalization;

namespace Attribution.Core.Crediting;

/// <summary>What codes are worth against touches. It applies under every model. Credit goes to a code's own placement.</summary>
public enum PolicyKind
{
    /// <summary>Valid codes take all, split evenly among their placements; without one, the model over the touches.</summary>
    CodeFirst,

    /// <summary>The touches, by the model; codes only when there is none.</summary>
    TouchFirst,

    /// <summary>A code counts only if its creator also has a touch in the window; else the touches.</summary>
    IfInvolved,

    /// <summary>A code counts only if its creator also has the greatest weight under the model; else the touches.</summary>
    IfWinner,

    /// <summary>A share to the codes, the rest to the touches; where one side is empty the other takes all.</summary>
    Split,

    /// <summary>A code is one more touch at the conversion's instant; the model decides.</summary>
    AllEvidence,
}

/// <summary>A brand's policy.</summary>
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

    private Policy(string name, PolicyKind kind, decimal codeShare) => (Name, Kind, CodeShare) = (name, kind, codeShare);

    /// <summary>Its name, as it stands in settings and answers.</summary>
    public string Name { get; }

    /// <summary>What it does.</summary>
    public PolicyKind Kind { get; }

    /// <summary>The codes' share under <see cref="PolicyKind.Split"/>, above 0 and below 1, of at most 6 decimals; 0 elsewhere.</summary>
    public decimal CodeShare { get; }

    /// <summary>Its name, and the codes' share where there is one: <c>split 0.4</c>.</summary>
    public override string ToString() => Kind == PolicyKind.Split ? string.Create(CultureInfo.InvariantCulture, $"{Name} {CodeShare:0.######}") : Name;

    /// <summary>The policy where a brand names none: <c>code_first</c>.</summary>
    public static Policy Default { get; } = new("code_first", PolicyKind.CodeFirst, 0);

    /// <summary>The names there are.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The policy of a name.</summary>
    /// <exception cref="ArgumentException">The name is unknown, or the share does not go with it.</exception>
    public static Policy Create(string name, decimal? codeShare = null)
    {
        if (!ByName.TryGetValue(name, out var kind))
            throw new ArgumentException($"No policy is named '{name}'; there are {string.Join(", ", ByName.Keys.Order())}.", nameof(name));
        if (kind != PolicyKind.Split)
            return codeShare is null ? new(name, kind, 0) : throw new ArgumentException("Only the policy 'split' has a code share.", nameof(codeShare));
        return codeShare is > 0 and < 1 && decimal.Round(codeShare.Value, 6) == codeShare
            ? new(name, kind, codeShare.Value)
            : throw new ArgumentException("The policy 'split' needs a code share above 0 and below 1, of at most 6 decimals.", nameof(codeShare));
    }
}
