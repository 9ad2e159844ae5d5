using Attribution.Core.Values;
using Attribution.Storage;
using Attribution.Storage.Jobs;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Runs of jobs, and leases.</summary>
public abstract class JobStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task The_last_run_of_each_job_is_stored()
    {
        await using var store = await OpenNewAsync();
        (await store.Jobs.ReadLastJobRunAsync("reconcile", Cancellation)).ShouldBeNull();

        await store.Jobs.RecordJobRunAsync("reconcile", Now, Cancellation);
        await store.Jobs.RecordJobRunAsync("reconcile", Now - TimeSpan.FromSeconds(30), Cancellation);

        (await store.Jobs.ReadLastJobRunAsync("reconcile", Cancellation)).ShouldBe(Now);
        (await store.Jobs.ReadLastJobRunAsync("close", Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task Attempts_at_a_message_are_counted_until_they_are_forgotten()
    {
        await using var store = await OpenNewAsync();
        var (pack, other) = (Guid.NewGuid(), Guid.NewGuid());
        for (var attempt = 1; attempt < 4; attempt++) (await store.Jobs.CountAttemptAsync(pack, Cancellation)).ShouldBe(attempt);
        (await store.Jobs.CountAttemptAsync(other, Cancellation)).ShouldBe(1);

        await store.Jobs.ForgetAttemptsAsync(pack, Cancellation);
        await store.Jobs.ForgetAttemptsAsync(pack, Cancellation);
        (await store.Jobs.CountAttemptAsync(pack, Cancellation)).ShouldBe(1);
        (await store.Jobs.CountAttemptAsync(other, Cancellation)).ShouldBe(2);
    }

    [Fact]
    public async Task A_lease_has_one_holder_until_it_expires_or_is_released()
    {
        await using var store = await OpenNewAsync();
        var end = Now + TimeSpan.FromSeconds(15);
        (await LeaseAsync("first", Now)).ShouldBeTrue();
        (await LeaseAsync("second", Now)).ShouldBeFalse();
        (await LeaseAsync("second", Now, "other")).ShouldBeTrue();
        (await LeaseAsync("second", end - TimeSpan.FromMilliseconds(1))).ShouldBeFalse();

        (await LeaseAsync("first", Now + TimeSpan.FromSeconds(5))).ShouldBeTrue();
        (await LeaseAsync("second", end)).ShouldBeFalse();
        (await LeaseAsync("second", end + TimeSpan.FromSeconds(5))).ShouldBeTrue();
        (await LeaseAsync("first", end + TimeSpan.FromSeconds(5))).ShouldBeFalse();

        await store.Jobs.ReleaseLeaseAsync("fold", "first", Cancellation);
        (await LeaseAsync("first", end + TimeSpan.FromSeconds(5))).ShouldBeFalse();
        await store.Jobs.ReleaseLeaseAsync("fold", "second", Cancellation);
        (await LeaseAsync("first", end + TimeSpan.FromSeconds(5))).ShouldBeTrue();

        ValueTask<bool> LeaseAsync(string holder, Timestamp now, string lease = "fold") =>
            store.Jobs.TryAcquireLeaseAsync(lease, holder, now, now + TimeSpan.FromSeconds(15), Cancellation);
    }

    [Fact]
    public async Task A_run_recorded_by_a_clock_that_was_ahead_is_replaced()
    {
        await using var store = await OpenNewAsync();
        await store.Jobs.RecordJobRunAsync("reconcile", Now + TimeSpan.FromHours(2), Cancellation);
        await store.Jobs.RecordJobRunAsync("reconcile", Now, Cancellation);
        (await store.Jobs.ReadLastJobRunAsync("reconcile", Cancellation)).ShouldBe(Now);

        // The clocks of two hosts differ a little.
        await store.Jobs.RecordJobRunAsync("reconcile", Now - ClockSkew.Max, Cancellation);
        (await store.Jobs.ReadLastJobRunAsync("reconcile", Cancellation)).ShouldBe(Now);
    }

    [Fact]
    public async Task A_lease_that_lasts_longer_than_its_term_is_void()
    {
        await using var store = await OpenNewAsync();
        var term = TimeSpan.FromSeconds(15);
        (await store.Jobs.FindLeaseAsync("fold", Cancellation)).ShouldBeNull();
        var ahead = Now + TimeSpan.FromHours(2);
        (await store.Jobs.TryAcquireLeaseAsync("fold", "dead", ahead, ahead + term, Cancellation)).ShouldBeTrue();
        (await store.Jobs.FindLeaseAsync("fold", Cancellation)).ShouldBe(new Lease("dead", ahead + term));

        (await store.Jobs.TryAcquireLeaseAsync("fold", "alive", Now, Now + term, Cancellation)).ShouldBeTrue();
        (await store.Jobs.TryAcquireLeaseAsync("fold", "other", Now, Now + term, Cancellation)).ShouldBeFalse("the term is right");
        (await store.Jobs.FindLeaseAsync("fold", Cancellation)).ShouldBe(new Lease("alive", Now + term));
    }

    [Fact]
    public async Task Concurrent_lease_requests_have_one_winner()
    {
        await using var store = await OpenNewAsync();
        var asked = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            Task.Run(() => store.Jobs.TryAcquireLeaseAsync("fold", $"holder {i}", Now, Now + TimeSpan.FromSeconds(15), Cancellation).AsTask(), Cancellation)));
        asked.Count(held => held).ShouldBe(1);
    }
}
