using System.Collections;
using System.Reflection;
using System.Text.RegularExpressions;
using Attribution.Host.Tests.Infra;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Configuration;

/// <summary>The tables of <c>docs/reference/configuration.md</c> are those of the options.</summary>
public sealed partial class ConfigurationReferenceTests
{
    [Fact]
    public async Task Reference_lists_every_option_once() =>
        ReadDocumented().Select(option => option.Name).ShouldBe((await ReadOptionsAsync()).Keys, ignoreOrder: true);

    [Fact]
    public async Task Documented_defaults_are_those_of_the_options()
    {
        var wrong = new List<string>();
        var options = await ReadOptionsAsync();
        foreach (var (name, stated) in ReadDocumented())
        {
            var matches = options[name] switch
            {
                TimeSpan time => Quantity(stated) == time.TotalMilliseconds,
                int or long or double => Quantity(stated) == Convert.ToDouble(options[name], CultureInfo.InvariantCulture),
                Enum or bool => stated.Equals($"{options[name]}", StringComparison.OrdinalIgnoreCase),
                _ => stated.Length > 0,
            };
            if (!matches) wrong.Add($"{name} is '{options[name]}', documented as '{stated}'");
        }

        wrong.ShouldBeEmpty();
    }

    private static List<(string Name, string Default)> ReadDocumented() =>
    [
        .. Row().Matches(File.ReadAllText(Path.Combine(TestData.Repository, "docs/reference/configuration.md")))
            .Select(row => (row.Groups["name"].Value, row.Groups["default"].Value.Replace("`", "", StringComparison.Ordinal))),
    ];

    private static async Task<Dictionary<string, object?>> ReadOptionsAsync()
    {
        var surface = await ProductSurface.GetAsync();
        return surface.Options.SelectMany(section => section.SelectMany(type => Read(section.Key, Activator.CreateInstance(type)!)))
            .GroupBy(option => option.Name).ToDictionary(same => same.Key, same => same.First().Default);
    }

    private static IEnumerable<(string Name, object? Default)> Read(string path, object defaults)
    {
        foreach (var property in defaults.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            var (name, value) = ($"{path}:{property.Name}", property.GetValue(defaults));
            if (value is null or string or IEnumerable || !property.PropertyType.IsClass) yield return (name, value);
            else
                foreach (var nested in Read(name, value)) yield return nested;
        }
    }

    /// <summary>Reads a number with its unit: durations in milliseconds, sizes in bytes. Null for a text that begins with none.</summary>
    private static double? Quantity(string text) =>
        Number().Match(text) is not { Success: true } match ? null
        : double.Parse(match.Groups["number"].Value, NumberStyles.Number, CultureInfo.InvariantCulture) * match.Groups["unit"].Value switch
        {
            "s" or "second" => 1e3, "minute" => 6e4, "hour" => 3.6e6, "day" => 8.64e7, "KiB" => 1 << 10, "MiB" => 1 << 20, "GiB" => 1 << 30, _ => 1,
        };

    [GeneratedRegex(@"^\| `(?<name>[A-Z][A-Za-z]+(:[A-Za-z]+)+)` \| (?<default>.+?) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^(?<number>[\d,]+(\.\d+)?) ?(?<unit>ms|second|s|minute|hour|day|KiB|MiB|GiB)?")]
    private static partial Regex Number();
}
