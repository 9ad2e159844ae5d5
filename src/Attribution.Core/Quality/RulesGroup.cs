namespace Attribution.Core.Quality;

/// <summary>A group of bot rules of one origin.</summary>
/// <param name="Origin">The origin of the rules.</param>
/// <param name="Licence">The license of the rules.</param>
/// <param name="Bots">Regular expressions; a user agent that matches one of them is a bot.</param>
/// <param name="About">A description of the group.</param>
/// <param name="Except">Regular expressions; a user agent that matches one of them is not a bot by this group.</param>
/// <param name="Label">The label of the group's user agents: <c>bot</c> or <c>assistant</c>. Absent: <c>bot</c>.</param>
internal sealed record RulesGroup(
    string Origin, string Licence, IReadOnlyList<string> Bots, string? About = null, IReadOnlyList<string>? Except = null,
    string? Label = null);
