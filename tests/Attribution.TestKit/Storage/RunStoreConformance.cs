using Attribution.Core.Planning;
using Attribution.Storage;
using Attribution.Storage.Journeys;
using Attribution.Storage.Runs;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Background runs and the scans that they read.</summary>
public abstract class RunStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task Runs_are_claimed_once_oldest_first_and_keep_progress_and_answer()
    {
        await using var store = await OpenNewAsync();
        var (first, second, other) = (NewRun(), NewRun(), NewRun("other"));
        foreach (var run in new[] { second, first, other })
            (await store.Runs.TryAddRunAsync(run, 10, Cancellation)).ShouldBeTrue();
        ShouldBe(await store.Runs.FindRunAsync("test", first.Id, Cancellation), first);
        (await store.Runs.FindRunAsync("other", first.Id, Cancellation)).ShouldBeNull();

        var waiting = await store.Runs.ListUnfinishedRunsAsync("test", Cancellation);
        waiting.Select(run => run.Id).ShouldBe([first.Id, second.Id]);
        var taken = (await store.Runs.TryClaimRunAsync(waiting[0], Now + TimeSpan.FromSeconds(1), Cancellation)).ShouldNotBeNull();
        ShouldBe(taken, first with { Status = RunStatus.Running, Attempt = 1, UpdatedAt = Now + TimeSpan.FromSeconds(1) });
        (await store.Runs.TryClaimRunAsync(waiting[0], Now, Cancellation)).ShouldBeNull("it is claimed already");
        (await store.Runs.ListUnfinishedRunsAsync("test", Cancellation)).Select(run => run.Status).ShouldBe([RunStatus.Running, RunStatus.Queued]);

        var done = taken with { Status = RunStatus.Done, Done = 7, Total = 9, UpdatedAt = Now + TimeSpan.FromSeconds(2), Answer = [1, 2], Fault = "none" };
        (await store.Runs.UpdateRunAsync(done, Cancellation)).ShouldBeTrue();
        ShouldBe(await store.Runs.FindRunAsync("test", first.Id, Cancellation), done);
        (await store.Runs.UpdateRunAsync(done with { Status = RunStatus.Failed }, Cancellation)).ShouldBeFalse(
            "a finished run does not change");
        (await store.Runs.ListUnfinishedRunsAsync("test", Cancellation)).ShouldHaveSingleItem().Id.ShouldBe(second.Id);
    }

    [Fact]
    public async Task A_silent_run_is_claimed_again_and_lost_by_its_first_worker()
    {
        await using var store = await OpenNewAsync();
        await store.Runs.TryAddRunAsync(NewRun(), 10, Cancellation);
        var first = (await ClaimNextAsync(store))!;
        var updated = first with { Done = 5, Total = 10, UpdatedAt = Now + TimeSpan.FromSeconds(5) };
        (await store.Runs.UpdateRunAsync(updated, Cancellation)).ShouldBeTrue();
        (await store.Runs.TryClaimRunAsync(first, Now, Cancellation)).ShouldBeNull("it was updated since it was read");

        var second = (await store.Runs.TryClaimRunAsync(updated, Now + TimeSpan.FromSeconds(40), Cancellation)).ShouldNotBeNull();
        (second.Attempt, second.Done, second.Total).ShouldBe((2, 0, 0));
        (await store.Runs.UpdateRunAsync(first with { Status = RunStatus.Done }, Cancellation)).ShouldBeFalse();
        (await store.Runs.UpdateRunAsync(second with { Status = RunStatus.Queued }, Cancellation)).ShouldBeTrue();
        (await ClaimNextAsync(store))!.Attempt.ShouldBe(3, "a released run is queued");
    }

    [Fact]
    public async Task Unfinished_runs_are_limited_and_ended_runs_are_deleted()
    {
        await using var store = await OpenNewAsync();
        for (var i = 0; i < 2; i++) (await store.Runs.TryAddRunAsync(NewRun(), 2, Cancellation)).ShouldBeTrue();
        (await store.Runs.TryAddRunAsync(NewRun(), 2, Cancellation)).ShouldBeFalse();
        (await store.Runs.TryAddRunAsync(NewRun("other"), 2, Cancellation)).ShouldBeTrue();
        var taken = (await ClaimNextAsync(store))!;
        (await store.Runs.TryAddRunAsync(NewRun(), 2, Cancellation)).ShouldBeFalse("a running run is not finished");
        await store.Runs.UpdateRunAsync(taken with { Status = RunStatus.Failed }, Cancellation);
        (await store.Runs.TryAddRunAsync(NewRun(), 2, Cancellation)).ShouldBeTrue();

        await store.Runs.DeleteEndedRunsAsync("test", Now, Cancellation);
        (await store.Runs.FindRunAsync("test", taken.Id, Cancellation)).ShouldNotBeNull();
        await store.Runs.DeleteEndedRunsAsync("test", Now + TimeSpan.FromMilliseconds(1), Cancellation);
        (await store.Runs.FindRunAsync("test", taken.Id, Cancellation)).ShouldBeNull();
        (await store.Runs.TryAddRunAsync(NewRun(), 2, Cancellation)).ShouldBeFalse("those that wait are kept");
    }

    [Fact]
    public async Task Concurrent_claims_of_a_run_have_one_winner()
    {
        await using var left = await OpenAsync("race-run");
        await using var right = await OpenAsync("race-run");
        for (var round = 0; round < Rounds; round++)
        {
            await left.Runs.TryAddRunAsync(NewRun(), 1, Cancellation);
            var waiting = (await left.Runs.ListUnfinishedRunsAsync("test", Cancellation)).ShouldHaveSingleItem();
            var taken = await RunConcurrentlyAsync(
                [left, right, left], async store => await store.Runs.TryClaimRunAsync(waiting, Now, Cancellation));
            await left.Runs.UpdateRunAsync(
                taken.OfType<RunDocument>().ShouldHaveSingleItem() with { Status = RunStatus.Done }, Cancellation);
        }
    }

    [Fact]
    public async Task A_scan_reads_every_live_journey_from_one_snapshot()
    {
        await using var store = await OpenNewAsync();
        var journeys = Enumerable.Range(0, 5).Select(_ => NewJourney("a")).ToArray();
        await InsertJourneysAsync(store, [.. journeys.Select((journey, i) => (journey, $"v:{i}"))]);
        await CommitSuccessfullyAsync(
            store,
            Replace(Marked(journeys[0], 'x'), 1) with { Tombstones = [new Tombstone(journeys[4].Id, 1, journeys[0].Id)] });

        var seen = new List<string>();
        await store.Journeys.ScanAsync(
            (journey, done, total) =>
            {
                (done, total).ShouldBe((seen.Count, 4));
                if (seen.Count == 0)
                    Task.Run(async () =>
                    {
                        foreach (var other in journeys[1..4])
                            await CommitSuccessfullyAsync(store, Replace(Marked(other, 'y'), 1));
                    }).GetAwaiter().GetResult();
                seen.Add(Marks(journey));
            },
            Cancellation);

        seen.Order(StringComparer.Ordinal).ShouldBe(["a", "a", "a", "ax"]);
    }

    [Fact]
    public async Task A_commit_after_a_catalog_change_cannot_use_the_older_catalog()
    {
        await using var store = await OpenNewAsync();
        await InsertJourneysAsync(store, (NewJourney("a"), "v:a"), (NewJourney("b"), "v:b"));
        (await store.Journeys.CountStaleAsync(0, Cancellation)).ShouldBe(0);
        await WriteCatalogAsync(store, Creator("mia"));
        (await store.Journeys.CountStaleAsync(1, Cancellation)).ShouldBe(2);

        // Commits planned before the change are refused, so the count can only decrease.
        (await CommitAsync(store, Replace(NewJourney("c"), 0) with { CatalogVersion = 0 })).ShouldBe(CommitOutcome.CatalogChanged);
        var known = await FindJourneyAsync(store, "v:a");
        (await CommitAsync(store, Replace(Marked(known.Journey, 'x'), 1) with { CatalogVersion = 0 })).ShouldBe(
            CommitOutcome.CatalogChanged);
        (await store.Journeys.CountStaleAsync(1, Cancellation)).ShouldBe(2);

        await CommitSuccessfullyAsync(
            store, Replace(Marked(known.Journey, 'x') with { CatalogVersion = 1 }, 1) with { CatalogVersion = 1 });
        (await store.Journeys.CountStaleAsync(1, Cancellation)).ShouldBe(1);
        var last = await FindJourneyAsync(store, "v:b");
        var survivor = await FindJourneyAsync(store, "v:a");
        await CommitSuccessfullyAsync(
            store,
            Replace(Marked(survivor.Journey, 'y'), 2) with { CatalogVersion = 1, Tombstones = [new Tombstone(last.Journey.Id, 1, survivor.Journey.Id)] });
        (await store.Journeys.CountStaleAsync(1, Cancellation)).ShouldBe(0, "a merged journey no longer counts");
    }

    private static async Task<RunDocument?> ClaimNextAsync(IStore store) =>
        (await store.Runs.ListUnfinishedRunsAsync("test", Cancellation)) is [var next, ..]
            ? await store.Runs.TryClaimRunAsync(next, Now, Cancellation)
            : null;

    private RunDocument NewRun(string kind = "test") =>
        new() { Id = NextId(), Kind = kind, Request = [.. "{}"u8], CreatedAt = Now, UpdatedAt = Now };

    private static void ShouldBe(RunDocument? run, RunDocument expected)
    {
        run.ShouldNotBeNull();
        run.Request.ShouldBe(expected.Request);
        run.Answer.ShouldBe(expected.Answer);
        (run with { Request = [], Answer = [] }).ToString().ShouldBe((expected with { Request = [], Answer = [] }).ToString());
    }
}
