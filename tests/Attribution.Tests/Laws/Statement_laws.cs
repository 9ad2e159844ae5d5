using System.Text;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Values;
using Attribution.Host.Rollup;
using Attribution.Storage;
using Attribution.TestKit;

namespace Attribution.Tests.Laws;

/// <summary>
/// Statements over random orders, refunds, merges, changes of agreements, approvals, closings and payments, on a real store: what closed statements said and
/// what is still to come is what the ledger says, a closed statement never changes, and what is paid and carried is what was stated.
/// </summary>
public sealed class Statement_laws
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Statements_and_what_is_to_come_are_the_ledger_whatever_happens()
    {
        using var folder = new TempFolder();
        var empty = await EngineRun.EmptyAsync(folder.File("empty.db"), Cancellation);
        for (var seed = 1; seed <= 4; seed++)
        {
            var dice = new Random(seed);
            await using var run = await EngineRun.OpenAsync(empty, folder.File($"{seed}.db"), Cancellation);
            await run.PutAsync(
                [
                    new CampaignItem("spring", "Spring"), new CreatorItem("mia", "Mia"), new CreatorItem("ben", "Ben"), new CodeItem("mia", "mia", "spring", "mia"),
                    new CodeItem("ben", "ben", "spring", "ben"), new LinkItem("mia", "mia", "https://shop.example/", "spring", "mia"), Agreement("mia"), Agreement("ben"),
                ], Cancellation);
            var clock = new Clock();
            var adjuster = new Adjuster(run.Store, run.Catalogs, clock);
            var (closed, orders) = (new Dictionary<long, string>(), 0);
            for (var month = new DateOnly(2026, 1, 1); month.Month <= 5; month = month.AddMonths(1))
            {
                clock.Now = new DateTimeOffset(CreatorStatement.LastOf(month).AddDays(1 + dice.Next(5)), new TimeOnly(9, 0), TimeSpan.Zero);
                await run.TakeAsync([Pack(clock.Now, Events(month))], Cancellation);
                if (dice.Next(3) == 0) await run.PutAsync([Agreement(dice.Next(2) == 0 ? "mia" : "ben")], Cancellation);
                await run.ReevaluateAsync(Cancellation);
                await adjuster.RunAsync(Cancellation);
                foreach (var creator in await run.Store.EarningCreatorsAsync("default", Cancellation))
                {
                    var by = new Signature("clerk", null, Timestamp.From(clock.Now));
                    if (dice.Next(2) == 0) await run.Store.ApproveAsync("default", creator, [.. (await OpenAsync(run, creator, month)).NotYet.Where(item => item.NeedsApproval).Select(item => (item.Item, item.Campaign))], by, Cancellation);
                    if (dice.Next(5) == 0) continue;
                    var account = await run.Store.AccountAsync("default", creator, CreatorStatement.LastOf(month), Cancellation);
                    var statement = await StatementAsync(run, account, month);
                    if (statement.IsEmpty) continue;
                    var kept = (await run.Store.CloseStatementAsync("default", account, statement, by, Cancellation)).ShouldNotBeNull();
                    (await run.Store.CloseStatementAsync("default", account, statement, by, Cancellation)).ShouldBeNull();
                    Said(kept).ShouldBe(Said(new(kept.Number, creator, statement, by, null, null)));
                    closed.Add(kept.Number, Said(kept));
                    if (dice.Next(2) == 0) await run.Store.PayStatementAsync("default", kept.Number, by, "bank 1", Cancellation);
                }

                foreach (var creator in await run.Store.EarningCreatorsAsync("default", Cancellation)) await HoldAsync(run, creator, closed, $"seed {seed}, {month}, {creator}");
            }

            closed.Count.ShouldBeGreaterThan(2, $"seed {seed}");

            IEnumerable<string> Events(DateOnly month)
            {
                string At() => new DateTimeOffset(month.AddDays(dice.Next(28) - (dice.Next(4) == 0 ? 31 : 0)), new TimeOnly(dice.Next(24), dice.Next(60)), TimeSpan.Zero).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
                for (var i = 0; i < 6; i++)
                {
                    orders++;
                    yield return $$"""{"type":"click","id":"k{{orders}}","occurredAt":"{{At()}}","link":"mia","visitorId":"v{{dice.Next(5)}}"}""";
                    yield return $$"""{"type":"redemption","id":"o{{orders}}","occurredAt":"{{At()}}","orderId":"{{orders}}","codes":[{{new[] { "\"mia\"", "\"ben\"", "\"mia\",\"ben\"", "" }[dice.Next(4)]}}],"currency":"USD","gross":"{{dice.Next(1, 300)}}.{{dice.Next(10, 99)}}","visitorId":"v{{dice.Next(8)}}"}""";
                    var back = dice.Next(1, orders + 1);
                    if (dice.Next(2) == 0) yield return $$"""{"type":"refund","id":"r{{orders}}","occurredAt":"{{At()}}","orderId":"{{back}}","refundId":"{{orders}}","kind":"refund","currency":"USD","amount":"{{dice.Next(1, 200)}}"}""";
                    if (dice.Next(8) == 0) yield return $$"""{"type":"refund","id":"x{{orders}}","occurredAt":"{{At()}}","orderId":"{{back}}","refundId":"x{{orders}}","kind":"cancel"}""";
                }
            }

            AgreementItem Agreement(string creator) => new(
                creator, "spring", creator, new("hybrid", 10m, 1.5m), new(2026, 1, 1 + dice.Next(9)), Tiers: dice.Next(2) == 0 ? null : [new(200, 15), new(500, 5)],
                TierMode: null, Cap: dice.Next(3) == 0 ? 90m : null, Period: null, Fee: dice.Next(2) == 0 ? 20m : null,
                HoldingDays: new[] { 0, 10, 40 }[dice.Next(3)], Approval: dice.Next(3) == 0 ? "manual" : null);
        }
    }

    private static async Task HoldAsync(EngineRun run, string creator, Dictionary<long, string> closed, string of)
    {
        var mine = new List<ClosedStatement>();
        foreach (var (number, said) in closed)
        {
            var now = (await run.Store.FindStatementAsync("default", number, Cancellation)).ShouldNotBeNull();
            Said(now).ShouldBe(said, of);
            if (now.Creator == creator) mine.Add(now);
        }

        long carried = 0;
        foreach (var statement in mine.OrderBy(statement => statement.Statement.Month).Select(one => one.Statement))
        {
            statement.CarriedIn.ShouldBe(carried, of);
            (statement.Payable + statement.CarriedOut).ShouldBe(statement.CarriedIn + statement.Lines.Sum(line => line.Amount), of);
            carried = statement.CarriedOut;
        }

        // All that the ledger says, whatever its day; and what a statement of the end of time would say beside what waits.
        var far = new DateOnly(2099, 1, 1);
        var account = await run.Store.AccountAsync("default", creator, CreatorStatement.LastOf(far), Cancellation);
        var open = await StatementAsync(run, account, far);
        var stated = mine.Sum(one => one.Statement.Lines.Sum(line => line.Amount));
        (stated + open.Lines.Sum(line => line.Amount) + open.NotYet.Sum(item => item.Amount)).ShouldBe(account.Earned.Sum(earned => earned.Amount), of);
        (mine.Sum(one => one.Statement.Payable) + carried).ShouldBe(stated, of);

        var ledger = 0L;
        foreach (var key in account.Earned.Select(earned => earned.Key).Distinct())
            ledger += (await run.Store.LedgerAsync("default", key, Cancellation)).Where(line => line.Placement.Creator == creator).Sum(line => line.Commission);
        account.Earned.Sum(earned => earned.Amount).ShouldBe(ledger, of);
    }

    private static async Task<CreatorStatement> OpenAsync(EngineRun run, string creator, DateOnly month) =>
        await StatementAsync(run, await run.Store.AccountAsync("default", creator, CreatorStatement.LastOf(month), Cancellation), month);

    private static async Task<CreatorStatement> StatementAsync(EngineRun run, CreatorAccount account, DateOnly month) =>
        await run.Catalogs.RefreshAsync(Cancellation) is var catalog ? CreatorStatement.Of(month, account, catalog.Brand("default")!, catalog, CreatorStatement.LastOf(month)) : null!;

    private static string Said(ClosedStatement closed) =>
        string.Join('\n', closed.Statement.Lines.Select(line => line.ToString()).Prepend($"{closed.Number} {closed.Creator} {closed.Statement.Month} {closed.Statement.CarriedIn} {closed.Closed}"));

    private static EventPack Pack(DateTimeOffset at, IEnumerable<string> events) => new()
    {
        PackId = Guid.NewGuid(), Schema = EventPack.CurrentSchema, Source = "shop", BrandId = "default", ReceivedAt = at, Events = [.. events.Select(Encoding.UTF8.GetBytes)],
    };

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
