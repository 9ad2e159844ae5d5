using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>
/// A brand's UTM rules, indexed. Written rules come before those that links imply; among either the one with most exact members wins,
/// then with most prefix members, then the least id (ordinal). Rules of one shape (the same members exact, the same by prefix) share a
/// dictionary over their exact values, so a look-up costs a probe a shape, however many rules there are.
/// </summary>
internal sealed class UtmRules
{
    private readonly List<RulePattern> patterns;

    public UtmRules(IEnumerable<Rule> rules) =>
        patterns =
        [
            .. rules.GroupBy(rule => (rule.Implied, Exact: rule.Exact.PresentMembers(), Prefix: rule.Prefix.PresentMembers()))
                .Select(group => new RulePattern(group.Key.Implied, group.Key.Exact, group.Key.Prefix, group))
                .OrderBy(shape => shape.Rank),
        ];

    /// <summary>The assignment of the winning rule that holds at the instant, or null.</summary>
    public Assignment? Match(Utm utm, Timestamp at)
    {
        Rule? best = null;
        var rank = default((bool, int, int));
        foreach (var shape in patterns)
        {
            if (best is not null && shape.Rank != rank) break;
            if (shape.Match(utm, at) is { } rule && (best is null || string.CompareOrdinal(rule.Assignment.Item.Id, best.Assignment.Item.Id) < 0))
                (best, rank) = (rule, shape.Rank);
        }

        return best?.Assignment;
    }

    /// <summary>A rule: the members that must be equal, and those that must begin so; each normalised.</summary>
    /// <param name="Assignment">Whom it names, and when.</param>
    /// <param name="Exact">Members that must be equal.</param>
    /// <param name="Prefix">Members that must begin so.</param>
    /// <param name="Implied">Made of a link's own parameters.</param>
    internal sealed record Rule(Assignment Assignment, Utm Exact, Utm Prefix, bool Implied);

    private sealed class RulePattern(bool implied, UtmMembers exact, UtmMembers prefix, IEnumerable<Rule> rules)
    {
        private readonly Dictionary<Utm, Rule[]> byExact =
            rules.GroupBy(rule => rule.Exact).ToDictionary(
                group => group.Key,
                group => group.OrderBy(rule => rule.Assignment.Item.Id, StringComparer.Ordinal).ToArray());

        public (bool Implied, int Exact, int Prefix) Rank { get; } =
            (implied, -int.PopCount((int)exact), -int.PopCount((int)prefix));

        public Rule? Match(Utm utm, Timestamp at)
        {
            if ((utm.PresentMembers() & exact) != exact || !byExact.TryGetValue(utm.Keep(exact), out var candidates)) return null;
            foreach (var rule in candidates)
                if (rule.Assignment.IsActiveAt(at) && (prefix == UtmMembers.None || utm.StartsWith(rule.Prefix)))
                    return rule;
            return null;
        }
    }
}

/// <summary>Which members of a <see cref="Utm"/> are there.</summary>
[Flags]
internal enum UtmMembers
{
    None = 0,
    Source = 1,
    Medium = 2,
    Campaign = 4,
    Content = 8,
    Term = 16,
    Id = 32,
}

internal static class UtmExtensions
{
    public static UtmMembers PresentMembers(this Utm utm) =>
        (utm.Source is null ? 0 : UtmMembers.Source) | (utm.Medium is null ? 0 : UtmMembers.Medium)
        | (utm.Campaign is null ? 0 : UtmMembers.Campaign) | (utm.Content is null ? 0 : UtmMembers.Content)
        | (utm.Term is null ? 0 : UtmMembers.Term) | (utm.Id is null ? 0 : UtmMembers.Id);

    /// <summary>The same with only some members.</summary>
    public static Utm Keep(this Utm utm, UtmMembers members) => new(
        (members & UtmMembers.Source) != 0 ? utm.Source : null, (members & UtmMembers.Medium) != 0 ? utm.Medium : null,
        (members & UtmMembers.Campaign) != 0 ? utm.Campaign : null, (members & UtmMembers.Content) != 0 ? utm.Content : null,
        (members & UtmMembers.Term) != 0 ? utm.Term : null, (members & UtmMembers.Id) != 0 ? utm.Id : null);

    /// <summary>Whether each member of the prefix begins the same member here.</summary>
    public static bool StartsWith(this Utm utm, Utm prefix) =>
        HasPrefix(utm.Source, prefix.Source) && HasPrefix(utm.Medium, prefix.Medium) && HasPrefix(utm.Campaign, prefix.Campaign)
        && HasPrefix(utm.Content, prefix.Content) && HasPrefix(utm.Term, prefix.Term) && HasPrefix(utm.Id, prefix.Id);

    private static bool HasPrefix(string? value, string? prefix) => prefix is null || (value?.StartsWith(prefix, StringComparison.Ordinal) ?? false);
}
