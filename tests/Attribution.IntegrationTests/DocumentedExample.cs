using Attribution.TestKit;

namespace Attribution.IntegrationTests;

/// <summary>
/// The documented example: catalog, events and the resulting rollup, in <c>tests/testdata/example</c>.
/// </summary>
internal static class DocumentedExample
{
    /// <summary>Option that makes the days of the example, in March 2026, acceptable for ten years.</summary>
    public const string Horizon = "--Ingest:Horizon=3650.00:00:00";

    private static readonly string[] CatalogMembers = ["id", "campaignId", "creatorId"];

    /// <summary>Reads the catalog items with their kinds. Each item follows the items that it refers to.</summary>
    public static IReadOnlyList<(string Kind, JsonObject Item)> Catalog() =>
    [
        .. Lines("catalog.ndjson").Select(line => JsonNode.Parse(line)!)
            .Select(node => ((string)node["kind"]!, node["item"]!.DeepClone().AsObject())),
    ];

    /// <summary>Reads the events.</summary>
    public static IReadOnlyList<JsonObject> Events() =>
        [.. Lines("events.ndjson").Select(line => JsonNode.Parse(line)!.AsObject())];

    /// <summary>Reads the events as lines of NDJSON.</summary>
    public static IEnumerable<string> EventLines() => Events().Select(journeyEvent => journeyEvent.ToJsonString());

    /// <summary>Reads the rollup of March.</summary>
    public static JsonObject Rollup() => JsonNode.Parse(File.ReadAllText(PathOf("rollup.json")))!.AsObject();

    /// <summary>Returns the item for another brand: each id is followed by the id of the brand.</summary>
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

    /// <summary>Returns the event for another brand.</summary>
    public static JsonObject ForBrand(JsonObject journeyEvent, string brand)
    {
        var other = journeyEvent.DeepClone().AsObject();
        other["brandId"] = brand;
        foreach (var member in (string[])["campaignId", "creatorId"])
            if (other[member] is { } value) other[member] = $"{(string)value!}-{brand}";
        return other;
    }

    /// <summary>
    /// Returns the differences between the documented and the returned rollup. Each documented member must have the
    /// same value; further members are allowed. The time of computation and the status of a day only have to be
    /// present.
    /// </summary>
    public static IEnumerable<string> Differences(JsonNode? expected, JsonNode? actual, string path = "")
    {
        if (path is "/computedAt" or "/lag" || path.EndsWith("/status", StringComparison.Ordinal))
            return actual is null ? [$"{path} is missing"] : [];
        return expected switch
        {
            JsonObject members => actual is JsonObject other
                ? members.SelectMany(member => Differences(member.Value, other[member.Key], path + "/" + member.Key))
                : [$"{path}: not an object"],
            JsonArray items => actual is JsonArray others && others.Count == items.Count
                ? items.SelectMany((item, i) => Differences(item, others[i], $"{path}/{i}"))
                : [$"{path}: expected {items.Count} items, returned {Text(actual)}"],
            _ => JsonNode.DeepEquals(expected, actual) ? [] : [$"{path}: expected {Text(expected)}, returned {Text(actual)}"],
        };

        static string Text(JsonNode? node) => node?.ToJsonString() ?? "null or nothing";
    }

    private static string[] Lines(string name) => File.ReadAllLines(PathOf(name));

    private static string PathOf(string name) => Path.Combine(TestData.Repository, "tests", "testdata", "example", name);
}
