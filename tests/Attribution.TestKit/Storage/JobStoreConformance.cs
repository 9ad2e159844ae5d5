using Attribution.Core.Values;
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
        await store.Jobs.RecordJobRunAsync("reconcile", Now - TimeSpan.FromDays(1), Cancellation);

        (await store.Jobs.ReadLastJobRunAsync("reconcile", Cancellation)).ShouldBe(Now);
        (await store.Jobs.ReadLastJobRunAsync("close", Cancellation)).ShouldBeNull();
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
    public async Task Concurrent_lease_requests_have_one_winner()
    {
        await using var store = await OpenNewAsync();
        var asked = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            Task.Run(() => store.Jobs.TryAcquireLeaseAsync("fold", $"holder {i}", Now, Now + TimeSpan.FromSeconds(15), Cancellation).AsTask(), Cancellation)));
        asked.Count(held => held).ShouldBe(1);
    }
}
