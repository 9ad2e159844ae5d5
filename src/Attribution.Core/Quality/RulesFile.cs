namespace Attribution.Core.Quality;

/// <summary>A file of bot rules.</summary>
/// <param name="Version">The name of the version.</param>
/// <param name="Groups">The groups of rules, which are evaluated independently.</param>
internal sealed record RulesFile(string Version, IReadOnlyList<RulesGroup> Groups);
