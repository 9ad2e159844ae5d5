namespace Attribution.Core.Quality;

/// <summary>A file of bot rules.</summary>
/// <param name="Version">The name of the version.</param>
/// <param name="Groups">The groups of rules. The first one that matches determines the label.</param>
/// <param name="FreeText">
/// Regular expressions of texts that no rule for bots reads: names of carriers, devices and languages within the tokens
/// of apps, and the models of phones.
/// </param>
internal sealed record RulesFile(
    string Version, IReadOnlyList<RulesGroup> Groups, IReadOnlyList<string>? FreeText = null);
