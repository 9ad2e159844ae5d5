using System.Text.Json.Nodes;
using Attribution.TestKit;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Attribution.Host.Tests.Infra;

/// <summary>Files of <c>infra/</c>, parsed as their tools parse them: anchors resolved, merges applied.</summary>
internal static class InfraFiles
{
    public static string Folder { get; } = Path.Combine(TestData.Repository, "infra");

    /// <summary>Gets the folder of the operators' documents.</summary>
    public static string Documentation { get; } = Path.Combine(TestData.Repository, "docs", "operations");

    public static string Text(string name) => File.ReadAllText(Path.Combine(Folder, name));

    public static JsonNode Json(string name) => JsonNode.Parse(Text(name))!;

    public static JsonNode Yaml(string name) => Documents(name).Single();

    /// <summary>Returns all documents of a file.</summary>
    public static IReadOnlyList<JsonNode> Documents(string name) => Parse(Text(name));

    public static IReadOnlyList<JsonNode> Parse(string text)
    {
        var reader = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
        var writer = new SerializerBuilder().JsonCompatible().Build();
        var parser = new MergingParser(new Parser(new StringReader(text)));
        var documents = new List<JsonNode>();
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _)) documents.Add(JsonNode.Parse(writer.Serialize(reader.Deserialize<object>(parser)!))!);
        return documents;
    }

    /// <summary>Returns names and values of an environment file.</summary>
    public static Dictionary<string, string> Variables(string name) => Text(name).Split('\n').Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>Returns the node at a path; fails with the path if there is none.</summary>
    public static JsonNode At(this JsonNode node, string path) => path.Split('/').Aggregate(
        node, (at, step) => (at is JsonArray list ? list[int.Parse(step, CultureInfo.InvariantCulture)] : at[step]) ?? throw new KeyNotFoundException($"{path}: there is no '{step}'."));

    public static string ValueAt(this JsonNode node, string path) => node.At(path).ToString();

    public static IEnumerable<JsonNode> Items(this JsonNode node, string path) => node.At(path).AsArray().Select(item => item!);

    public static IEnumerable<KeyValuePair<string, JsonNode>> Members(this JsonNode node, string path) => node.At(path).AsObject().Select(item => KeyValuePair.Create(item.Key, item.Value!));

    /// <summary>Parses a duration such as <c>40s</c> to seconds.</summary>
    public static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(int.Parse(text.TrimEnd('s'), CultureInfo.InvariantCulture));
}
