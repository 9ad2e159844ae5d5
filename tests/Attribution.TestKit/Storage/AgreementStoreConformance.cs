using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Payouts;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Agreements that are settled per period: accruals and settlements.</summary>
public abstract class AgreementStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    private static readonly AgreementKey Agreement = new(Brand, "mia-1");

    [Fact]
    public async Task Accruals_follow_commits_and_mark_the_agreement_unsettled()
    {
        await using var store = await OpenNewAsync();
        await CommitSuccessfullyAsync(
            store,
            AccrualCommit(Accrual("o:1", 100), Accrual("o:2", 200), Accrual("o:1", 7) with { Agreement = "ben-1" }));
        await CommitSuccessfullyAsync(
            store,
            AccrualCommit(Accrual("o:2", 250), Accrual("p:3", 0) with { Kind = AccrualKind.Post }) with { RemovedAccruals = [(Brand, "mia-1", "o:1"), (Brand, "mia-1", "o:9")] });

        var book = await store.Agreements.ReadAgreementAsync(Agreement, Cancellation);
        book.Accruals.ShouldBe([Accrual("o:2", 250), Accrual("p:3", 0) with { Kind = AccrualKind.Post }]);
        (await store.Agreements.FindUnsettledAgreementsAsync(10, Cancellation)).ShouldBe(
            [Agreement, Agreement with { Agreement = "ben-1" }], ignoreOrder: true);
        (await store.Agreements.FindUnsettledAgreementsAsync(1, Cancellation)).Count.ShouldBe(1);

        (await store.Agreements.CommitSettlementAsync(Settlement(book), Cancellation)).ShouldBeTrue();
        (await store.Agreements.FindUnsettledAgreementsAsync(10, Cancellation)).ShouldBe([Agreement with { Agreement = "ben-1" }]);
        (await store.Agreements.ListAgreementsAsync(Cancellation)).Count.ShouldBe(2);
        await CommitSuccessfullyAsync(store, AccrualCommit() with { RemovedAccruals = [(Brand, "mia-1", "o:2")] });
        (await store.Agreements.FindUnsettledAgreementsAsync(10, Cancellation)).ShouldContain(
            Agreement, "removed accruals change the agreement, too");
        (await store.Agreements.ReadAgreementAsync(new(Brand, "nobody"), Cancellation)).ShouldSatisfyAllConditions(
            none => none.Revision.ShouldBe(0), none => none.Accruals.ShouldBeEmpty());
    }

    [Fact]
    public async Task A_settlement_is_written_once_and_excluded_from_journey_sums()
    {
        await using var store = await OpenNewAsync();
        await CommitSuccessfullyAsync(store, AccrualCommit(Accrual("o:1", 100)));
        var read = await store.Agreements.ReadAgreementAsync(Agreement, Cancellation);
        await CommitSuccessfullyAsync(store, AccrualCommit(Accrual("o:1", 90)));

        (await store.Agreements.CommitSettlementAsync(Settlement(read, 500), Cancellation)).ShouldBeTrue(
            "the settlement of the old state is booked, and the agreement is settled again");
        (await store.Agreements.CommitSettlementAsync(Settlement(read, 600), Cancellation)).ShouldBeFalse("somebody booked meanwhile");
        (await store.Agreements.FindUnsettledAgreementsAsync(10, Cancellation)).ShouldBe([Agreement]);

        var booked = await store.Agreements.ReadAgreementAsync(Agreement, Cancellation);
        booked.Adjustments.ShouldBe([Line(500)]);
        (await store.Agreements.CommitSettlementAsync(Settlement(booked, 400, before: 500), Cancellation)).ShouldBeTrue();
        (await store.Ledger.ReadLedgerAsync(Brand, "a:mia-1:2026-03", Cancellation)).Select(line => line.Commission).ShouldBe([500, -100]);
        await store.Rollups.FoldAsync(100, () => Now, Cancellation);
        await foreach (var (key, cell) in (await store.Rollups.ReadRollupsAsync(Brand, DateOnly.MinValue, DateOnly.MaxValue, null, Cancellation)).Cells)
            (key, cell[Measure.Commission]).ShouldBe((new RollupKey(Brand, new DateOnly(2026, 3, 2), "spring", "mia"), 400));
        ShouldBeSame((await store.Reconciliation.ReadForReconciliationAsync(_ => { }, Cancellation)).Sums, new MeasureSums());

        await WriteCatalogAsync(store, Creator("mia"));
        booked = await store.Agreements.ReadAgreementAsync(Agreement, Cancellation);
        (await store.Agreements.CommitSettlementAsync(Settlement(booked, 1, before: 400) with { CatalogVersion = 0 }, Cancellation)).ShouldBeFalse("the catalog is newer");
    }

    [Fact]
    public async Task A_rebuild_replaces_all_accruals_and_marks_every_agreement_unsettled()
    {
        await using var store = await OpenNewAsync();
        await CommitSuccessfullyAsync(
            store,
            AccrualCommit(Accrual("o:1", 100), Accrual("o:2", 200) with { Agreement = "ben-1" }) with { CatalogVersion = 0 });
        foreach (var key in await store.Agreements.ListAgreementsAsync(Cancellation))
            (await store.Agreements.CommitSettlementAsync(Settlement(await store.Agreements.ReadAgreementAsync(key, Cancellation)), Cancellation)).ShouldBeTrue();
        await using var rebuild = await store.Rebuilds.OpenRebuildAsync("a", Cancellation);
        await rebuild.CopyCatalogAsync(Cancellation);
        await rebuild.Journeys.CommitAsync(
            AccrualCommit(Accrual("o:1", 70), Accrual("o:3", 1) with { Agreement = "eve-1" }) with { CatalogVersion = 0 },
            Cancellation);

        await rebuild.SwapAsync(Swap(NextId()), Cancellation);

        (await store.Agreements.ReadAgreementAsync(Agreement, Cancellation)).Accruals.ShouldBe([Accrual("o:1", 70)]);
        (await store.Agreements.ReadAgreementAsync(new(Brand, "ben-1"), Cancellation)).Accruals.ShouldBeEmpty();
        (await store.Agreements.FindUnsettledAgreementsAsync(10, Cancellation)).Select(key => key.Agreement).ShouldBe(
            ["ben-1", "eve-1", "mia-1"], ignoreOrder: true);
    }

    private static PeriodAccrual Accrual(string key, long net) => new()
    {
        Brand = Brand, Agreement = "mia-1", Key = key, At = Now, Day = new DateOnly(2026, 3, 2), Kind = AccrualKind.Order, Net = net, Micros = 1_000_000, Commission = net / 10,
    };

    private static JourneyCommit AccrualCommit(params PeriodAccrual[] accruals) =>
        new() { CatalogVersion = long.MaxValue, At = Now, Accruals = accruals };

    private static BookedAdjustment Line(long amount) =>
        new(Brand, "mia-1", new Placement("spring", "mia"), new("2026-03", new DateOnly(2026, 3, 2), LedgerReason.Tier, amount));

    private static SettlementCommit Settlement(AgreementState read, long amount = 0, long before = 0)
    {
        var deltas = new MeasureSums();
        deltas.Add(Line(amount - before), 1);
        return new()
        {
            ReadState = read, CatalogVersion = long.MaxValue, Adjustments = amount == 0 ? [] : [Line(amount)],
            Ledger = [.. AdjustmentLines.Between(before == 0 ? [] : [Line(before)], amount == 0 ? [] : [Line(amount)], Now)], Deltas = deltas, At = Now,
        };
    }
}
