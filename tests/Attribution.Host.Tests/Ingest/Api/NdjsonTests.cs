using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;
using Microsoft.Data.Sqlite;

namespace Attribution.Host.Tests.Ingest.Api;

public sealed class NdjsonTests
{
    private const string Ndjson = "application/x-ndjson";

    [Fact]
    public async Task Each_line_is_an_event_and_blank_lines_are_skipped()
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync($"{TestEvents.Click("c-1")}\r\n\n  \n{TestEvents.Click("c-2")}\nnonsense\n{TestEvents.Click("c-3")}", Ndjson);

        answer.Status.ShouldBe(202);
        (answer.Accepted, answer.Rejected).ShouldBe((3, 1));
        answer.Results.Select(r => r.GetProperty("index").GetInt32()).ShouldBe([0, 1, 2, 3]);
        answer.Results.Select(r => r.GetProperty("line").GetInt32()).ShouldBe([1, 4, 5, 6]);
        answer.Results[2].GetProperty("reason").GetString().ShouldBe("malformed");
        await Eventually.IsTrueAsync(() => host.Recorder.Committed.Count > 0, "the message is delivered");
        host.Recorder.EventIds.ShouldBe(["c-1", "c-2", "c-3"]);
    }

    [Fact]
    public async Task Truncated_last_line_is_rejected_with_its_number()
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync($"{TestEvents.Click("c-1")}\n{TestEvents.Click("c-2")[..30]}", Ndjson);

        (answer.Accepted, answer.Rejected).ShouldBe((1, 1));
        answer.Results[1].GetProperty("line").GetInt32().ShouldBe(2);
        answer.Results[1].GetProperty("reason").GetString().ShouldBe("malformed");
    }

    [Fact]
    public async Task Deep_nesting_and_invalid_utf8_reject_only_their_line()
    {
        await using var host = await IngestHost.StartAsync();
        byte[] body =
        [
            .. Encoding.UTF8.GetBytes(new string('[', 10_000) + new string(']', 10_000) + "\n"),
            .. "{\"type\":\"click\",\"id\":\""u8, 0xFF, .. "\"}\n"u8,
            .. Encoding.UTF8.GetBytes(TestEvents.Click("c-1")),
        ];

        var answer = await host.PostAsync(body, Ndjson);

        answer.Results.Select(r => r.GetProperty("status").GetString()).ShouldBe(["rejected", "rejected", "accepted"]);
        answer.Results[1].GetProperty("reason").GetString().ShouldBe("malformed");
        host.Log.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Too_long_line_is_rejected_and_later_lines_are_read()
    {
        await using var host = await IngestHost.StartAsync();

        var answer = await host.PostAsync($"{TestEvents.Click("c-1")}\n{new string('x', 3_000_000)}\n{TestEvents.Click("c-2")}\n{new string('y', 70_000)}", Ndjson);

        answer.Results.Select(r => r.GetProperty("status").GetString()).ShouldBe(["accepted", "rejected", "accepted", "rejected"]);
        answer.Results[1].GetProperty("reason").GetString().ShouldBe("too_long");
        answer.Results[1].GetProperty("line").GetInt32().ShouldBe(2);
        answer.Results[3].GetProperty("reason").GetString().ShouldBe("too_long");
        await Eventually.IsTrueAsync(() => host.Recorder.Refused.Count == 2, "the rejections are delivered");
        host.Recorder.Refused.ShouldAllBe(r => r.Payload.Length == 64 << 10);
    }

    [Fact]
    public async Task Long_result_lists_contain_only_the_rejected_events()
    {
        await using var host = await IngestHost.StartAsync(settings: "--Ingest:MaxEvents=10");
        var lines = Enumerable.Range(0, 100).Select(i => i % 4 == 3 ? "{}" : TestEvents.Click($"c-{i}"));

        var answer = await host.PostAsync(string.Join('\n', lines), Ndjson);

        (answer.Accepted, answer.Rejected).ShouldBe((75, 25));
        answer.Json.GetProperty("omitted").GetInt32().ShouldBe(90);
        answer.Results.Select(r => r.GetProperty("index").GetInt32()).ShouldBe(Enumerable.Range(0, 10).Select(i => (4 * i) + 3));
    }

    [Fact]
    public async Task Hundred_thousand_lines_stream_in_bounded_memory()
    {
        const int lines = 100_000;
        using var folder = new TempFolder();
        await using var host = await IngestHost.StartAsync(new PackRecorder(), folder.Path);
        var content = new GeneratedNdjsonContent(lines);
        Task<IngestResponse> posting;
        using (var other = new SqliteConnection($"Data Source={folder.File("spool/0.db")};Pooling=false"))
        {
            // While the disk is blocked, so is the sender: it can send as much as the host and the network buffer.
            other.Open();
            using var transaction = other.BeginTransaction(deferred: false);
            posting = host.PostAsync(content);
            for (long before = -1; before != content.Sent || before == 0; await Task.Delay(500, TestContext.Current.CancellationToken))
                before = content.Sent;
            content.Sent.ShouldBeLessThan(lines * content.LineBytes / 2);
            posting.IsCompleted.ShouldBeFalse();
        }

        var answer = await posting;

        answer.Status.ShouldBe(202);
        (answer.Accepted, answer.Rejected).ShouldBe((lines, 0));
        answer.Json.GetProperty("omitted").GetInt32().ShouldBe(lines);
        await Eventually.IsTrueAsync(() => host.Recorder.Committed.Sum(p => p.Events.Count) == lines, "all are delivered");
        host.Recorder.EventIds.ShouldBe(Enumerable.Range(0, lines).Select(i => $"c-{i:D6}"));
        host.Log.Warnings.ShouldBeEmpty();
    }

    /// <summary>Writes its lines as fast as they are read.</summary>
    private sealed class GeneratedNdjsonContent : HttpContent
    {
        private readonly string now = TestEvents.Now;
        private readonly int lines;
        private long sent;

        public GeneratedNdjsonContent(int lines)
        {
            this.lines = lines;
            Headers.ContentType = new MediaTypeHeaderValue(Ndjson);
        }

        public long Sent => Interlocked.Read(ref sent);

        public long LineBytes => Line(0).Length;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var i = 0; i < lines; i++)
            {
                var line = Line(i);
                await stream.WriteAsync(line);
                Interlocked.Add(ref sent, line.Length);
            }
        }

        private byte[] Line(int i) => Encoding.UTF8.GetBytes(
            $$"""{"type":"click","id":"c-{{i:D6}}","occurredAt":"{{now}}","link":"mia-spring","referrer":"https://www.instagram.com/{{new string('x', 400)}}"}""" + "\n");

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
