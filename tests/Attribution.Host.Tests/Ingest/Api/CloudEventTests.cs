using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Host.Ingest;
using Attribution.Host.Observability;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;
using Microsoft.AspNetCore.Http;

namespace Attribution.Host.Tests.Ingest.Api;

public sealed class CloudEventTests
{
    private static string Event(string id, string more = "") => $$"""
        {"specversion":"1.0","type":"click","source":"/shop","id":"{{id}}","time":"{{TestEvents.Now}}","subject":null,"traceparent":"00-1","data":{ "link":"mia-spring", "visitorId" : "v-1" }{{more}}}
        """;

    [Fact]
    public async Task Structured_cloud_event_is_stored_as_an_event()
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync(Event("c-1"), "application/cloudevents+json; charset=utf-8");

        answer.Json.GetRawText().ShouldBe("""{"accepted":1,"rejected":0,"results":[{"index":0,"id":"c-1","status":"accepted"}]}""");
        await Eventually.IsTrueAsync(() => host.Recorder.Committed.Count == 1, "the message is delivered");
        var stored = JsonNode.Parse(host.Recorder.Events.Single())!.AsObject();
        stored.Select(m => m.Key).ShouldBe(["type", "id", "source", "occurredAt", "link", "visitorId"]);
        stored["source"]!.GetValue<string>().ShouldBe("/shop");
        stored["visitorId"]!.GetValue<string>().ShouldBe("v-1");
    }

    [Fact]
    public async Task Batch_has_one_result_per_event()
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync($"[{Event("c-1")},{{\"specversion\":\"1.0\"}},{Event("c-2")}]", "application/cloudevents-batch+json");

        answer.Results.Select(r => r.GetProperty("status").GetString()).ShouldBe(["accepted", "rejected", "accepted"]);
        answer.Results[1].GetProperty("reason").GetString().ShouldBe("member_missing");
        answer.Results[1].GetProperty("pointer").GetString().ShouldBe("/id");
        (await host.PostAsync("[]", "application/cloudevents-batch+json")).Accepted.ShouldBe(0);
    }

    [Fact]
    public async Task Structured_and_batch_modes_are_not_confused()
    {
        await using var host = await IngestHost.StartAsync();

        (await host.PostAsync($"[{Event("c-1")}]", "application/cloudevents+json")).Reason.ShouldBe("malformed");
        (await host.PostAsync(Event("c-1"), "application/cloudevents-batch+json")).Reason.ShouldBe("malformed");
    }

    [Fact]
    public async Task Binary_cloud_event_has_its_attributes_in_headers()
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync(
            "{\"link\":\"mia-spring\"}"u8.ToArray(), "application/json",
            ("ce-specversion", "1.0"), ("ce-type", "click"), ("ce-source", "/shop%20one"), ("ce-id", "c-1"), ("ce-time", TestEvents.Now));

        answer.Accepted.ShouldBe(1);
        await Eventually.IsTrueAsync(() => host.Recorder.Committed.Count == 1, "the message is delivered");
        var stored = JsonNode.Parse(host.Recorder.Events.Single())!;
        stored["source"]!.GetValue<string>().ShouldBe("/shop one");
        stored["link"]!.GetValue<string>().ShouldBe("mia-spring");
    }

    [Fact]
    public async Task Fault_in_data_has_a_pointer_into_the_cloud_event()
    {
        await using var host = await IngestHost.StartAsync();
        var late = Event("c-1").Replace(TestEvents.Now[..4], "1999", StringComparison.Ordinal);
        var unknown = Event("c-2").Replace("visitorId", "nonsense", StringComparison.Ordinal);

        var answer = await host.PostAsync($"[{late},{unknown}]", "application/cloudevents-batch+json");

        answer.Results[0].GetProperty("pointer").GetString().ShouldBe("/time");
        answer.Results[1].GetProperty("pointer").GetString().ShouldBe("/data/nonsense");
        await Eventually.IsTrueAsync(() => host.Recorder.Refused.Count == 2, "the rejections are delivered");
        Encoding.UTF8.GetString(host.Recorder.Refused[1].Payload).ShouldBe(unknown.Trim());
    }

    [Theory]
    [InlineData("""{"specversion":"0.3","id":"1","type":"click","source":"s"}""", "value_unknown", "/specversion")]
    [InlineData("""{"id":"1","type":"click","source":"s"}""", "member_missing", "/specversion")]
    [InlineData("""{"specversion":"1.0","id":"1","type":"click"}""", "member_missing", "/source")]
    [InlineData("""{"specversion":"1.0","id":"1","type":null,"source":"s"}""", "member_missing", "/type")]
    [InlineData("""{"specversion":"1.0","id":"","type":"click","source":"s"}""", "text_empty", "/id")]
    [InlineData("""{"specversion":"1.0","id":1,"type":"click","source":"s"}""", "member_wrong_type", "/id")]
    [InlineData("""{"specversion":"1.0","id":"1","id":"2","type":"click","source":"s"}""", "malformed", "/id")]
    [InlineData("""{"specversion":"1.0","id":"1","type":"click","source":"s","data":"text"}""", "member_wrong_type", "/data")]
    [InlineData("""{"specversion":"1.0","id":"1","type":"click","source":"s","data":{"id":"2"}}""", "member_not_allowed", "/data/id")]
    [InlineData("""{"specversion":"1.0","id":"1","type":"click","source":"s","time":"t","data":{"occurredAt":"2"}}""", "member_not_allowed", "/data/occurredAt")]
    [InlineData("""{"specversion":"1.0","id":"1","type":"click","source":"s","data":{},"data_base64":"e30="}""", "member_not_allowed", "/data_base64")]
    [InlineData("""{"specversion":"1.0","id":"1","type":"click","source":"s","data_base64":"!"}""", "malformed", "/data_base64")]
    [InlineData("""{"specversion":"1.0","id":"1","type":"click","source":"s","data_base64":"AAEC/w=="}""", "malformed", "/data_base64")]
    [InlineData("""{"specversion":"1.0","id":"1","type":"click","source":"s","datacontenttype":"application/xml","data":"<x/>"}""", "value_unknown", "/datacontenttype")]
    [InlineData("7", "not_an_object", "")]
    [InlineData("""{"specversion":"1.0","id":"\ud800","type":"click","source":"s"}""", "malformed", "")]
    public void Foreign_cloud_event_is_rejected_by_name(string json, string reason, string pointer)
    {
        var mapped = CloudEventMapper.FromStructured(Encoding.UTF8.GetBytes(json));

        mapped.Json.ShouldBeNull();
        WireNames.ForReason(mapped.Fault!.Reason).ShouldBe(reason);
        mapped.Fault.Pointer.ShouldBe(pointer);
    }

    [Fact]
    public void Base64_data_is_decoded()
    {
        var mapped = CloudEventMapper.FromStructured("""{"specversion":"1.0","id":"1","type":"click","source":"s","data_base64":"eyAibGluayI6ICJ4IiB9"}"""u8.ToArray());

        Encoding.UTF8.GetString(mapped.Json!).ShouldBe("""{"type":"click","id":"1","source":"s", "link": "x" }""");
    }

    [Fact]
    public void Empty_data_and_absent_data_are_equivalent()
    {
        const string mapped = """{"type":"click","id":"1","source":"s"}""";

        foreach (var data in new[] { "", ",\"data\":{}", ",\"data\":null", ",\"data\":{ }" })
            Encoding.UTF8.GetString(CloudEventMapper.FromStructured(Encoding.UTF8.GetBytes($$"""{"specversion":"1.0","id":"1","type":"click","source":"s"{{data}}}""")).Json!).ShouldBe(mapped);
    }

    [Fact]
    public void Published_examples_map_equally_in_structured_and_binary_mode()
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(TestData.Path("cloudevents/cases.json")));
        var pair = cases.RootElement.GetProperty("structured_binary_pairs").EnumerateArray().Single(p => p.TryGetProperty("binary_body_json", out _));
        var headers = new HeaderDictionary();
        foreach (var header in pair.GetProperty("binary_headers").EnumerateObject())
            headers[header.Name] = header.Value.GetString();

        var structured = CloudEventMapper.FromStructured(Encoding.UTF8.GetBytes(pair.GetProperty("structured").GetRawText()));
        var binary = CloudEventMapper.FromBinary(headers, Encoding.UTF8.GetBytes(pair.GetProperty("binary_body_json").GetRawText()));

        JsonNode.DeepEquals(JsonNode.Parse(structured.Json!), JsonNode.Parse(binary.Json!)).ShouldBeTrue();
        JsonNode.Parse(structured.Json!)!["occurredAt"]!.GetValue<string>().ShouldBe("2018-04-05T17:31:00Z");
        JsonNode.Parse(structured.Json!)!["appinfoB"]!.GetValue<int>().ShouldBe(123);
    }

    [Fact]
    public void Published_requests_keep_their_attributes()
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(TestData.Path("cloudevents/cases.json")));
        foreach (var request in cases.RootElement.GetProperty("http").EnumerateArray())
        {
            var headers = new HeaderDictionary();
            foreach (var header in request.GetProperty("headers").EnumerateObject())
                headers[header.Name] = header.Value.GetString();
            var body = Encoding.UTF8.GetBytes(request.GetProperty("body").GetString()!);

            var mapped = headers.ContainsKey("ce-id") ? CloudEventMapper.FromBinary(headers, body) : CloudEventMapper.FromStructured(body);

            var (made, expected) = (JsonNode.Parse(mapped.Json!)!, request.GetProperty("expected_attributes"));
            foreach (var name in new[] { "id", "type", "source" })
                made[name]!.GetValue<string>().ShouldBe(expected.GetProperty(name).GetString());
            made["occurredAt"]!.GetValue<string>().ShouldBe(expected.GetProperty("time").GetString());
            made["message"]!.GetValue<string>().ShouldBe("Hello World!");
        }
    }
}
