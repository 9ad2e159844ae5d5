using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>
/// A brand's UTM rules, indexed. Explicit rules take precedence over rules that links imply. Among either, the rule
/// with the most exact members wins, then the one with the most prefix members, then the one with the lowest id
/// (ordinal). Rules of the same shape (the same members exact, the same members by prefix) share a dictionary over
/// their exact values. A lookup therefore needs one probe per shape, regardless of the number of rules.
/// </summary>
internal sealed class UtmRules
{
    private readonly List<RulePattern> patterns;

    public UtmRules(IEnumerable<UtmRule> rules) =>
        patterns =
        [
            .. rules.GroupBy(rule => (rule.Implied, Exact: rule.Exact.PresentMembers(), Prefix: rule.Prefix.PresentMembers()))
                .Select(group => new RulePattern(group.Key.Implied, group.Key.Exact, group.Key.Prefix, group))
                .OrderBy(pattern => pattern.Rank),
        ];

    /// <summary>Returns the assignment of the winning rule that is in effect at the instant, or null.</summary>
    public Assignment? Match(Utm utm, Timestamp at)
    {
        UtmRule? best = null;
        var rank = default((bool, int, int));
        foreach (var pattern in patterns)
        {
            if (best is not null && pattern.Rank != rank) break;
            if (pattern.Match(utm, at) is { } rule
                && (best is null || string.CompareOrdinal(rule.Assignment.Item.Id, best.Assignment.Item.Id) < 0))
                (best, rank) = (rule, pattern.Rank);
        }

        return best?.Assignment;
    }

    private sealed class RulePattern(bool implied, UtmMembers exact, UtmMembers prefix, IEnumerable<UtmRule> rules)
    {
        private readonly Dictionary<Utm, UtmRule[]> byExact =
            rules.GroupBy(rule => rule.Exact).ToDictionary(
                group => group.Key,
                group => group.OrderBy(rule => rule.Assignment.Item.Id, StringComparer.Ordinal).ToArray());

        public (bool Implied, int Exact, int Prefix) Rank { get; } =
            (implied, -int.PopCount((int)exact), -int.PopCount((int)prefix));

        public UtmRule? Match(Utm utm, Timestamp at)
        {
            if ((utm.PresentMembers() & exact) != exact || !byExact.TryGetValue(utm.Keep(exact), out var candidates))
                return null;
            foreach (var rule in candidates)
                if (rule.Assignment.IsActiveAt(at) && (prefix == UtmMembers.None || utm.StartsWith(rule.Prefix)))
                    return rule;
            return null;
        }
    }
}
