using System.Text.RegularExpressions;

namespace Attribution.Host.Tests.Infra;

/// <summary><c>infra/Dockerfile</c>, parsed into instructions.</summary>
internal static partial class Dockerfile
{
    /// <summary>Gets the instructions with their arguments; continued lines are joined.</summary>
    public static IReadOnlyList<(string Name, string Arguments)> Instructions { get; } =
    [
        .. Continued().Replace(InfraFiles.Text("Dockerfile"), " ").Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => (line.Split(' ')[0], line[(line.IndexOf(' ') + 1)..].Trim())),
    ];

    /// <summary>Returns the arguments of the last instruction with a name, which belongs to the final stage.</summary>
    public static string Last(string name) => Instructions.Last(item => item.Name == name).Arguments;

    /// <summary>Returns a variable of the final stage.</summary>
    public static string Variable(string name) => Assignment().Matches(Last("ENV")).Single(match => match.Groups["name"].Value == name).Groups["value"].Value;

    [GeneratedRegex(@"\\\r?\n\s*", RegexOptions.CultureInvariant)]
    private static partial Regex Continued();

    [GeneratedRegex("""(?<name>\w+)=("(?<value>[^"]*)"|(?<value>\S*))""", RegexOptions.CultureInvariant)]
    private static partial Regex Assignment();
}
