using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Attribution.Host.Tests.Fixtures;
using Attribution.Host.Tests.Infra;

namespace Attribution.Host.Tests.Configuration;

/// <summary>
/// The tables of <c>docs/reference/configuration.md</c> are generated from the types of the options. The summary of an
/// option ends with <c>Default: …; range.</c>, which must be what the program does.
/// </summary>
public sealed partial class ConfigurationReferenceTests
{
    private static readonly Lazy<Dictionary<string, XElement>> Summaries = new(() =>
        XDocument.Load(Path.Combine(AppContext.BaseDirectory, "attribution.xml")).Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!));

    [Fact]
    public async Task Tables_of_the_reference_are_those_of_the_options() =>
        GeneratedBlocks.ShouldBeCurrent("docs/reference/configuration.md", (await ReadOptionsAsync()).GroupBy(option => option.Name.Split(':')[0])
            .ToDictionary(section => section.Key, IEnumerable<string> (section) =>
                ["| option | default | range | meaning |", "| --- | --- | --- | --- |", .. section.Select(option => option.Row)]));

    [Fact]
    public async Task Stated_defaults_and_ranges_are_those_of_the_program()
    {
        var options = await ReadOptionsAsync();
        options.Count.ShouldBeGreaterThan(60);
        options.SelectMany(option => option.FindFaults()).ShouldBeEmpty();
    }

    private static async Task<List<Option>> ReadOptionsAsync()
    {
        var surface = await ProductSurface.GetAsync();
        return
        [
            .. surface.Options.SelectMany(section => section.SelectMany(type => Read(section.Key, Activator.CreateInstance(type)!)))
                .GroupBy(option => option.Name).Select(same => same.MaxBy(option => option.Meaning.Length)!),
        ];
    }

    private static IEnumerable<Option> Read(string path, object defaults)
    {
        foreach (var property in defaults.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            var (name, value) = ($"{path}:{property.Name}", property.GetValue(defaults));
            if (value is null or string or IEnumerable || !property.PropertyType.IsClass) yield return Parse(name, property, value);
            else
                foreach (var nested in Read(name, value)) yield return nested;
        }
    }

    private static Option Parse(string name, PropertyInfo property, object? value)
    {
        var nodes = Summaries.Value[$"P:{property.DeclaringType!.FullName}.{property.Name}"].Nodes();
        var summary = Space().Replace(string.Concat(nodes.Select(node => node is XElement code ? $"`{code.Value}`" : ((XText)node).Value)), " ").Trim();
        var parts = Summary().Match(summary);
        parts.Success.ShouldBeTrue($"the summary of {name} must end with 'Default: …; range.'");
        var meaning = parts.Groups["meaning"].Value;
        if (char.IsLower(meaning[1])) meaning = char.ToLowerInvariant(meaning[0]) + meaning[1..];
        return new(name, value, property.GetCustomAttribute<RangeAttribute>(), parts.Groups["default"].Value, parts.Groups["range"].Value, meaning);
    }

    private sealed record Option(string Name, object? Value, RangeAttribute? Bounds, string Default, string Range, string Meaning)
    {
        public string Row => $"| `{Name}` | {GeneratedBlocks.Cell(Default)} | {GeneratedBlocks.Cell(Range)} | {GeneratedBlocks.Cell(Meaning)} |";

        public IEnumerable<string> FindFaults()
        {
            var stated = Default.Replace("`", "", StringComparison.Ordinal);
            var matches = Value switch
            {
                TimeSpan or int or long or double => Quantity(stated) == Quantity(Value),
                Enum or bool => stated.Equals($"{Value}", StringComparison.OrdinalIgnoreCase),
                string { Length: > 0 } => stated.StartsWith($"{Value}", StringComparison.Ordinal),
                _ => true,
            };
            if (!matches) yield return $"{Name} is '{Value}', documented as '{stated}'";
            if (Bounds is null) yield break;
            var (least, greatest) = (Quantity(Bound(Bounds.Minimum)), Quantity(Bound(Bounds.Maximum)));
            var range = Range.StartsWith("at least ", StringComparison.Ordinal) ? (Quantity(Range[9..]), greatest) : Bounded(Range);
            if (range != (least, greatest)) yield return $"{Name} is from {Bounds.Minimum} to {Bounds.Maximum}, documented as '{Range}'";
        }

        private object Bound(object bound) =>
            Bounds!.OperandType == typeof(TimeSpan) ? TimeSpan.Parse((string)bound, CultureInfo.InvariantCulture) : bound;
    }

    /// <summary>Reads <c>1 to 5 minutes</c>, where both may have a unit; the first has the second's if it has none.</summary>
    private static (double?, double?) Bounded(string text) =>
        text.Split(" to ") is not [var least, var greatest] ? (null, null)
        : (Quantity(double.TryParse(least, out _) ? $"{least} {greatest.Split(' ').Last()}" : least), Quantity(greatest));

    private static double Quantity(object value) =>
        value is TimeSpan time ? time.TotalMilliseconds : Convert.ToDouble(value, CultureInfo.InvariantCulture);

    /// <summary>Reads a number with its unit: durations in milliseconds, sizes in bytes. Null for a text that begins with none.</summary>
    private static double? Quantity(string text) =>
        Number().Match(text) is not { Success: true } match ? null
        : double.Parse(match.Groups["number"].Value, NumberStyles.Number, CultureInfo.InvariantCulture) * match.Groups["unit"].Value switch
        {
            "s" or "second" => 1e3, "minute" => 6e4, "hour" => 3.6e6, "day" => 8.64e7, "year" => 8.64e7 * 365, "KiB" => 1 << 10, "MiB" => 1 << 20,
            "GiB" => 1 << 30, _ => 1,
        };

    [GeneratedRegex(@"^(?<meaning>.+)\. Default: (?<default>[^;]+); (?<range>.+)\.$")]
    private static partial Regex Summary();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"^(?<number>[\d,]+(\.\d+)?) ?(?<unit>ms|second|s|minute|hour|day|year|KiB|MiB|GiB)?")]
    private static partial Regex Number();
}
