using Attribution.Contracts.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>A UTM rule. All values are normalized.</summary>
/// <param name="Assignment">The placement that the rule names, and the interval in which it does.</param>
/// <param name="Exact">The members that must be equal.</param>
/// <param name="Prefix">The members that must begin with a value.</param>
/// <param name="Implied">True if the rule is derived from a link's own parameters.</param>
internal sealed record UtmRule(Assignment Assignment, Utm Exact, Utm Prefix, bool Implied)
{
    /// <summary>Creates a rule. Values that end with <c>*</c> are prefixes, except in implied rules.</summary>
    public static UtmRule Create(Assignment assignment, UtmItem match, bool implied)
    {
        var isPrefix = (string value) => !implied && value.EndsWith('*');
        var exact = Map(match, value => isPrefix(value) ? null : TextNormalizer.UtmValue(value));
        var prefix = Map(match, value => isPrefix(value) ? TextNormalizer.UtmValue(value[..^1]) : null);
        return new(assignment, exact, prefix, implied);
    }

    private static Utm Map(UtmItem item, Func<string, string?> convert)
    {
        return new(
            Value(item.Source), Value(item.Medium), Value(item.Campaign),
            Value(item.Content), Value(item.Term), Value(item.Id));

        string? Value(string? value) => value is null ? null : convert(value);
    }
}
