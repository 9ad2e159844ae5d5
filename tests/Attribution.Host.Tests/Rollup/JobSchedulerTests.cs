using Attribution.Core.Values;
using Attribution.Host.Rollup;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Sqlite;
using Attribution.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Attribution.Host.Tests.Rollup;

/// <summary>When jobs run, also after steps of the wall clock.</summary>
public sealed class JobSchedulerTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 3, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder folder = new();
    private readonly SteppedClock clock = new(Start);
    private readonly LogRecorder log = new();
    private readonly ServiceProvider services = new ServiceCollection().BuildServiceProvider();
    private SqliteStore store = null!;
    private int runs;
    private bool fails;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Timestamp Now => Timestamp.From(clock.GetUtcNow());

    public async ValueTask InitializeAsync() => store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("store.db") }, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await services.DisposeAsync();
        folder.Dispose();
        log.Dispose();
    }

    [Theory]
    [InlineData(-120)]
    [InlineData(-23 * 60)]
    [InlineData(26 * 60)]
    public async Task Repeating_job_keeps_its_interval_when_the_clock_is_set(int minutes)
    {
        using var scheduler = await StartAsync(repeating: [new("fold", TimeSpan.FromSeconds(2), _ => new CountingJob(this))]);
        await RunsShouldBeAsync(1);
        clock.Step(TimeSpan.FromMinutes(minutes));
        clock.Advance(TimeSpan.FromSeconds(2));
        await RunsShouldBeAsync(2);
        clock.Step(TimeSpan.FromMinutes(-minutes));
        clock.Advance(TimeSpan.FromSeconds(2));
        await RunsShouldBeAsync(3);
        await scheduler.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Failing_job_is_tried_again_and_logged_once()
    {
        fails = true;
        using var scheduler = await StartAsync(repeating: [new("fold", TimeSpan.FromSeconds(2), _ => new CountingJob(this))]);
        for (var i = 1; i <= 3; i++)
        {
            await RunsShouldBeAsync(i);
            clock.Advance(TimeSpan.FromSeconds(2));
        }

        await scheduler.StopAsync(Cancellation);
        log.Warnings.ShouldHaveSingleItem().ShouldContain("Job fold failed and is tried again");
    }

    [Fact]
    public async Task Nightly_job_runs_when_due_also_if_no_host_was_running()
    {
        await store.Jobs.RecordJobRunAsync("night", Now - TimeSpan.FromDays(1), Cancellation);
        using var scheduler = await StartAsync(scheduled: [new("night", "0 17 3 * * ?", _ => new CountingJob(this))]);
        await RunsShouldBeAsync(1);
        (await store.Jobs.ReadLastJobRunAsync("night", Cancellation)).ShouldBe(Now);

        clock.Advance(TimeSpan.FromHours(15));
        clock.Advance(TimeSpan.FromMinutes(16));
        runs.ShouldBe(1);
        clock.Advance(TimeSpan.FromMinutes(1));
        await RunsShouldBeAsync(2);
        await scheduler.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Nightly_job_that_could_not_run_waits_for_the_next_night()
    {
        fails = true;
        using var scheduler = await StartAsync(scheduled: [new("night", "0 17 3 * * ?", _ => new CountingJob(this))]);
        await RunsShouldBeAsync(1);
        clock.Advance(TimeSpan.FromHours(1));
        clock.Advance(TimeSpan.FromHours(1));
        runs.ShouldBe(1);
        fails = false;
        clock.Advance(TimeSpan.FromHours(14));
        await RunsShouldBeAsync(2);
        await scheduler.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Run_recorded_by_a_clock_that_was_ahead_is_void_and_logged_once()
    {
        await store.Jobs.RecordJobRunAsync("night", Now + TimeSpan.FromHours(26), Cancellation);
        using var scheduler = await StartAsync(scheduled: [new("night", "0 17 3 * * ?", _ => new CountingJob(this))]);
        await RunsShouldBeAsync(1);
        (await store.Jobs.ReadLastJobRunAsync("night", Cancellation)).ShouldBe(Now);
        clock.Advance(TimeSpan.FromHours(1));
        await scheduler.StopAsync(Cancellation);
        runs.ShouldBe(1);
        log.Warnings.ShouldHaveSingleItem().ShouldContain("The last run of job night is recorded at 2026-03-21T14:00:00Z, 1.02:00:00 ahead of this clock.");
    }

    private async Task<JobScheduler> StartAsync(IEnumerable<RepeatingJob>? repeating = null, IEnumerable<ScheduledJob>? scheduled = null)
    {
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log));
        var scheduler = new JobScheduler(repeating ?? [], scheduled ?? [], services, store.Jobs, clock, factory.CreateLogger<JobScheduler>());
        await scheduler.StartAsync(Cancellation);
        return scheduler;
    }

    private Task RunsShouldBeAsync(int count) => Eventually.IsTrueAsync(() => Volatile.Read(ref runs) == count, $"{count} runs");

    private sealed class CountingJob(JobSchedulerTests test) : IRepeatingJob, INightlyJob
    {
        public Task RunAsync(CancellationToken cancellation)
        {
            Interlocked.Increment(ref test.runs);
            return test.fails ? throw new InvalidOperationException("It does not work.") : Task.CompletedTask;
        }

        public async Task RunAsync(Timestamp due, CancellationToken cancellation)
        {
            if (!test.fails) await test.store.Jobs.RecordJobRunAsync("night", test.Now, cancellation);
            await RunAsync(cancellation);
        }
    }
}
