using System.Text;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Ingest.Api;

public sealed class EventEndpointRejectionTests
{
    [Theory]
    [InlineData("{\"type\":\n \"click\" oops}", "line 2, byte 10")]
    [InlineData("[{\"a\":1},", "line 1, byte 9")]
    [InlineData("{}{}", "line 1, byte 3")]
    [InlineData("{'a':1}", "line 1, byte 2")]
    [InlineData("nonsense", "line 1, byte 2")]
    public async Task Malformed_json_is_rejected_with_its_position(string body, string position)
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync(body);

        answer.Status.ShouldBe(400);
        answer.Reason.ShouldBe("malformed");
        answer.Detail.ShouldContain(position);
        host.Log.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[{\"a\":1},]", "a trailing comma at the end; remove it.")]
    [InlineData("{\"a\":1,}", "a trailing comma at the end; remove it.")]
    public async Task Trailing_comma_is_named_without_advice_about_the_parser(string body, string detail)
    {
        await using var host = await IngestHost.StartAsync();

        (await host.PostAsync(body)).Detail.ShouldEndWith(detail);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    public async Task Body_that_is_neither_object_nor_array_is_rejected(string body)
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync(body);

        answer.Status.ShouldBe(400);
        answer.Reason.ShouldBe("malformed");
    }

    [Theory]
    [InlineData("", "application/json")]
    [InlineData(" \r\n\t", "application/json")]
    [InlineData("\uFEFF", "application/json")]
    [InlineData("", "application/x-ndjson")]
    [InlineData("\n \n\r\n", "application/x-ndjson")]
    [InlineData("", "application/cloudevents+json")]
    [InlineData("", "application/cloudevents-batch+json")]
    public async Task Empty_body_is_rejected(string body, string contentType)
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync(body, contentType);

        answer.Status.ShouldBe(400);
        answer.Reason.ShouldBe("body_empty");
        host.Log.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("text/csv")]
    [InlineData("text/json")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/cloudevents+xml")]
    [InlineData(null)]
    public async Task Unsupported_content_type_is_rejected_with_the_supported_ones(string? contentType)
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync(Encoding.UTF8.GetBytes(TestEvents.Click("c-1")), contentType);

        answer.Status.ShouldBe(415);
        answer.Reason.ShouldBe("content_type_unknown");
        foreach (var name in new[] { "application/json", "application/x-ndjson", "application/cloudevents+json", "application/cloudevents-batch+json" })
            answer.Detail.ShouldContain(name);
    }

    [Fact]
    public async Task Malformed_content_type_is_rejected()
    {
        await using var host = await IngestHost.StartAsync();
        var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", "json, please").ShouldBeTrue();

        var answer = await host.PostAsync(content);

        answer.Status.ShouldBe(415);
        answer.Reason.ShouldBe("content_type_unknown");
    }

    [Fact]
    public async Task Compressed_body_is_rejected()
    {
        await using var host = await IngestHost.StartAsync();
        var content = new ByteArrayContent([1, 2, 3]);
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add("gzip");

        (await host.PostAsync(content)).Status.ShouldBe(415);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/cloudevents-batch+json")]
    public async Task Array_with_too_many_events_is_rejected_as_a_whole(string contentType)
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync($"[{string.Join(',', Enumerable.Repeat("{}", 1_001))}]", contentType);

        answer.Status.ShouldBe(413);
        answer.Reason.ShouldBe("too_many_events");
        answer.Detail.ShouldContain("1000");
        host.Spool.Depth.ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_over_the_limit_is_rejected_as_a_whole(bool saysItsLength)
    {
        await using var host = await IngestHost.StartAsync();
        var body = Encoding.UTF8.GetBytes(TestEvents.Click("c-1") + new string(' ', 1 << 20));
        HttpContent content = saysItsLength ? new ByteArrayContent(body) : new StreamContent(new UnsizedStream(body));
        content.Headers.ContentType = new("application/json");

        var answer = await host.PostAsync(content);

        answer.Status.ShouldBe(413);
        answer.Reason.ShouldBe("body_too_large");
        answer.Detail.ShouldContain("1048576");
        host.Spool.Depth.ShouldBe(0);
        host.Log.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Body_exactly_at_the_limit_is_accepted()
    {
        await using var host = await IngestHost.StartAsync();
        var click = TestEvents.Click("c-1");

        (await host.PostAsync(click + new string(' ', (1 << 20) - click.Length))).Accepted.ShouldBe(1);
    }

    [Theory]
    [InlineData("[", "]", "application/json")]
    [InlineData("{\"a\":", "1}", "application/json")]
    [InlineData("[", "]", "application/cloudevents-batch+json")]
    public async Task Ten_thousand_levels_of_nesting_are_rejected(string open, string close, string contentType)
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync(
            string.Concat(Enumerable.Repeat(open, 10_000)) + string.Concat(Enumerable.Repeat(close, 10_000).Select((c, i) => i == 0 ? c : c[^1..])), contentType);

        answer.Status.ShouldBe(400);
        answer.Reason.ShouldBe("malformed");
        answer.Detail.ShouldContain("depth");
        host.Log.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Invalid_utf8_is_rejected_with_its_position()
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync([.. "{\"id\":\"ü"u8, 0xC3, 0x28, .. "\"}"u8]);

        answer.Status.ShouldBe(400);
        answer.Reason.ShouldBe("malformed");
        answer.Detail.ShouldContain("UTF-8, from byte 10");
        host.Log.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Unpaired_surrogate_rejects_only_its_event()
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync($$"""[{{TestEvents.Click("\\ud800")}},{{TestEvents.Click("c-2")}},{"\ud800":1}]""");

        answer.Results.Select(r => r.GetProperty("status").GetString()).ShouldBe(["rejected", "accepted", "rejected"]);
        host.Log.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Disconnected_sender_leaves_no_trace_in_the_log()
    {
        await using var host = await IngestHost.StartAsync();
        using (var client = new System.Net.Sockets.TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", host.Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(
                "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{\"type\":"u8.ToArray(),
                TestContext.Current.CancellationToken);
            client.LingerState = new(true, 0);
        }

        (await host.PostAsync(TestEvents.Click("c-1"))).Accepted.ShouldBe(1);
        await host.StopAsync();
        host.Log.Warnings.ShouldBeEmpty();
    }

    /// <summary>A body of unknown length, sent in chunks.</summary>
    private sealed class UnsizedStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
