using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Attribution.Core.Values;

namespace Attribution.Host.Cli;

/// <summary>Validation of the command line before a command runs. Reports the first fault in one line.</summary>
internal static partial class ArgumentValidator
{
    private static readonly string[] KnownSections =
        ["Host", "Bus", "Store", "Telemetry", "Ingest", "Attribute", "Rollup", "Report", "Serilog"];

    /// <summary>Returns the first fault of the arguments; null if there is none.</summary>
    public static string? FindFault(ParseResult parsed, RootCommand root)
    {
        var command = parsed.CommandResult.Command;
        var options = command.Options.Select(o => o.Name).ToList();
        var help = $"See 'attribution {GetPath(parsed.CommandResult, root)}--help'.";
        foreach (var token in parsed.UnmatchedTokens)
        {
            if (!command.TreatUnmatchedTokensAsErrors && SettingPattern().Match(token) is { Success: true } setting)
            {
                var name = setting.Groups["name"].Value;
                var section = name.Split(':')[0];
                var hint = name.Contains(':', StringComparison.Ordinal)
                    ? SimilarNames.Find(section, KnownSections)
                    : SimilarNames.Find("--" + name, options);
                if (hint is not null && !hint.Equals(section, StringComparison.OrdinalIgnoreCase))
                {
                    var similar = name.Contains(':', StringComparison.Ordinal)
                        ? "--" + hint + name[section.Length..]
                        : hint;
                    return $"Unknown option '--{name}'; did you mean '{similar}'?";
                }

                continue;
            }

            return token.StartsWith('-')
                ? $"Unknown option '{token}'{SimilarNames.Suggest(token.Split('=')[0], options)}. {help}"
                : command == root
                    ? $"Unknown command '{token}'{SimilarNames.Suggest(token, root.Subcommands.Select(c => c.Name))}. {help}"
                    : $"Unexpected argument '{token}'. {help}";
        }

        return parsed.Errors is [var error, ..] ? $"{error.Message} {help}" : null;
    }

    /// <summary>Returns the names of a command and those above it, each followed by a space; empty for the root.</summary>
    private static string GetPath(CommandResult command, RootCommand root) =>
        command.Command == root ? "" : (command.Parent is CommandResult above ? GetPath(above, root) : "") + command.Command.Name + " ";

    /// <summary>
    /// Returns the settings among the arguments: those that match no option and have the form <c>--Key=value</c>.
    /// </summary>
    public static IEnumerable<string> GetSettings(ParseResult parsed) =>
        parsed.UnmatchedTokens.Where(token => SettingPattern().IsMatch(token));

    [GeneratedRegex("^--(?<name>[A-Za-z][A-Za-z0-9_.:-]*)=", RegexOptions.CultureInvariant)]
    private static partial Regex SettingPattern();
}
