using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Attribution.Host.Tests.Infra;

/// <summary><c>infra/compose.yaml</c> with what stands in it for passwords put in.</summary>
internal static partial class ComposeFile
{
    /// <summary>Stands for every secret, and is long enough to be one.</summary>
    public const string Secret = "twenty-four-letters-of-it";

    public static JsonNode Services { get; } = InfraFiles.Yaml("compose.yaml").At("services");

    /// <summary>Names of the variables that it takes from the environment file.</summary>
    public static IReadOnlyList<string> Variables { get; } = [.. Variable().Matches(InfraFiles.Text("compose.yaml")).Select(match => match.Groups["name"].Value).Distinct()];

    /// <summary>What a service's container has in its environment.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Environment(string service) =>
        [.. Services.Members($"{service}/environment").Select(one => KeyValuePair.Create(one.Key, Variable().Replace(one.Value.ToString(), Secret)))];

    [GeneratedRegex(@"(?<!\$)\$\{(?<name>[A-Z_]+)[^}]*\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
