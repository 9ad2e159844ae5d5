using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Rollup;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Sqlite;
using Attribution.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Tests.Rollup;

/// <summary>A nightly run that is triggered in two processes over one store.</summary>
public sealed class NightlyRunTests : IAsyncLifetime
{
    private static readonly IOptions<RollupOptions> Options = Microsoft.Extensions.Options.Options.Create(new RollupOptions { LeaseFor = TimeSpan.FromSeconds(15) });

    private readonly TempFolder folder = new();
    private readonly ManualClock clock = new();
    private readonly TestApplicationLifetime lifetime = new();
    private SqliteStore store = null!;
    private int runs;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("store.db") }, Cancellation);

    public async ValueTask DisposeAsync()
    {
        lifetime.Dispose();
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Only_one_process_renews_its_lease_and_does_the_work()
    {
        await Task.WhenAll(RunAsync("1", WorkAsync), RunAsync("2", WorkAsync));
        runs.ShouldBe(1);
        (await store.Jobs.ReadLastJobRunAsync("job", Cancellation)).ShouldBe(clock.Timestamp);

        async Task<bool> WorkAsync(CancellationToken cancellation)
        {
            Interlocked.Increment(ref runs);
            for (var i = 0; i < 3; i++)
            {
                clock.Advance(TimeSpan.FromSeconds(10));
                await Eventually.IsTrueAsync(
                    () => LeasedUntil() == clock.Timestamp.UnixMilliseconds + 15_000, "the lease is renewed");
            }

            return true;
        }
    }

    [Fact]
    public async Task Work_of_a_killed_process_is_taken_over_after_its_lease()
    {
        var term = clock.Timestamp + TimeSpan.FromSeconds(15);
        (await store.Jobs.TryAcquireLeaseAsync("rollup", "killed", clock.Timestamp, term, Cancellation)).ShouldBeTrue();
        var running = RunAsync("2", _ =>
        {
            clock.Timestamp.ShouldBe(term);
            return Task.FromResult(++runs > 0);
        });
        clock.Advance(TimeSpan.FromSeconds(15));
        await running;
        runs.ShouldBe(1);
    }

    [Fact]
    public async Task Work_of_a_process_whose_clock_was_ahead_is_taken_over_at_once()
    {
        var ahead = clock.Timestamp + TimeSpan.FromHours(2);
        await store.Jobs.RecordJobRunAsync("job", ahead, Cancellation);
        (await store.Jobs.TryAcquireLeaseAsync("rollup", "killed", ahead, ahead + TimeSpan.FromSeconds(15), Cancellation)).ShouldBeTrue();
        await RunAsync("2", _ => Task.FromResult(++runs > 0));
        runs.ShouldBe(1);
        (await store.Jobs.ReadLastJobRunAsync("job", Cancellation)).ShouldBe(clock.Timestamp);
    }

    [Fact]
    public async Task Work_with_a_lost_lease_is_canceled_and_repeated_only_if_not_done()
    {
        // The lease ends no later than the worker's own: otherwise its next renewal would take it for void and win it back.
        var (later, until) = (clock.Timestamp + TimeSpan.FromSeconds(30), clock.Timestamp + TimeSpan.FromSeconds(15));
        await RunAsync("1", async cancellation =>
        {
            runs++;
            await store.Jobs.RecordJobRunAsync("job", later, Cancellation);
            (await store.Jobs.TryAcquireLeaseAsync("rollup", "other", later, until, Cancellation)).ShouldBeTrue();
            await Task.Delay(Timeout.Infinite, cancellation).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
            return true;
        });
        runs.ShouldBe(1);
        (await store.Jobs.ReadLastJobRunAsync("job", Cancellation)).ShouldBe(later);
    }

    [Fact]
    public async Task Stop_cancels_the_work_and_leaves_it_to_the_next_start()
    {
        await RunAsync("1", async cancellation =>
        {
            lifetime.StopApplication();
            await Task.Delay(TimeSpan.FromMinutes(1), cancellation);
            return true;
        });
        (await store.Jobs.ReadLastJobRunAsync("job", Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task Unfinished_work_is_not_recorded_as_done()
    {
        await RunAsync("1", _ => Task.FromResult(false));
        (await store.Jobs.ReadLastJobRunAsync("job", Cancellation)).ShouldBeNull();
    }

    private Task RunAsync(string instance, Func<CancellationToken, Task<bool>> work)
    {
        var lease = new RollupLease(store.Jobs, new HostSettings(new HashSet<Role> { Role.Rollup }, instance, folder.Path), clock, Options, NullLogger<RollupLease>.Instance);
        return new NightlyJobRunner(store.Jobs, lease, clock, lifetime, Options).RunOnceAsync("job", ManualClock.Start, work, Cancellation);
    }

    private long LeasedUntil()
    {
        using var file = new SqliteConnection($"Data Source={folder.File("store.db")};Mode=ReadOnly;Pooling=false");
        file.Open();
        using var command = file.CreateCommand();
        command.CommandText = "SELECT until FROM leases WHERE name = 'rollup'";
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>
    /// Clock that stops until it is moved; its timers fire immediately, regardless of their due time.
    /// </summary>
    private sealed class ManualClock : TimeProvider
    {
        private long moved;

        public static Timestamp Start { get; } = Timestamp.From(new DateTimeOffset(2026, 3, 20, 3, 0, 0, TimeSpan.Zero));

        public Timestamp Timestamp => Start + TimeSpan.FromTicks(Interlocked.Read(ref moved));

        public void Advance(TimeSpan by) => Interlocked.Add(ref moved, by.Ticks);

        public override DateTimeOffset GetUtcNow() => Timestamp.ToDateTimeOffset();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Soon(dueTime), Soon(period));

        private static TimeSpan Soon(TimeSpan span) => span > TimeSpan.FromMilliseconds(2) ? TimeSpan.FromMilliseconds(2) : span;
    }
}
