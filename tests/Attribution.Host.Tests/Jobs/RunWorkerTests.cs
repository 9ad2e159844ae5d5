using System.Text;
using Attribution.Core.Values;
using Attribution.Host.Jobs;
using Attribution.Storage;
using Attribution.Storage.Runs;
using Attribution.Storage.Sqlite;
using Attribution.Storage.Sqlite.Database;
using Attribution.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Attribution.Host.Tests.Jobs;

/// <summary>Runs over a real store: started, returned, taken over, failed.</summary>
public sealed class RunWorkerTests : IAsyncLifetime
{
    private static readonly Timestamp CreatedAt = new(1_000);

    private readonly TempFolder folder = new();
    private readonly IdGenerator ids = new(TimeProvider.System);
    private readonly SteppedClock clock = new(new DateTimeOffset(2026, 3, 20, 12, 0, 0, TimeSpan.Zero));
    private readonly RunWakeup wakeup = new();
    private SqliteStore store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("store.db"), Database = new() { Synchronous = SqliteSynchronous.Normal } }, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData(0, RunStatus.Done, null)]
    [InlineData(2, RunStatus.Done, null)]
    [InlineData(3, RunStatus.Failed, "Started 3 times; each time the process ended during the run.")]
    public async Task Run_that_repeatedly_kills_its_process_is_abandoned(
        int begunBefore, RunStatus status, string? fault)
    {
        var id = await AddAsync();
        for (var i = 0; i < begunBefore; i++) await ClaimAsync(id);
        var begun = 0;

        var worker = Worker((_, _) => Task.FromResult(begun++));
        if (begunBefore > 0) await WaitUntilAbandonedAsync(worker);
        (await worker.RunNextAsync(Cancellation)).ShouldBeTrue();

        var ended = await RunAsync(id);
        (ended.Status, ended.Fault, begun).ShouldBe((status, fault, status == RunStatus.Done ? 1 : 0));
        (await Worker((_, _) => Task.CompletedTask).RunNextAsync(Cancellation)).ShouldBeFalse("no run is left");
    }

    [Fact]
    public async Task Stopping_host_releases_its_run_for_another()
    {
        var id = await AddAsync();
        using var stopping = new CancellationTokenSource();

        (await Worker(async (progress, mayGoOn) =>
        {
            progress.Report(3, 10);
            await stopping.CancelAsync();
            mayGoOn.ThrowIfCancellationRequested();
        }).RunNextAsync(stopping.Token)).ShouldBeTrue();

        var waiting = await RunAsync(id);
        (waiting.Status, waiting.Attempt, waiting.Done, waiting.Fault).ShouldBe((RunStatus.Queued, 1, 3, null));
        (await Worker((_, _) => Task.CompletedTask).RunNextAsync(Cancellation)).ShouldBeTrue();
        (await RunAsync(id)).ShouldSatisfyAllConditions(run => run.Status.ShouldBe(RunStatus.Done), run => run.Attempt.ShouldBe(2));
    }

    [Fact]
    public async Task Worker_presumed_dead_is_canceled_and_completes_nothing()
    {
        var id = await AddAsync();
        var told = false;

        (await Worker(async (_, mayGoOn) =>
        {
            using var telling = mayGoOn.Register(() => Volatile.Write(ref told, true));
            (await ClaimAsync(id)).Attempt.ShouldBe(2);
            await Eventually.IsTrueAsync(
                () =>
                {
                    clock.Advance(TimeSpan.FromSeconds(1));
                    return Volatile.Read(ref told);
                },
                "the worker is canceled");
            mayGoOn.ThrowIfCancellationRequested();
        }).RunNextAsync(Cancellation)).ShouldBeTrue();

        told.ShouldBeTrue();
        (await RunAsync(id)).ShouldSatisfyAllConditions(
            run => run.Status.ShouldBe(RunStatus.Running, "the worker that claimed the run executes it"), run => run.Attempt.ShouldBe(2), run => run.Fault.ShouldBeNull());
    }

    [Fact]
    public async Task Failed_run_reports_its_reason_but_no_internal_details()
    {
        var refused = await AddAsync();
        await Worker((_, _) => throw new RunRefusedException("There is no such brand.")).RunNextAsync(Cancellation);
        var faulty = await AddAsync();
        await Worker((_, _) => throw new InvalidOperationException("secret words")).RunNextAsync(Cancellation);
        (await RunAsync(refused)).ShouldSatisfyAllConditions(run => run.Status.ShouldBe(RunStatus.Failed), run => run.Fault.ShouldBe("There is no such brand."));
        (await RunAsync(faulty)).ShouldSatisfyAllConditions(run => run.Status.ShouldBe(RunStatus.Failed), run => run.Fault.ShouldNotBeNull().ShouldNotContain("secret"));
    }

    [Theory]
    [InlineData(1, RunStatus.Done)]
    [InlineData(2, RunStatus.Done)]
    [InlineData(3, RunStatus.Failed)]
    public async Task Run_starts_again_when_the_store_loses_its_read(int failures, RunStatus status)
    {
        var (id, begun) = (await AddAsync(), 0);
        var worker = Worker((_, _) => begun++ < failures ? throw new LostReadException() : Task.CompletedTask);
        while (await worker.RunNextAsync(Cancellation)) begun.ShouldBeLessThanOrEqualTo(3);
        (begun, (await RunAsync(id)).Status).ShouldBe((3 - (failures == 1 ? 1 : 0), status));
    }

    [Fact]
    public async Task Idle_worker_polls_seldom_and_starts_an_added_run_at_once()
    {
        var counting = new CountingRunStore(store.Runs);
        using var started = new SemaphoreSlim(0);
        using var worker = new RunWorker<TestRunKind>(
            new TestRunKind((_, _) => Task.FromResult(started.Release())), counting, wakeup, clock, NullLogger<RunWorker<TestRunKind>>.Instance);
        await worker.StartAsync(Cancellation);
        await Eventually.IsTrueAsync(() => counting.Lists == 1, "the worker looks once");
        for (var second = 0; second < 20; second++)
        {
            var before = counting.Lists;
            clock.Advance(TimeSpan.FromSeconds(1));
            if (second % 2 == 1) await Eventually.IsTrueAsync(() => counting.Lists > before, "the worker polls every two seconds");
        }
        counting.Lists.ShouldBeInRange(10, 12);

        // The clock stands still: only the wake-up starts the run.
        var run = new RunDocument { Id = ids.Next(), Kind = "made-up", Request = [.. "{}"u8], CreatedAt = CreatedAt, UpdatedAt = CreatedAt };
        (await new WakingRunStore(store.Runs, wakeup).TryAddRunAsync(run, most: 10, Cancellation)).ShouldBeTrue();
        (await started.WaitAsync(TimeSpan.FromSeconds(30), Cancellation)).ShouldBeTrue();
        await worker.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Result_that_cannot_be_stored_fails_the_run()
    {
        var id = await AddAsync();
        var refusing = new RefusingRunStore(store.Runs);
        using var worker = new RunWorker<TestRunKind>(
            new TestRunKind((_, _) => Task.CompletedTask), refusing, wakeup, clock, NullLogger<RunWorker<TestRunKind>>.Instance);
        (await worker.RunNextAsync(Cancellation)).ShouldBeTrue();
        var failed = await RunAsync(id);
        (failed.Status, failed.Attempt, failed.Fault).ShouldBe((RunStatus.Failed, 1, "The result of 0 MB cannot be stored. Ask for fewer rows."));
    }

    [Theory]
    [InlineData(26 * 60)]
    [InlineData(2 * 60)]
    [InlineData(-23 * 60)]
    public async Task Abandoned_run_is_continued_30_seconds_later_whatever_the_clock_says(int minutes)
    {
        var id = await AddAsync();
        clock.Step(TimeSpan.FromMinutes(minutes));
        await ClaimAsync(id);
        clock.Step(TimeSpan.FromMinutes(-minutes));

        var worker = Worker((_, _) => Task.CompletedTask);
        await WaitUntilAbandonedAsync(worker);
        (await worker.RunNextAsync(Cancellation)).ShouldBeTrue();

        (await RunAsync(id)).ShouldSatisfyAllConditions(run => run.Status.ShouldBe(RunStatus.Done), run => run.Attempt.ShouldBe(2));
    }

    [Fact]
    public async Task Run_in_progress_is_not_taken_over_when_the_clock_is_set()
    {
        var run = await ClaimAsync(await AddAsync());
        var worker = Worker((_, _) => Task.CompletedTask);
        foreach (var minutes in new[] { 0, 120, -1_380, 1_560 })
        {
            clock.Step(TimeSpan.FromMinutes(minutes));
            for (var i = 0; i < 3; i++)
            {
                clock.Advance(TimeSpan.FromSeconds(20));
                run = run with { Done = run.Done + 1, UpdatedAt = Now };
                (await store.Runs.UpdateRunAsync(run, Cancellation)).ShouldBeTrue();
                (await worker.RunNextAsync(Cancellation)).ShouldBeFalse();
            }
        }
    }

    private Timestamp Now => Timestamp.From(clock.GetUtcNow());

    /// <summary>Claims a run for another process.</summary>
    private async Task<RunDocument> ClaimAsync(Guid id) =>
        (await store.Runs.TryClaimRunAsync(await RunAsync(id), Now, Cancellation)).ShouldNotBeNull();

    private async Task WaitUntilAbandonedAsync(RunWorker<TestRunKind> worker)
    {
        (await worker.RunNextAsync(Cancellation)).ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(29));
        (await worker.RunNextAsync(Cancellation)).ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));
    }

    private RunWorker<TestRunKind> Worker(Func<RunProgress, CancellationToken, Task> work) =>
        new(new TestRunKind(work), new WakingRunStore(store.Runs, wakeup), wakeup, clock, NullLogger<RunWorker<TestRunKind>>.Instance);

    private async Task<Guid> AddAsync()
    {
        var run = new RunDocument { Id = ids.Next(), Kind = "made-up", Request = [.. "{}"u8], CreatedAt = CreatedAt, UpdatedAt = CreatedAt };
        (await store.Runs.TryAddRunAsync(run, most: 10, Cancellation)).ShouldBeTrue();
        return run.Id;
    }

    private async Task<RunDocument> RunAsync(Guid id) => (await store.Runs.FindRunAsync("made-up", id, Cancellation)).ShouldNotBeNull();

    private sealed class TestRunKind(Func<RunProgress, CancellationToken, Task> work) : IBackgroundRun
    {
        public string Name => "made-up";

        public async Task<byte[]> RunAsync(RunDocument run, RunProgress progress, CancellationToken cancellation)
        {
            await work(progress, cancellation);
            return Encoding.UTF8.GetBytes("{}");
        }
    }

    private sealed class LostReadException() : StoreFaultException("the moment is lost")
    {
        public override bool IsTransient => true;
    }

    private sealed class CountingRunStore(IRunStore store) : DelegatingRunStore(store)
    {
        private int lists;

        public int Lists => Volatile.Read(ref lists);

        public override ValueTask<IReadOnlyList<RunDocument>> ListUnfinishedRunsAsync(string kind, CancellationToken cancellation)
        {
            Interlocked.Increment(ref lists);
            return base.ListUnfinishedRunsAsync(kind, cancellation);
        }
    }

    private sealed class RefusingRunStore(IRunStore store) : DelegatingRunStore(store)
    {
        public override ValueTask<bool> UpdateRunAsync(RunDocument run, CancellationToken cancellation) =>
            run.Answer.IsEmpty ? base.UpdateRunAsync(run, cancellation) : throw new FormatException("Size 17 is larger than 16.");
    }

    private abstract class DelegatingRunStore(IRunStore store) : IRunStore
    {
        public ValueTask<bool> TryAddRunAsync(RunDocument run, int most, CancellationToken cancellation) => store.TryAddRunAsync(run, most, cancellation);

        public virtual ValueTask<IReadOnlyList<RunDocument>> ListUnfinishedRunsAsync(string kind, CancellationToken cancellation) =>
            store.ListUnfinishedRunsAsync(kind, cancellation);

        public ValueTask<RunDocument?> TryClaimRunAsync(RunDocument run, Timestamp at, CancellationToken cancellation) => store.TryClaimRunAsync(run, at, cancellation);

        public virtual ValueTask<bool> UpdateRunAsync(RunDocument run, CancellationToken cancellation) => store.UpdateRunAsync(run, cancellation);

        public ValueTask<RunDocument?> FindRunAsync(string kind, Guid id, CancellationToken cancellation) => store.FindRunAsync(kind, id, cancellation);

        public ValueTask DeleteEndedRunsAsync(string kind, Timestamp endedBefore, CancellationToken cancellation) => store.DeleteEndedRunsAsync(kind, endedBefore, cancellation);
    }
}
