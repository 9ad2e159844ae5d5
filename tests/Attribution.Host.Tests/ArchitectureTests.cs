using System.Reflection;
using System.Xml.Linq;
using Attribution.Host.Hosting;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;
using Attribution.TestKit.Twin;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using NetArchTest.Rules;

namespace Attribution.Host.Tests;

/// <summary>Rules of the source tree, checked on the compiled types.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "Attribution.Host";

    /// <summary>Class that the Razor compiler generates, always public, for a file <c>_Imports.razor</c>.</summary>
    private const string RazorImports = "_Imports";

    private static readonly Assembly Host = typeof(AttributionHost).Assembly;
    private static readonly string[] Stages = ["Ingest", "Attribution", "Rollup", "Reporting"];

    /// <summary>Namespaces of the host that every stage may use. They use no stage, except those in <see cref="Composition"/>.</summary>
    private static readonly string[] Shared = ["Access", "Configuration", "Hosting", "Jobs", "Messaging", "Observability"];

    /// <summary>Namespaces that put the stages together or start them; no stage may use Cli or Demo.</summary>
    private static readonly string[] Composition = ["Cli", "Demo", "Hosting"];

    public static TheoryData<string, string[]> ProjectReferences => new()
    {
        { "Attribution.Contracts", [] },
        { "Attribution.Core", ["Attribution.Contracts"] },
        { "Attribution.Storage", ["Attribution.Core"] },
        { "Attribution.Storage.Sqlite", ["Attribution.Storage"] },
        { "Attribution.Storage.MongoDb", ["Attribution.Storage"] },
        { "Attribution.Simulator", ["Attribution.Contracts"] },
        { "Attribution.Host", ["Attribution.Storage.Sqlite", "Attribution.Storage.MongoDb", "Attribution.Simulator"] },
    };

    public static TheoryData<string> StageNames => [.. Stages];

    public static TheoryData<string> SharedNames => [.. Shared.Except(Composition)];

    [Theory]
    [MemberData(nameof(ProjectReferences))]
    public void Project_references_point_in_one_direction(string project, string[] references) =>
        XDocument.Load(Path.Combine(TestData.Repository, "src", project, project + ".csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
            .ShouldBe(references, ignoreOrder: true);

    [Fact]
    public void Every_project_has_a_rule_for_its_references() =>
        Directory.GetDirectories(Path.Combine(TestData.Repository, "src"), "Attribution.*").Select(Path.GetFileName)
            .ShouldBe(ProjectReferences.Select(row => row.Data.Item1), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(StageNames))]
    public void Stages_use_only_shared_namespaces_of_the_host(string stage) =>
        FindUses(stage, AllNamespaces().Except([.. Shared, stage])).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(SharedNames))]
    public void Shared_namespaces_use_no_stage(string shared) => FindUses(shared, [.. Stages, "Cli", "Demo"]).ShouldBeEmpty();

    [Fact]
    public void Namespaces_equal_folders()
    {
        var sources = new SourceMap(Host);
        sources.Types.ShouldNotBeEmpty();
        sources.Types
            .Where(type => type.Namespace != "" && !type.Files.All(file => SourceMap.NamespaceOf(file) == type.Namespace))
            .Select(type => $"{type.Namespace}.{type.Name}: {string.Join(", ", type.Files)}").ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_program_and_Razor_components_are_public() =>
        Host.GetExportedTypes()
            .Where(type => type.FullName != "Program" && !type.IsAssignableTo(typeof(ComponentBase)) && type.Name != RazorImports)
            .Select(type => type.FullName).ShouldBeEmpty();

    [Fact]
    public void Results_are_made_only_in_Api_namespaces() =>
        Report(Types.InAssembly(Host).That().DoNotResideInNamespaceMatching(@"\.Api(\.|$)")
            .ShouldNot().HaveDependencyOn(typeof(IResult).FullName!)).ShouldBeEmpty();

    [Fact]
    public void Partial_classes_have_at_most_three_files() =>
        new SourceMap(Host).Types.Where(type => type.Files.Count > 3).Select(type => type.Name).ShouldBeEmpty();

    [Fact]
    public void Twin_shares_no_code_with_the_engine()
    {
        var twin = Types.InAssembly(typeof(NaiveTwin).Assembly).That().ResideInNamespace(typeof(NaiveTwin).Namespace!);
        twin.GetTypes().ShouldNotBeEmpty();
        Report(twin.ShouldNot().HaveDependencyOnAny("Attribution.Core", "Attribution.Storage", "Attribution.Host", "Attribution.Simulator"))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Each_package_version_is_declared_once()
    {
        var projects = Directory.GetFiles(TestData.Repository, "*.csproj", SearchOption.AllDirectories);
        projects.ShouldNotBeEmpty();
        projects
            .SelectMany(project => XDocument.Load(project).Descendants("PackageReference")
                .Where(package => package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null)
                .Select(package => $"{Path.GetFileName(project)}: {package.Attribute("Include")!.Value}"))
            .ShouldBeEmpty();
        XDocument.Load(Path.Combine(TestData.Repository, "Directory.Packages.props")).Descendants("PackageVersion")
            .Select(package => package.Attribute("Include")!.Value).ShouldBeUnique();
    }

    /// <summary>Types of one folder of the host that use types of other folders.</summary>
    private static IEnumerable<string> FindUses(string folder, IEnumerable<string> others)
    {
        var types = Types.InAssembly(Host).That().ResideInNamespace($"{Root}.{folder}");
        types.GetTypes().ShouldNotBeEmpty();
        return Report(types.ShouldNot().HaveDependencyOnAny([.. others.Select(other => $"{Root}.{other}")]));
    }

    private static IEnumerable<string> Report(ConditionList rule) => rule.GetResult().FailingTypeNames ?? [];

    private static IEnumerable<string> AllNamespaces() => Host.GetTypes()
        .Select(type => type.Namespace ?? "").Where(name => name.StartsWith(Root + ".", StringComparison.Ordinal))
        .Select(name => name.Split('.')[2]).Distinct();
}
