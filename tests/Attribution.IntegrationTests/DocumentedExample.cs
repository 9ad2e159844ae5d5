using Attribution.TestKit;

namespace Attribution.IntegrationTests;

/// <summary>The catalog and events printed in the documentation, and the rollup printed beside them: <c>tests/testdata/example</c>.</summary>
internal static class DocumentedExample
{
    /// <summary>The printed days lie in March 2026 and stay acceptable for ten years.</summary>
    public const string Horizon = "--Ingest:Horizon=3650.00:00:00";

    private static readonly string[] CatalogMembers = ["id", "campaignId", "creatorId"];

    /// <summary>The catalog's items with their kinds, in an order in which each comes after what it names.</summary>
    public static IReadOnlyList<(string Kind, JsonObject Item)> Catalog() =>
        [.. Lines("catalog.ndjson").Select(line => JsonNode.Parse(line)!).Select(node => ((string)node["kind"]!, node["item"]!.DeepClone().AsObject()))];

    /// <summary>The events.</summary>
    public static IReadOnlyList<JsonObject> Events() => [.. Lines("events.ndjson").Select(line => JsonNode.Parse(line)!.AsObject())];

    /// <summary>The rollup of March.</summary>
    public static JsonObject Rollup() => JsonNode.Parse(File.ReadAllText(PathOf("rollup.json")))!.AsObject();

    /// <summary>The same item in the hands of another brand: every id has the brand's name behind it.</summary>
    public static JsonObject ForBrand(string kind, JsonObject item, string brand)
    {
        var other = item.DeepClone().AsObject();
        if (kind == "brands") other["id"] = brand;
        else if (kind != "fx-rates")
            foreach (var member in CatalogMembers)
                if (other[member] is { } value) other[member] = $"{(string)value!}-{brand}";
        if (kind == "campaigns") other["brandId"] = brand;
        return other;
    }

    /// <summary>The same event of another brand.</summary>
    public static JsonObject ForBrand(JsonObject happened, string brand)
    {
        var other = happened.DeepClone().AsObject();
        other["brandId"] = brand;
        foreach (var member in (string[])["campaignId", "creatorId"])
            if (other[member] is { } value) other[member] = $"{(string)value!}-{brand}";
        return other;
    }

    /// <summary>
    /// Where an answer differs from what is printed: every printed member must be there with that value; more may be. The moment of the
    /// answer is its own, and a day that is long over is closed.
    /// </summary>
    public static IEnumerable<string> Differences(JsonNode? printed, JsonNode? answered, string path = "")
    {
        if (path is "/computedAt" or "/lag" || path.EndsWith("/status", StringComparison.Ordinal)) return answered is null ? [$"{path} is missing"] : [];
        return printed switch
        {
            JsonObject members => answered is JsonObject other
                ? members.SelectMany(member => Differences(member.Value, other[member.Key], path + "/" + member.Key))
                : [$"{path}: no object"],
            JsonArray items => answered is JsonArray others && others.Count == items.Count
                ? items.SelectMany((item, i) => Differences(item, others[i], $"{path}/{i}"))
                : [$"{path}: {items.Count} printed, answered {answered?.ToJsonString() ?? "nothing"}"],
            _ => JsonNode.DeepEquals(printed, answered) ? [] : [$"{path}: printed {printed?.ToJsonString() ?? "null"}, answered {answered?.ToJsonString() ?? "nothing"}"],
        };
    }

    private static string[] Lines(string name) => File.ReadAllLines(PathOf(name));

    private static string PathOf(string name) => Path.Combine(TestData.Repository, "tests", "testdata", "example", name);
}
