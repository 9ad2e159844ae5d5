using System.Text.Encodings.Web;
using System.Text.Json;
using Attribution.TestKit;

namespace Attribution.Core.Tests.Contracts;

public class SchemaFileTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Folder => Path.Combine(TestData.Repository, "schemas");

    /// <summary>
    /// After a change of the contracts, run this test with <c>ATTRIBUTION_WRITE_SCHEMAS=1</c> to rewrite the files, and
    /// describe the change in <c>schemas/CHANGELOG.md</c>.
    /// </summary>
    [Fact]
    public void Schema_files_match_the_contracts()
    {
        var made = SchemaGenerator.All().ToDictionary(file => file.Path, file => file.Schema.ToJsonString(Indented) + "\n");
        if (Environment.GetEnvironmentVariable("ATTRIBUTION_WRITE_SCHEMAS") == "1")
        {
            foreach (var (path, text) in made)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Folder, path))!);
                File.WriteAllText(Path.Combine(Folder, path), text);
            }
        }

        foreach (var (path, text) in made)
            File.ReadAllText(Path.Combine(Folder, path)).ShouldBe(text, $"schemas/{path} is out of date: run this test with ATTRIBUTION_WRITE_SCHEMAS=1.");
        Directory.EnumerateFiles(Folder, "*.schema.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/')).ShouldBe(made.Keys, ignoreOrder: true);
    }

    [Fact]
    public void Every_member_has_a_description()
    {
        foreach (var (path, schema) in SchemaGenerator.All())
            foreach (var (name, member) in schema["properties"]!.AsObject())
                ((string?)member!["description"]).ShouldNotBeNullOrWhiteSpace($"{path} {name}");
    }
}
