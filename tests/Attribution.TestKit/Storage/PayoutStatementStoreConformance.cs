using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Planning;
using Attribution.Storage;
using Attribution.Storage.Journeys;
using Attribution.Storage.Payouts;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Accounts of creators and payout statements.</summary>
public abstract class PayoutStatementStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    private static readonly DateOnly March = new(2026, 3, 1);
    private static readonly DateOnly EndOfMarch = new(2026, 3, 31);

    [Fact]
    public async Task An_account_includes_all_entries_through_a_day()
    {
        await using var store = await OpenNewAsync();
        await EarnAsync(store, ("o:1", 2, 2, 300, LedgerReason.Conversion), ("o:1", 2, 9, -100, LedgerReason.Refund), ("o:2", 3, 3, 0, LedgerReason.Conversion),
            ("a:m:2026-03", 5, 5, 40, LedgerReason.Tier), ("a:m:2026-03", 5, 6, 2, LedgerReason.Cap));

        (await store.PayoutStatements.ListEarningCreatorsAsync(Brand, Cancellation)).ShouldBe(["mia"]);
        var account = await store.PayoutStatements.ReadAccountAsync(Brand, "mia", EndOfMarch, Cancellation);
        account.Earnings.OrderBy(one => one.Key, StringComparer.Ordinal).ThenBy(one => one.Reason).ShouldBe(
        [
            new(
                "a:m:2026-03",
                "spring",
                new(2026, 3, 5),
                LedgerReason.Tier,
                40), new("a:m:2026-03", "spring", new(2026, 3, 5), LedgerReason.Cap, 2),
            new("o:1", "spring", new(2026, 3, 2), null, 200),
        ], ignoreOrder: true);
        (await store.PayoutStatements.ReadAccountAsync(Brand, "mia", new(2026, 3, 5), Cancellation)).Earnings.Sum(one => (long)one.Amount).ShouldBe(340);
        (account.StatementSums.Count, account.Approvals.Count, account.LastMonth, account.CarriedForward).ShouldBe((0, 0, null, 0));
    }

    [Fact]
    public async Task Amounts_beyond_64_bits_are_summed_and_stored()
    {
        await using var store = await OpenNewAsync();
        await EarnAsync(
            store, ("o:1", 2, 2, long.MaxValue, LedgerReason.Conversion), ("o:1", 2, 2, long.MaxValue, LedgerReason.Conversion), ("o:1", 2, 2, -5, LedgerReason.Refund));
        var wide = ((Int128)long.MaxValue * 2) - 5;
        var account = await store.PayoutStatements.ReadAccountAsync(Brand, "mia", EndOfMarch, Cancellation);
        account.Earnings.ShouldHaveSingleItem().Amount.ShouldBe(wide);
        var statement = new PayoutStatement
        {
            Month = March, BroughtForward = -3 * wide,
            Lines = [new() { Item = "o:1", Campaign = "spring", Day = new(2026, 3, 2), Agreement = "m", Kind = StatementLineKind.Commission, Amount = wide, ApprovedBy = "anna" }],
        };

        var closed = (await store.PayoutStatements.CloseStatementAsync(Brand, account, statement, new("anna", null, Now), Cancellation)).ShouldNotBeNull();

        (closed.Statement.BroughtForward, closed.Statement.Lines[0].Amount, closed.Statement.CarriedForward).ShouldBe((-3 * wide, wide, -2 * wide));
        account = await store.PayoutStatements.ReadAccountAsync(Brand, "mia", EndOfMarch, Cancellation);
        (account.CarriedForward, account.StatementSums.ShouldHaveSingleItem().Amount).ShouldBe((-2 * wide, wide));
    }

    [Fact]
    public async Task A_closed_statement_gets_the_next_number_and_is_paid_once()
    {
        await using var store = await OpenNewAsync();
        await EarnAsync(store, ("o:1", 2, 2, 300, LedgerReason.Conversion));
        var account = await store.PayoutStatements.ReadAccountAsync(Brand, "mia", EndOfMarch, Cancellation);
        var statement = new PayoutStatement
        {
            Month = March, BroughtForward = -20,
            Lines = [new() { Item = "o:1", Campaign = "spring", Day = new(2026, 3, 2), Agreement = "m", Kind = StatementLineKind.Commission, Amount = 300, ApprovedBy = "anna", ApprovedAt = Now }],
        };

        var closed = (await store.PayoutStatements.CloseStatementAsync(Brand, account, statement, new("anna", "k", Now), Cancellation)).ShouldNotBeNull();
        (closed.Number, closed.Creator, closed.Closed, closed.Paid).ShouldBe((1, "mia", new ActorStamp("anna", "k", Now), null));
        (await store.PayoutStatements.CloseStatementAsync(Brand, account, statement with { Month = March.AddMonths(1) }, new("anna", null, Now), Cancellation)).ShouldBeNull("the account was read before the last statement");
        (await store.PayoutStatements.CloseStatementAsync(Brand, account with { Creator = "ben" }, statement with { BroughtForward = 0 }, new("anna", null, Now), Cancellation))!.Number.ShouldBe(2);
        // Another brand with the same creator and month starts at 1 and has its own payment.
        (await store.PayoutStatements.CloseStatementAsync("other", account, statement with { BroughtForward = -7 }, new("anna", null, Now), Cancellation))!.Number.ShouldBe(1);
        (await store.PayoutStatements.MarkStatementPaidAsync("other", 1, new("eve", null, new(6)), "theirs", Cancellation))!.Statement.BroughtForward.ShouldBe(-7);
        (await store.PayoutStatements.FindStatementAsync(Brand, 1, Cancellation))!.Paid.ShouldBeNull();

        var paid = (await store.PayoutStatements.MarkStatementPaidAsync(Brand, 1, new("otto", null, new(7)), "ref", Cancellation)).ShouldNotBeNull();
        (await store.PayoutStatements.MarkStatementPaidAsync(Brand, 1, new("anna", null, new(8)), "again", Cancellation)).ShouldNotBeNull().Paid.ShouldBe(new ActorStamp("otto", null, new(7)));
        (await store.PayoutStatements.MarkStatementPaidAsync(Brand, 3, new("anna", null, new(8)), null, Cancellation)).ShouldBeNull();
        var found = (await store.PayoutStatements.FindStatementAsync(Brand, "mia", March, Cancellation)).ShouldNotBeNull();
        RecordText.Serialize(found).ShouldBe(RecordText.Serialize(paid));
        RecordText.Serialize(
            (await store.PayoutStatements.FindStatementAsync(Brand, 1, Cancellation))!).ShouldBe(RecordText.Serialize(paid));
        RecordText.Serialize(found.Statement.Lines).ShouldBe(RecordText.Serialize(statement.Lines));
        (found.Statement.BroughtForward, found.Reference).ShouldBe((-20, "ref"));
        (await store.PayoutStatements.FindStatementAsync("glow", 1, Cancellation)).ShouldBeNull();

        var after = await store.PayoutStatements.ReadAccountAsync(Brand, "mia", EndOfMarch, Cancellation);
        (after.LastMonth, after.CarriedForward).ShouldBe((March, 0));
        after.StatementSums.ShouldBe([new("o:1", "spring", new(2026, 3, 2), 300)]);
    }

    [Fact]
    public async Task The_first_approval_is_kept()
    {
        await using var store = await OpenNewAsync();
        (await store.PayoutStatements.ApproveItemsAsync(Brand, "mia", [("o:1", "spring"), ("o:2", "spring")], new("anna", "k", Now), Cancellation)).ShouldBe(2);
        (await store.PayoutStatements.ApproveItemsAsync(Brand, "mia", [("o:1", "spring"), ("o:3", "spring")], new("otto", null, new(9)), Cancellation)).ShouldBe(1);

        (await store.PayoutStatements.ReadAccountAsync(Brand, "mia", EndOfMarch, Cancellation)).Approvals.ShouldBe(
            new Dictionary<(string, string), Approval> { [("o:1", "spring")] = new("anna", Now), [("o:2", "spring")] = new("anna", Now), [("o:3", "spring")] = new("otto", new(9)) }, ignoreOrder: true);
    }

    private static async Task EarnAsync(
        IStore store, params (string Key, int OrderDay, int EntryDay, long Commission, LedgerReason Reason)[] lines)
    {
        var commit = new JourneyCommit
        {
            CatalogVersion = await store.Catalog.ReadCatalogVersionAsync(Cancellation), At = Now,
            Ledger =
            [
                .. lines.Select(line => new LedgerEntry
                {
                    Brand = Brand, Conversion = line.Key, Placement = new("spring", "mia"), OrderDay = new(
                        2026, 3, line.OrderDay), EntryDay = new(2026, 3, line.EntryDay),
                    Amount = 0, Micros = 0, Commission = line.Commission, Reason = line.Reason, CausedBy = "e", RecordedAt = Now,
                }),
            ],
        };
        (await store.Journeys.CommitAsync(commit, Cancellation)).ShouldBe(CommitOutcome.Committed);
    }
}
