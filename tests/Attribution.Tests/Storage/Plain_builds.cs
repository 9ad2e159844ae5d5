using System.Text.Json.Nodes;
using Attribution.Storage;

namespace Attribution.Tests.Storage;

/// <summary>What compiles in by a property alone is no part of a plain build: not restored, not compiled, not referenced.</summary>
public sealed class Plain_builds
{
    private static readonly string[] Apart = ["MongoDB.", "DnsClient", "SharpCompress", "Snappier", "ZstdSharp", "Testcontainers", "Docker.DotNet", "SharpZipLib", "ICSharpCode", "SSH.NET", "Renci", "BouncyCastle"];

    [Fact]
    public void Nothing_of_MongoDB_or_Testcontainers_is_restored()
    {
        var restored = Directory.GetFiles(Oracle.Repository, "*.csproj", SearchOption.AllDirectories)
            .Select(project => Path.Combine(Path.GetDirectoryName(project)!, "obj", "project.assets.json")).Where(File.Exists).ToList();
        restored.Count.ShouldBeGreaterThanOrEqualTo(6, "this project and those that it references are restored at least");
        foreach (var project in restored)
        {
            var assets = JsonNode.Parse(File.ReadAllText(project))!;
            var names = assets["libraries"]!.AsObject().Select(library => library.Key)
                .Concat(assets["project"]!["frameworks"]!.AsObject().SelectMany(framework => framework.Value!["dependencies"]?.AsObject().Select(dependency => dependency.Key) ?? []))
                .ToList();
            names.ShouldNotBeEmpty(project);
            names.Where(IsApart).ShouldBeEmpty(project);
        }
    }

    [Fact]
    public void Nothing_of_them_is_compiled_or_lies_beside_the_program()
    {
        MongoDbPart.OpenAsync.ShouldBeNull();
        typeof(IStore).Assembly.GetTypes().Where(type => type.Namespace?.Contains("MongoDb", StringComparison.Ordinal) ?? false).ShouldBeEmpty();
        typeof(TestKit.TempFolder).Assembly.GetTypes().Where(type => type.FullName!.StartsWith("Attribution.TestKit.Containers", StringComparison.Ordinal)).Select(type => type.Name).ShouldBe(["ContainersPart"]);
        foreach (var type in new[] { typeof(IStore), typeof(Host.Hosting.StoreSection), typeof(TestKit.TempFolder) })
            type.Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!).Where(IsApart).ShouldBeEmpty();
        Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Select(file => Path.GetFileName(file)).Where(IsApart).ShouldBeEmpty();
    }

    private static bool IsApart(string name) => Apart.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
