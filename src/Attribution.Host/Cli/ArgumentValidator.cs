using System.CommandLine;
using System.Text.RegularExpressions;
using Attribution.Core.Values;

namespace Attribution.Host.Cli;

/// <summary>What is refused on a command line before anything runs, in one line.</summary>
internal static partial class ArgumentValidator
{
    private static readonly string[] KnownSections = ["Host", "Bus", "Store", "Telemetry", "Ingest", "Attribute", "Rollup", "Report", "Serilog"];

    /// <summary>The refusal, or null.</summary>
    public static string? FindFault(ParseResult parsed, RootCommand root)
    {
        var command = parsed.CommandResult.Command;
        var options = command.Options.Select(o => o.Name).ToList();
        foreach (var token in parsed.UnmatchedTokens)
        {
            if (!command.TreatUnmatchedTokensAsErrors && SettingPattern().Match(token) is { Success: true } setting)
            {
                var name = setting.Groups["name"].Value;
                var section = name.Split(':')[0];
                var hint = name.Contains(':', StringComparison.Ordinal) ? SimilarNames.Find(section, KnownSections) : SimilarNames.Find("--" + name, options);
                if (hint is not null && !hint.Equals(section, StringComparison.OrdinalIgnoreCase))
                    return $"Unknown option '--{name}'; did you mean '{(name.Contains(':', StringComparison.Ordinal) ? "--" + hint + name[section.Length..] : hint)}'?";
                continue;
            }

            return token.StartsWith('-')
                ? $"Unknown option '{token}'{SimilarNames.Suggest(token.Split('=')[0], options)}. See 'attribution {(command == root ? "" : command.Name + " ")}--help'."
                : command == root
                    ? $"Unknown command '{token}'{SimilarNames.Suggest(token, root.Subcommands.Select(c => c.Name))}. See 'attribution --help'."
                    : $"Unexpected argument '{token}'. See 'attribution {command.Name} --help'.";
        }

        return parsed.Errors is [var error, ..] ? $"{error.Message} See 'attribution {(command == root ? "" : command.Name + " ")}--help'." : null;
    }

    /// <summary>The settings among the arguments: what matched no option and is written <c>--Key=value</c>.</summary>
    public static IEnumerable<string> GetSettings(ParseResult parsed) => parsed.UnmatchedTokens.Where(token => SettingPattern().IsMatch(token));

    [GeneratedRegex("^--(?<name>[A-Za-z][A-Za-z0-9_.:-]*)=", RegexOptions.CultureInvariant)]
    private static partial Regex SettingPattern();
}
