using System.Text.RegularExpressions;
using System.Xml.Linq;
using Attribution.TestKit;

namespace Attribution.Host.Tests;

/// <summary>The rules of the tree that no compiler keeps.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Dictionary<string, string> Namespaces = new()
    {
        ["Ingest"] = "Ingest", ["Attribute"] = "Attributing", ["Rollup"] = "Rollup", ["Report"] = "Report",
    };

    public static TheoryData<string> Stages => [.. Namespaces.Keys];

    [Theory]
    [MemberData(nameof(Stages))]
    public void Stages_communicate_only_through_messages_and_the_store(string stage)
    {
        var files = SourceFiles(Path.Combine("src", "Attribution.Host", stage)).ToList();
        files.ShouldNotBeEmpty();
        var others = Namespaces.Where(other => other.Key != stage).Select(other => other.Value).ToList();
        files.SelectMany(file => FindReferences(file, others)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void Stage_folder_contains_only_its_own_namespace(string stage)
    {
        var own = $"namespace Attribution.Host.{Namespaces[stage]}";
        SourceFiles(Path.Combine("src", "Attribution.Host", stage))
            .Where(file => !File.ReadLines(file).Any(line => line.StartsWith(own + ";", StringComparison.Ordinal) || line.StartsWith(own + ".", StringComparison.Ordinal)))
            .Select(Path.GetFileName).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Attribution.Contracts")]
    [InlineData("Attribution.Core", "Attribution.Contracts")]
    [InlineData("Attribution.Storage", "Attribution.Core")]
    [InlineData("Attribution.Simulator", "Attribution.Contracts")]
    [InlineData("Attribution.Host", "Attribution.Storage", "Attribution.Simulator")]
    public void Project_references_point_in_one_direction(string project, params string[] references) =>
        XDocument.Load(Path.Combine(TestData.Repository, "src", project, project + ".csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)).ShouldBe(references, ignoreOrder: true);

    [Fact]
    public void Each_package_version_is_declared_once()
    {
        var projects = Directory.GetFiles(TestData.Repository, "*.csproj", SearchOption.AllDirectories);
        projects.ShouldNotBeEmpty();
        projects.SelectMany(project => XDocument.Load(project).Descendants("PackageReference").Where(package => package.Attribute("Version") is not null)
            .Select(package => $"{Path.GetFileName(project)}: {package.Attribute("Include")!.Value}")).ShouldBeEmpty();
    }

    [Fact]
    public void Twin_shares_no_code_with_the_engine()
    {
        var files = SourceFiles(Path.Combine("tests", "Attribution.TestKit", "Twin")).ToList();
        files.ShouldNotBeEmpty();
        files.SelectMany(File.ReadLines).Where(line => Regex.IsMatch(Comment().Replace(line, ""), @"\b(Core|Storage|Host|Simulator)\.", RegexOptions.CultureInvariant)).ShouldBeEmpty();
    }

    private static IEnumerable<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(TestData.Repository, folder), "*.cs", SearchOption.AllDirectories);

    /// <summary>Where a source names another stage: by its whole namespace, or, as C# allows inside <c>Attribution.Host</c>, by the stage's word and a type or folder of it.</summary>
    private static IEnumerable<string> FindReferences(string file, List<string> others) =>
        from line in File.ReadLines(file).Select((text, index) => (text, number: index + 1))
        let code = Comment().Replace(line.text, "")
        from other in others
        where Regex.IsMatch(code, $@"\bHost\.{other}\b|(?<![\w.]){other}\.({string.Join('|', DeclaredNames(other))})\b", RegexOptions.CultureInvariant)
        select $"{Path.GetFileName(file)}:{line.number}: {line.text.Trim()}";

    private static IEnumerable<string> DeclaredNames(string space)
    {
        var folder = Path.Combine("src", "Attribution.Host", Namespaces.Single(n => n.Value == space).Key);
        return SourceFiles(folder).SelectMany(File.ReadLines).SelectMany(line => Declaration().Matches(line)).Select(match => match.Groups[1].Value)
            .Concat(Directory.GetDirectories(Path.Combine(TestData.Repository, folder)).Select(f => Path.GetFileName(f)!)).Distinct();
    }

    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum)\s+([A-Z]\w*)", RegexOptions.CultureInvariant)]
    private static partial Regex Declaration();

    [GeneratedRegex("//.*$", RegexOptions.CultureInvariant)]
    private static partial Regex Comment();
}
