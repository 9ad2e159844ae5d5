using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Tests.Events;
using Attribution.TestKit;

namespace Attribution.Core.Tests.Contracts;

public class ExampleFileTests
{
    // Checked at ingest, which knows the API key, the brands and the shops.
    private static readonly RejectionReason[] ReasonsOfLaterStages =
        [RejectionReason.BrandUnknown, RejectionReason.SourceNotAllowed, RejectionReason.TopicUnknown, RejectionReason.NotCounted, RejectionReason.LeftOut];

    // Rules that JSON Schema cannot express.
    private static readonly RejectionReason[] ReasonsNotInSchema =
    [
        RejectionReason.Malformed, RejectionReason.TooLate, RejectionReason.TooEarly, RejectionReason.MoneyPrecision, RejectionReason.DiscountAboveGross,
    ];

    private static readonly string[] ExamplesNotInSchema = ["out-of-range-too-large", "time-of-no-day"];

    private static readonly Dictionary<string, JsonObject> Schemas =
        SchemaGenerator.All().Where(file => file.Path.StartsWith("events/", StringComparison.Ordinal)).ToDictionary(file => (string)file.Schema["title"]!, file => file.Schema);

    public static TheoryData<string> Valid => [.. Names("valid")];

    public static TheoryData<string> Invalid => [.. Names("invalid")];

    [Theory]
    [MemberData(nameof(Valid))]
    public void Valid_example_is_accepted_and_matches_its_schema(string name)
    {
        var json = File.ReadAllBytes(Path("valid", name));
        EventReader.ReadStrict(json, EventReaderTests.Context).Fault.ShouldBeNull();
        FindMismatch(JsonNode.Parse(json)).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Invalid_example_yields_its_reason_and_pointer(string name)
    {
        var example = Example.Load(name);
        var fault = EventReader.ReadStrict(example.Json, EventReaderTests.Context).Fault.ShouldNotBeNull();
        (fault.Reason, fault.Pointer).ShouldBe((example.Reason, example.Pointer), fault.Detail);
        if (example.Event is not null && !ReasonsNotInSchema.Contains(example.Reason) && !ExamplesNotInSchema.Contains(name))
            FindMismatch(example.Event).ShouldNotBeNull();
    }

    [Fact]
    public void Every_reader_rejection_reason_has_an_example() =>
        Names("invalid").Select(name => Example.Load(name).Reason).Distinct().ShouldBe(Enum.GetValues<RejectionReason>().Except(ReasonsOfLaterStages), ignoreOrder: true);

    [Fact]
    public void Every_type_has_a_valid_example() =>
        Names("valid").Select(name => (string)JsonNode.Parse(File.ReadAllText(Path("valid", name)))!["type"]!).Distinct().ShouldBe(Schemas.Keys, ignoreOrder: true);

    /// <summary>
    /// Removes, nulls or replaces one member at a time in every valid example. The reader must reject what the schema
    /// rejects. The reader may reject what the schema accepts only for rules that no schema can express.
    /// </summary>
    [Fact]
    public void Schema_and_reader_agree_when_one_member_changes()
    {
        JsonNode?[] replacements =
        [
            null, 5, -5, 5.5, true, "", " ", "x", "5.00", "-5.00", "5,00", "USD", "usd", "order", "refund", "signup", "bot", "a@b.example", "2026-03-02T10:15:00Z",
            "2026-03-02T10:15:00", new string('x', 64), new string('x', 65), new string('x', 128), new string('x', 129), new string('x', 1025), new string('x', 4097),
            new JsonArray(), new JsonArray("A"), new JsonArray(""), new JsonArray(5), new JsonObject(),
        ];
        var tried = 0;
        foreach (var name in Names("valid"))
        {
            var valid = JsonNode.Parse(File.ReadAllBytes(Path("valid", name)))!.AsObject();
            var members = Schemas[(string)valid["type"]!]["properties"]!.AsObject().Select(member => member.Key).Where(member => member != "type").Append("novelty").ToList();
            foreach (var member in members)
            {
                var dropped = valid.DeepClone().AsObject();
                dropped.Remove(member);
                Agree(dropped, name);
                foreach (var replacement in replacements)
                {
                    var changed = valid.DeepClone().AsObject();
                    changed[member] = replacement?.DeepClone();
                    Agree(changed, $"{name}: {member} = {replacement?.ToJsonString() ?? "null"}");
                    tried++;
                }
            }
        }
        tried.ShouldBeGreaterThan(5_000);

        static void Agree(JsonObject changed, string what)
        {
            var misfit = FindMismatch(changed);
            var read = EventReader.ReadStrict(Encoding.UTF8.GetBytes(changed.ToJsonString()), EventReaderTests.Context);
            var fault = read.Fault;
            // Unreadable lines are left out, and reject nothing.
            if (misfit is not null) (fault ?? read.LeftOut?[0]).ShouldNotBeNull($"{what}: the schema says {misfit}");
            else if (fault is not null) ReasonsNotInSchema.ShouldContain(fault.Reason, $"{what}: {fault}");
        }
    }

    private static string? FindMismatch(JsonNode? @event)
    {
        if (@event is not JsonObject members) return "no object";
        return members["type"] is JsonValue type && type.GetValueKind() == JsonValueKind.String && Schemas.TryGetValue(type.GetValue<string>(), out var schema)
            ? SchemaValidator.FindMismatch(schema, members) : "no type";
    }

    private static IEnumerable<string> Names(string folder) =>
        Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(Path(folder, "x"))!, "*.json").Select(file => System.IO.Path.GetFileNameWithoutExtension(file)!).Order();

    private static string Path(string folder, string name) => System.IO.Path.Combine(TestData.Repository, "schemas", "examples", folder, name + ".json");

    private sealed record Example(RejectionReason Reason, string Pointer, byte[] Json, JsonNode? Event)
    {
        public static Example Load(string name)
        {
            var file = JsonNode.Parse(File.ReadAllText(Path("invalid", name)))!;
            var reason = JsonSerializer.Deserialize(file["reason"]!.ToJsonString(), ContractsJson.Default.RejectionReason);
            var text = (string?)file["text"] ?? file["event"]!.ToJsonString();
            return new Example(reason, (string)file["pointer"]!, Encoding.UTF8.GetBytes(text), file["event"]);
        }
    }
}
