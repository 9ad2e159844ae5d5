using System.Text;
using Attribution.Contracts;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Ingest.Api;

public sealed class EventEndpointTests
{
    [Fact]
    public async Task Single_event_is_accepted_stored_as_sent_and_delivered()
    {
        await using var host = await IngestHost.StartAsync();
        var sent = TestEvents.Click("c-1", ",  \"visitorId\" : \"v-1\"");

        var answer = await host.PostAsync(sent);

        answer.Status.ShouldBe(202);
        answer.Json.GetRawText().ShouldBe("""{"accepted":1,"rejected":0,"results":[{"index":0,"id":"c-1","status":"accepted"}]}""");
        await Eventually.IsTrueAsync(() => host.Recorder.Committed.Count == 1, "the message is delivered");
        host.Recorder.Events.ShouldBe([sent]);
        var pack = host.Recorder.Committed[0];
        pack.Source.ShouldBe("default");
        pack.BrandId.ShouldBe("default");
        pack.Refused.ShouldBeNull();
        await Eventually.IsTrueAsync(() => host.Spool.Depth == 0, "the spool is empty");
    }

    [Fact]
    public async Task Order_with_useless_lines_is_accepted_as_sent_and_the_lines_noted()
    {
        await using var host = await IngestHost.StartAsync();
        var sent = $$"""
            {"type":"conversion","id":"e-1","occurredAt":"{{TestEvents.Now}}","kind":"order","orderId":"7","currency":"EUR","gross":"100.00","lines":[{"product":"p","goods":"90.00"}]}
            """;

        var answer = await host.PostAsync(sent);

        answer.Json.GetRawText().ShouldBe("""{"accepted":1,"rejected":0,"results":[{"index":0,"id":"e-1","status":"accepted"}]}""");
        await Eventually.IsTrueAsync(() => host.Recorder.Refused.Count == 1, "the note came in");
        host.Recorder.Events.Single().ShouldContain("\"lines\"");
        var noted = host.Recorder.Refused.Single();
        (noted.Reason, noted.Pointer, noted.EventId).ShouldBe((RejectionReason.LeftOut, "/lines", "7"));
        noted.Detail.ShouldContain("goods of 90.00");
        Encoding.UTF8.GetString(noted.Payload).ShouldBe("""{"type":"conversion","id":"e-1","orderId":"7"}""");
    }

    [Fact]
    public async Task Array_results_keep_their_order_and_a_bad_event_rejects_only_itself()
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync($$"""
            [ {{TestEvents.Click("c-1")}}, 7, {"type":"nonsense","id":"n-1","occurredAt":"{{TestEvents.Now}}"} ,{{TestEvents.Click("c-2")}}, null ]
            """);

        answer.Status.ShouldBe(202);
        (answer.Accepted, answer.Rejected).ShouldBe((2, 3));
        answer.Results.Select(r => r.GetProperty("index").GetInt32()).ShouldBe([0, 1, 2, 3, 4]);
        answer.Results.Select(r => r.GetProperty("status").GetString()).ShouldBe(["accepted", "rejected", "rejected", "accepted", "rejected"]);
        answer.Results[1].GetProperty("reason").GetString().ShouldBe("not_an_object");
        answer.Results[2].GetProperty("reason").GetString().ShouldBe("type_unknown");
        answer.Results[2].GetProperty("id").GetString().ShouldBe("n-1");
        answer.Results[2].GetProperty("pointer").GetString().ShouldBe("/type");
        await Eventually.IsTrueAsync(() => host.Recorder.Committed.Count == 1, "the message is delivered");
        host.Recorder.EventIds.ShouldBe(["c-1", "c-2"]);
    }

    [Theory]
    [InlineData("{\"type\":\"nonsense\",\"id\":\"n-1\"}", "application/json")]
    [InlineData("[{\"type\":\"nonsense\",\"id\":\"n-1\"},7]", "application/json")]
    [InlineData("{\"type\":\"nonsense\",\"id\":\"n-1\"}\n{}", "application/x-ndjson")]
    public async Task Request_whose_events_are_all_rejected_is_answered_422_with_their_results(string body, string contentType)
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync(body, contentType);

        (answer.Status, answer.ContentType, answer.Accepted).ShouldBe((422, "application/json", 0));
        answer.Results.Count.ShouldBe((int)answer.Rejected);
        answer.Results[0].GetProperty("reason").GetString().ShouldBe("type_unknown");
    }

    [Fact]
    public async Task Rejected_event_reaches_the_store_with_its_payload()
    {
        await using var host = await IngestHost.StartAsync();
        var bad = $$"""{"type":"nonsense","id":"n-1","occurredAt":"{{TestEvents.Now}}","extra":"ü"}""";

        (await host.PostAsync(bad)).Rejected.ShouldBe(1);

        await Eventually.IsTrueAsync(() => host.Recorder.Refused.Count == 1, "the rejection is delivered");
        var refused = host.Recorder.Refused[0];
        Encoding.UTF8.GetString(refused.Payload).ShouldBe(bad);
        refused.Reason.ShouldBe(RejectionReason.TypeUnknown);
        refused.EventId.ShouldBe("n-1");
        host.Recorder.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Rejected_payload_is_truncated_to_64_KiB()
    {
        await using var host = await IngestHost.StartAsync();

        (await host.PostAsync(TestEvents.Click("c-1", $",\"referrer\":\"{new string('x', 100_000)}\""))).Rejected.ShouldBe(1);

        await Eventually.IsTrueAsync(() => host.Recorder.Refused.Count == 1, "the rejection is delivered");
        host.Recorder.Refused[0].Payload.Length.ShouldBe(64 << 10);
    }

    [Fact]
    public async Task Ip_address_is_not_stored()
    {
        await using var host = await IngestHost.StartAsync();

        (await host.PostAsync(TestEvents.Click("c-1", ",\"ip\":\"203.0.113.9\""))).Accepted.ShouldBe(1);
        (await host.PostAsync("""{"type":"nonsense","id":"c-2","ip":"203.0.113.9"}""")).Rejected.ShouldBe(1);

        await Eventually.IsTrueAsync(() => host.Recorder.Committed.Count == 2, "both messages are delivered");
        host.Recorder.Events.Concat(host.Recorder.Refused.Select(r => Encoding.UTF8.GetString(r.Payload)))
            .ShouldAllBe(text => !text.Contains("203.0"));
    }

    [Fact]
    public async Task Unknown_brand_is_rejected_and_a_new_brand_is_known_immediately()
    {
        await using var host = await IngestHost.StartAsync();
        var answer = await host.PostAsync(TestEvents.Click("c-1", ",\"brandId\":\"glow\""));
        answer.Results[0].GetProperty("reason").GetString().ShouldBe("brand_unknown");
        answer.Results[0].GetProperty("pointer").GetString().ShouldBe("/brandId");

        await host.Store.Catalog.AddAsync("glow");

        (await host.PostAsync(TestEvents.Click("c-1", ",\"brandId\":\"glow\",\"source\":\"shop\""))).Accepted.ShouldBe(1);
    }

    [Fact]
    public async Task Empty_array_is_a_request_without_events()
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync("[]");

        answer.Status.ShouldBe(202);
        answer.Json.GetRawText().ShouldBe("""{"accepted":0,"rejected":0,"results":[]}""");
    }

    [Fact]
    public async Task Byte_order_mark_is_ignored()
    {
        await using var host = await IngestHost.StartAsync();

        (await host.PostAsync("\uFEFF" + TestEvents.Click("c-1"))).Accepted.ShouldBe(1);
        (await host.PostAsync("\uFEFF" + TestEvents.Click("c-2"), "application/x-ndjson")).Accepted.ShouldBe(1);
    }

    [Fact]
    public async Task Request_may_contain_a_thousand_events()
    {
        await using var host = await IngestHost.StartAsync();
        var ids = Enumerable.Range(0, 1_000).Select(i => $"c-{i}").ToList();

        var answer = await host.PostAsync($"[{string.Join(',', ids.Select(id => TestEvents.Click(id)))}]");

        answer.Accepted.ShouldBe(1_000);
        answer.Results.Select(r => r.GetProperty("id").GetString()).ShouldBe(ids);
        await Eventually.IsTrueAsync(() => host.Recorder.Committed.Count == 2, "both messages are delivered");
        host.Recorder.EventIds.ShouldBe(ids);
        host.Recorder.Committed.ShouldAllBe(p => p.Events.Count == 500);
    }
}
