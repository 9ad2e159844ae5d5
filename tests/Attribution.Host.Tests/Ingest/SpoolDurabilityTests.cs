using System.Diagnostics;
using System.Text.Json;
using Attribution.Contracts;
using Attribution.Host.Access;
using Attribution.Host.Ingest;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Ingest;

public sealed class SpoolDurabilityTests
{
    private const string RedeliverSoon = "--Ingest:Spool:RedeliverAfter=00:00:00.05";

    [Fact]
    public async Task Unprocessed_202_events_are_redelivered_with_the_same_ids_after_restart()
    {
        using var folder = new TempFolder();
        var away = new PackRecorder { Commits = false };
        await using (var host = await IngestHost.StartAsync(away, folder.Path, RedeliverSoon))
        {
            for (var i = 0; i < 20; i++)
                (await host.PostAsync($"[{TestEvents.Click($"c-{i}")},{{}}]")).Status.ShouldBe(202);
            await Eventually.IsTrueAsync(() => away.Delivered.DistinctBy(p => p.PackId).Count() == 20, "all were tried");
            host.Spool.Depth.ShouldBe(20);
        }

        var back = new PackRecorder();
        await using (var host = await IngestHost.StartAsync(back, folder.Path))
        {
            await Eventually.IsTrueAsync(() => host.Spool.Depth == 0, "the spool is empty");
            back.EventIds.ShouldBe(Enumerable.Range(0, 20).Select(i => $"c-{i}"));
            back.Refused.Count.ShouldBe(20);
            back.Committed.Select(p => p.PackId).ShouldBe(away.Delivered.DistinctBy(p => p.PackId).OrderBy(p => Id(p)).Select(p => p.PackId));
            foreach (var (now, then) in back.Committed.Zip(away.Delivered.DistinctBy(p => p.PackId).OrderBy(p => Id(p))))
                JsonSerializer.Serialize(now).ShouldBe(JsonSerializer.Serialize(then));
        }

        static int Id(EventPack pack) => int.Parse(JsonDocument.Parse(pack.Events[0]).RootElement.GetProperty("id").GetString()![2..], CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Message_that_waits_on_the_bus_is_not_published_a_second_time()
    {
        var hold = new TaskCompletionSource();
        await using var host = await IngestHost.StartAsync(new PackRecorder { Hold = hold.Task }, null, RedeliverSoon);
        for (var i = 0; i < 5; i++) (await host.PostAsync(TestEvents.Click($"c-{i}"))).Accepted.ShouldBe(1);
        await Eventually.IsTrueAsync(() => host.Recorder.Delivered.Count == 1, "the consumer holds one, the others wait");
        var began = Stopwatch.GetTimestamp();
        await Eventually.IsTrueAsync(() => Stopwatch.GetElapsedTime(began) > TimeSpan.FromMilliseconds(300), "the time to publish again has passed");
        hold.SetResult();
        await Eventually.IsTrueAsync(() => host.Spool.Depth == 0, "the spool is empty");
        host.Recorder.Delivered.Count.ShouldBe(5);
        host.Log.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_after_a_restart_are_distinct_from_those_before()
    {
        using var folder = new TempFolder();
        await using (var host = await IngestHost.StartAsync(new PackRecorder(), folder.Path))
        {
            (await host.PostAsync(TestEvents.Click("c-1"))).Accepted.ShouldBe(1);
            await Eventually.IsTrueAsync(() => host.Spool.Depth == 0, "the spool is empty");
            (await host.PostAsync(TestEvents.Click("c-2"))).Accepted.ShouldBe(1);
            await Eventually.IsTrueAsync(() => host.Recorder.EventIds.Count == 2 && host.Spool.Depth == 0, "the spool is empty again");
        }

        await using var later = await IngestHost.StartAsync(new PackRecorder(), folder.Path);
        (await later.PostAsync(TestEvents.Click("c-3"))).Accepted.ShouldBe(1);
        await Eventually.IsTrueAsync(() => later.Spool.Depth == 0, "the spool is empty");
        later.Recorder.EventIds.ShouldBe(["c-3"]);
    }

    [Fact]
    public async Task Temporarily_failing_consumer_gets_every_message_again()
    {
        var recorder = new PackRecorder { Commits = false };
        await using var host = await IngestHost.StartAsync(recorder, null, RedeliverSoon);
        for (var i = 0; i < 5; i++)
            (await host.PostAsync(TestEvents.Click($"c-{i}"))).Accepted.ShouldBe(1);
        await Eventually.IsTrueAsync(() => recorder.Delivered.GroupBy(p => p.PackId).Count(g => g.Count() >= 3) == 5, "each was tried three times");
        host.Spool.Depth.ShouldBe(5);

        recorder.Commits = true;

        await Eventually.IsTrueAsync(() => host.Spool.Depth == 0, "the spool is empty");
        recorder.EventIds.Order().ShouldBe(["c-0", "c-1", "c-2", "c-3", "c-4"]);
    }

    [Fact]
    public async Task Number_of_messages_on_the_bus_is_limited()
    {
        var recorder = new PackRecorder { Commits = false };
        await using var host = await IngestHost.StartAsync(recorder, null, RedeliverSoon, "--Ingest:Spool:MaxInFlight=3");
        for (var i = 0; i < 10; i++)
            (await host.PostAsync(TestEvents.Click($"c-{i}"))).Accepted.ShouldBe(1);

        await Eventually.IsTrueAsync(() => recorder.Delivered.Count >= 12, "some were tried four times");
        recorder.Delivered.DistinctBy(p => p.PackId).Count().ShouldBe(3);
        recorder.Commits = true;

        await Eventually.IsTrueAsync(() => host.Spool.Depth == 0, "the spool is empty");
        recorder.EventIds.Order().ShouldBe(Enumerable.Range(0, 10).Select(i => $"c-{i}"));
    }

    [Fact]
    public async Task Number_of_bytes_on_the_bus_is_limited()
    {
        var recorder = new PackRecorder { Commits = false };
        await using var host = await IngestHost.StartAsync(recorder, null, RedeliverSoon, "--Ingest:Spool:MaxInFlightBytes=1024");
        for (var i = 0; i < 10; i++)
            (await host.PostAsync(TestEvents.Click($"c-{i}"))).Accepted.ShouldBe(1);
        // The times of receipt have different numbers of digits.
        var (most, bytes) = (0, 0L);
        foreach (var message in await host.Spool.ReadAsync(0, 10, long.MaxValue, TestContext.Current.CancellationToken))
        {
            if (bytes >= 1024) break;
            (most, bytes) = (most + 1, bytes + message.Bytes);
        }

        most.ShouldBeInRange(2, 5);

        await Eventually.IsTrueAsync(() => recorder.Delivered.Count >= 4 * most, "some were tried four times");
        recorder.Delivered.DistinctBy(p => p.PackId).Count().ShouldBe(most);
        recorder.Commits = true;

        await Eventually.IsTrueAsync(() => host.Spool.Depth == 0, "the spool is empty");
        recorder.EventIds.Order().ShouldBe(Enumerable.Range(0, 10).Select(i => $"c-{i}"));
    }

    [Fact]
    public async Task Full_spool_returns_503_and_accepts_again_while_draining()
    {
        var recorder = new PackRecorder { Commits = false };
        await using var host = await IngestHost.StartAsync(recorder, null, RedeliverSoon, "--Ingest:Spool:MaxPageCount=64");
        var body = (int i) => $"[{TestEvents.Click($"c-{i}")},{string.Join(',', Enumerable.Range(0, 40).Select(j => TestEvents.Click($"x-{i}-{j}", $",\"referrer\":\"https://x/{new string('x', 300)}\"")))}]";
        var (taken, i) = (new List<string>(), 0);
        IngestResponse answer;
        while ((answer = await host.PostAsync(body(i))).Status == 202)
        {
            taken.Add($"c-{i++}");
            i.ShouldBeLessThan(1_000);
        }

        answer.Status.ShouldBe(503);
        answer.Reason.ShouldBe("spool_full");
        answer.RetryAfter.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
        taken.Count.ShouldBeGreaterThan(3);
        host.Spool.Depth.ShouldBe(taken.Count);

        recorder.Commits = true;
        await Eventually.IsTrueAsync(() => host.Spool.Depth == 0, "the spool is empty");

        (await host.PostAsync(body(i))).Status.ShouldBe(202);
        taken.Add($"c-{i}");
        await Eventually.IsTrueAsync(() => host.Spool.Depth == 0, "the spool is empty again");
        recorder.EventIds.Where(id => id[0] == 'c').Order().ShouldBe(taken.Order());
        recorder.EventIds.Count.ShouldBe(41 * taken.Count);
    }

    [Fact]
    public async Task Full_spool_interrupts_a_long_stream_with_503()
    {
        var recorder = new PackRecorder { Commits = false };
        await using var host = await IngestHost.StartAsync(recorder, null, "--Ingest:Spool:MaxPageCount=64");

        var answer = await host.PostAsync(string.Join('\n', Enumerable.Range(0, 20_000).Select(i => TestEvents.Click($"c-{i}"))), "application/x-ndjson");

        answer.Status.ShouldBe(503);
        answer.Reason.ShouldBe("spool_full");
    }

    [Fact]
    public async Task Concurrent_requests_share_messages_and_each_is_answered()
    {
        await using var host = await IngestHost.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => host.PostAsync(TestEvents.Click($"c-{i}"))));

        answers.ShouldAllBe(a => a.Status == 202 && a.Accepted == 1);
        await Eventually.IsTrueAsync(() => host.Recorder.EventIds.Count == 400, "all are delivered");
        host.Recorder.EventIds.Order().ShouldBe(Enumerable.Range(0, 400).Select(i => $"c-{i}").Order());
        host.Recorder.Committed.Count.ShouldBeLessThan(400);
    }

    [Fact]
    public async Task Stop_finishes_the_current_request_and_leaves_the_rest_in_the_spool()
    {
        using var folder = new TempFolder();
        var away = new PackRecorder { Commits = false };
        await using (var host = await IngestHost.StartAsync(away, folder.Path))
        {
            var content = new SlowContent();
            // The client sends the body when the host begins to read it.
            var asking = host.PostAsync(content, ("Expect", "100-continue"));
            await content.Begun;
            var stopping = host.StopAsync();
            content.Finish();
            var answer = await asking;
            (answer.Status, answer.Accepted).ShouldBe((202, 2));
            await stopping;
            host.Log.Warnings.Where(w => !w.Contains("The store is away.", StringComparison.Ordinal)).ShouldBeEmpty();
        }

        await using var later = await IngestHost.StartAsync(new PackRecorder(), folder.Path);
        await Eventually.IsTrueAsync(() => later.Recorder.EventIds.Count == 2, "both events come");
        later.Recorder.EventIds.ShouldBe(["c-1", "c-2"]);
    }

    [Fact]
    public async Task Unreadable_spool_message_stays_without_blocking_others()
    {
        using var folder = new TempFolder();
        var away = new PackRecorder { Commits = false };
        await using (var host = await IngestHost.StartAsync(away, folder.Path))
        {
            (await host.PostAsync(TestEvents.Click("c-1"))).Accepted.ShouldBe(1);
            (await host.PostAsync(TestEvents.Click("c-2"))).Accepted.ShouldBe(1);
        }

        using (var file = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={folder.File("spool/0.db")};Pooling=false"))
        {
            file.Open();
            using var command = file.CreateCommand();
            command.CommandText = "UPDATE messages SET body = x'7B' WHERE seq = 1";
            command.ExecuteNonQuery().ShouldBe(1);
        }

        await using var later = await IngestHost.StartAsync(new PackRecorder(), folder.Path);
        await Eventually.IsTrueAsync(() => later.Spool.Depth == 1 && later.Recorder.Committed.Count == 1, "what can be read is gone");
        later.Recorder.EventIds.ShouldBe(["c-2"]);
        later.Log.Warnings.ShouldContain(w => w.Contains("message 1 of the spool", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Message_of_a_newer_schema_waits_apart_until_a_newer_build_takes_it()
    {
        using var folder = new TempFolder();
        await using (var host = await IngestHost.StartAsync(new PackRecorder { Commits = false }, folder.Path))
        {
            (await host.PostAsync(TestEvents.Click("c-1"))).Accepted.ShouldBe(1);
            (await host.PostAsync(TestEvents.Click("c-2"))).Accepted.ShouldBe(1);
        }

        SetSchema("\"schema\":1", "\"schema\":99");
        await using (var later = await IngestHost.StartAsync(new PackRecorder(), folder.Path))
        {
            await Eventually.IsTrueAsync(() => later.Spool.Depth == 1 && later.Recorder.Committed.Count == 1, "the message of this schema is gone");
            later.Recorder.EventIds.ShouldBe(["c-2"]);
            later.Log.Warnings.ShouldContain(w => w.Contains("Message 1 of the spool has schema 99; this version reads up to 1.", StringComparison.Ordinal));
        }

        SetSchema("\"schema\":99", "\"schema\":1");
        await using var newer = await IngestHost.StartAsync(new PackRecorder(), folder.Path);
        await Eventually.IsTrueAsync(() => newer.Spool.Depth == 0 && newer.Recorder.Committed.Count == 1, "the newer build takes it");
        newer.Recorder.EventIds.ShouldBe(["c-1"]);

        void SetSchema(string from, string to)
        {
            using var file = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={folder.File("spool/0.db")};Pooling=false");
            file.Open();
            using var command = file.CreateCommand();
            command.CommandText = $"UPDATE messages SET body = CAST(replace(CAST(body AS TEXT), '{from}', '{to}') AS BLOB) WHERE seq = 1";
            command.ExecuteNonQuery().ShouldBe(1);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cut_or_removed_spool_is_reported_at_the_next_start(bool isRemoved)
    {
        using var folder = new TempFolder();
        await using (var host = await IngestHost.StartAsync(new PackRecorder { Commits = false }, folder.Path))
            for (var i = 0; i < 3; i++) (await host.PostAsync(TestEvents.Click($"c-{i}"))).Accepted.ShouldBe(1);

        if (isRemoved) foreach (var file in Directory.GetFiles(folder.File("spool"), "0.db*")) File.Delete(file);
        else
        {
            using var file = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={folder.File("spool/0.db")};Pooling=false");
            file.Open();
            using var command = file.CreateCommand();
            command.CommandText = "DELETE FROM messages WHERE seq = 3"; // As a log that lost its last transaction.
            command.ExecuteNonQuery().ShouldBe(1);
        }

        for (var start = 0; start < 2; start++)
        {
            await using var later = await IngestHost.StartAsync(new PackRecorder(), folder.Path);
            later.Log.Warnings.ShouldContain(w => w.Contains($"spool/0.db lacks {(isRemoved ? 3 : 1)} messages", StringComparison.Ordinal));
            using var quality = JsonDocument.Parse(await later.Client.GetStringAsync("/v1/quality", TestContext.Current.CancellationToken));
            quality.RootElement.GetProperty("lost").EnumerateArray().ShouldHaveSingleItem().GetProperty("missing").GetInt64().ShouldBe(isRemoved ? 3 : 1);
        }
    }

    [Fact]
    public async Task Complete_spool_is_no_loss_after_a_kill_or_a_stop()
    {
        using var folder = new TempFolder();
        for (var start = 0; start < 3; start++)
        {
            await using var host = await IngestHost.StartAsync(new PackRecorder { Commits = start == 1 }, folder.Path);
            (await host.PostAsync(TestEvents.Click($"c-{start}"))).Accepted.ShouldBe(1);
            host.Log.Warnings.ShouldNotContain(w => w.Contains("lacks", StringComparison.Ordinal));
        }

        File.Exists(folder.File("data-loss.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task Nothing_is_accepted_after_the_stop()
    {
        await using var host = await IngestHost.StartAsync();
        await host.StopAsync();
        var batch = new EventBatch(Caller.Local, DateTimeOffset.UtcNow);
        batch.Add(new ValidationResult("{}"u8.ToArray(), null, "1", "click"));

        (await host.Services.GetRequiredService<BatchWriter>().WriteAsync(batch)).ShouldBe(WriteOutcome.Stopping);
    }

    /// <summary>NDJSON whose second half is delayed.</summary>
    private sealed class SlowContent : HttpContent
    {
        private readonly TaskCompletionSource begun = new();
        private readonly TaskCompletionSource finish = new();

        public SlowContent() => Headers.ContentType = new("application/x-ndjson");

        public Task Begun => begun.Task;

        public void Finish() => finish.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(TestEvents.Click("c-1") + "\n"));
            await stream.FlushAsync();
            begun.SetResult();
            await finish.Task;
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(TestEvents.Click("c-2")));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
