using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Host.Messaging;
using Attribution.TestKit;
using YamlDotNet.Serialization;

namespace Attribution.Host.Tests.Messaging;

/// <summary><c>schemas/asyncapi.yaml</c> says what the code does: an outside producer relies on it.</summary>
public sealed class BusDescriptionTests
{
    private static readonly JsonNode Description = JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(
        new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build()
            .Deserialize(File.ReadAllText(Path.Combine(TestData.Repository, "schemas", "asyncapi.yaml")))!))!;

    private static JsonNode Pack => At("components", "schemas", "eventPack");

    [Fact]
    public void Names_and_arguments_match_the_declared_topology()
    {
        At("channels", "events", "address").ShouldBe(BusNames.Events);
        At("channels", "events", "bindings", "amqp", "exchange", "name").ShouldBe(BusNames.Events);
        At("channels", "packs", "address").ShouldBe(BusNames.AttributeQueue);
        At("channels", "packs", "bindings", "amqp", "queue", "name").ShouldBe(BusNames.AttributeQueue);
        At("channels", "packs", "description").GetValue<string>().ShouldContain(BusNames.DeadLetters);
        At("channels", "packs", "x-arguments").AsObject().ToDictionary(one => one.Key, one => one.Value!.ToString())
            .ShouldBe(BusTopology.QueueArguments.ToDictionary(one => one.Key, one => one.Value.ToString()!), ignoreOrder: true);
    }

    [Theory]
    [InlineData("eventPack", typeof(EventPack))]
    [InlineData("eventPack/properties/refused/items", typeof(RefusedEvent))]
    public void Members_match_the_contract(string place, Type contract)
    {
        var schema = At(["components", "schemas", .. place.Split('/')]);
        var members = ContractsJson.Default.GetTypeInfo(contract)!.Properties;
        schema["properties"]!.AsObject().Select(one => one.Key).ShouldBe(members.Select(member => member.Name), ignoreOrder: true);
        schema["required"]!.AsArray().Select(one => one!.GetValue<string>()).ShouldBe(members.Where(member => member.IsRequired).Select(member => member.Name), ignoreOrder: true);
    }

    [Fact]
    public void Shape_and_limits_match_the_code()
    {
        Pack["properties"]!["schema"]!["const"]!.ToString().ShouldBe(EventPack.CurrentSchema.ToString(CultureInfo.InvariantCulture));
        Pack["properties"]!["source"]!["maxLength"]!.ToString().ShouldBe(EventLimits.Id.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Every_reference_resolves()
    {
        var references = Walk(Description).Where(node => node.Key == "$ref").Select(node => node.Value!.GetValue<string>()).ToList();
        references.Count.ShouldBeGreaterThan(3);
        foreach (var reference in references) At(reference.TrimStart('#', '/').Split('/')).ShouldNotBeNull(reference);
    }

    [Fact]
    public void Example_is_a_valid_message()
    {
        var example = At("components", "messages", "eventPack", "examples")[0]!;
        var pack = JsonSerializer.Deserialize(example["payload"], ContractsJson.Default.EventPack)!;
        var read = EventReader.ReadLenient(pack.Events.Single(), new EventContext("shop", "default", new DateTimeOffset(2026, 3, 10, 0, 0, 0, TimeSpan.Zero), EventContext.DefaultHorizon));
        read.Fault.ShouldBeNull();
        example["summary"]!.GetValue<string>().ShouldEndWith(System.Text.Encoding.UTF8.GetString(pack.Events.Single()));
    }

    private static JsonNode At(params string[] path) =>
        path.Aggregate(Description, (node, name) => node[name] ?? throw new KeyNotFoundException($"{string.Join('/', path)}: there is no '{name}'."));

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Walk(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(one => Walk(one.Value).Prepend(one)),
        JsonArray items => items.SelectMany(Walk),
        _ => [],
    };
}

file static class JsonNodeAssertions
{
    public static void ShouldBe(this JsonNode node, string text) => node.GetValue<string>().ShouldBe(text);
}
