using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Attribution.Host.Tests.Infra;

/// <summary><c>infra/compose.yaml</c> with a placeholder for each password.</summary>
internal static partial class ComposeFile
{
    /// <summary>Placeholder for every secret, long enough to be valid.</summary>
    public const string Secret = "twenty-four-letters-of-it";

    public static JsonNode Services { get; } = InfraFiles.Yaml("compose.yaml").At("services");

    /// <summary>Gets the names of the variables that the file reads from the environment file.</summary>
    public static IReadOnlyList<string> Variables { get; } = [.. Variable().Matches(InfraFiles.Text("compose.yaml")).Select(match => match.Groups["name"].Value).Distinct()];

    /// <summary>Returns the environment of a service's container.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Environment(string service) =>
        [.. Services.Members($"{service}/environment").Select(item => KeyValuePair.Create(item.Key, Variable().Replace(item.Value.ToString(), Secret)))];

    [GeneratedRegex(@"(?<!\$)\$\{(?<name>[A-Z_]+)[^}]*\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
