using System.Numerics;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Payouts;
using Attribution.Core.Values;
using Attribution.Host.Rollup;
using Attribution.Storage.Payouts;
using Attribution.TestKit;
using Attribution.TestKit.Twin;

namespace Attribution.Host.Tests.Laws;

/// <summary>
/// Payouts over random orders, refunds, merges, rate corrections, agreement changes, cost sharing, approvals, closings
/// and payments, on a real store, compared with a twin that computes everything from the specification. After every
/// month, ledger and rollups equal the twin's for each order, creator, agreement and cost; statements and pending
/// amounts add up to the ledger; closed statements never change. In any order of arrival, and after a rebuild, the
/// results are equal to the cent. The seeds are fixed; <c>ATTRIBUTION_MONEY_CASES</c> sets their number and
/// <c>ATTRIBUTION_MONEY_SEED</c> the first one (1,000 cases take about ten minutes on two cores).
/// </summary>
public sealed class MoneyLawTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ledger_balances_and_statements_match_it_in_any_order_of_events()
    {
        using var folder = new TempFolder();
        var empty = await EngineRun.EmptyAsync(folder.File("empty.db"), Cancellation);
        var (first, count) = (Number("ATTRIBUTION_MONEY_SEED", 1), Number("ATTRIBUTION_MONEY_CASES", 24));
        await Parallel.ForEachAsync(Enumerable.Range(first, count), Cancellation, async (seed, _) =>
        {
            var months = MoneyCases.Create(seed);
            await using (var run = await EngineRun.OpenAsync(empty, folder.File($"{seed}-a.db"), Cancellation)) await new MoneyCaseRun(run, seed, months).RunInOrderAsync();
            await using (var run = await EngineRun.OpenAsync(empty, folder.File($"{seed}-b.db"), Cancellation)) await new MoneyCaseRun(run, seed, months).RunShuffledAsync(rebuild: seed % 4 == 0);
        });
    }

    [Fact]
    public async Task Nightly_job_corrects_and_recalculates_wrong_accruals()
    {
        using var folder = new TempFolder();
        await using var run = await EngineRun.OpenAsync(await EngineRun.EmptyAsync(folder.File("empty.db"), Cancellation), folder.File("run.db"), Cancellation);
        var story = new MoneyCaseRun(run, 3, MoneyCases.Create(3));
        await story.RunShuffledAsync(rebuild: false);
        var books = (await run.Store.Agreements.ListAgreementsAsync(Cancellation)).Select(async key => await run.Store.Agreements.ReadAgreementAsync(key, Cancellation)).Select(book => book.Result);
        var book = books.First(book => book.Accruals.Count > 0);
        (await run.Store.Agreements.ReplaceAccrualsAsync(book, [.. book.Accruals.Skip(1), book.Accruals[0] with { Net = 999_999, Commission = 77 }], Cancellation)).ShouldBeTrue();
        await story.Settlement.RunAsync(Cancellation);

        (await MoneyCaseRun.ReconcileAsync(run)).ShouldBe($$"""{"mismatches":1,"repaired":[],"agreements":["{{book.Key.Agreement}}"],"sums":0}""");

        await story.Settlement.RunAsync(Cancellation);
        await story.ShouldMatchTwinAsync("after the nightly jobs");
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Run of a case through a store, with the events reported so far.</summary>
    private sealed class MoneyCaseRun(EngineRun run, int seed, IReadOnlyList<MoneyMonth> months)
    {
        private const string Brand = "default";

        private readonly Random dice = new(seed * 31);
        private readonly ManualClock clock = new();
        private readonly Dictionary<CatalogRef, ICatalogItem> catalog = [];
        private readonly List<object> processedEvents = [];
        private readonly Dictionary<long, string> closed = [];
        private PeriodSettlement? settlement;

        public PeriodSettlement Settlement => settlement ??= new(run.Store.Agreements, run.Catalogs, clock);

        /// <summary>
        /// Runs the case month by month with approvals, closings and payments, and compares with the twin after each
        /// month.
        /// </summary>
        public async Task RunInOrderAsync()
        {
            foreach (var month in months)
            {
                clock.Now = month.Now;
                if (dice.Next(2) == 0) await ProcessAsync(month.Events.Take(month.Events.Count / 2));
                await PutAsync(month.Puts);
                await ProcessAsync(month.Events.Except(processedEvents));
                await run.ReevaluateAsync(Cancellation);
                await Settlement.RunAsync(Cancellation);
                await ShouldMatchTwinAsync($"seed {seed}, {month.Month:yyyy-MM}");
                foreach (var creator in await run.Store.PayoutStatements.ListEarningCreatorsAsync(Brand, Cancellation)) await CloseStatementAsync(creator, month.Month);
                foreach (var creator in await run.Store.PayoutStatements.ListEarningCreatorsAsync(Brand, Cancellation)) await ShouldBalanceAsync(creator, $"seed {seed}, {month.Month:yyyy-MM}, {creator}");
            }
        }

        /// <summary>
        /// Delivers all events in random order with occasional settlement and folding, and compares with the twin at
        /// the end.
        /// </summary>
        public async Task RunShuffledAsync(bool rebuild)
        {
            clock.Now = months[^1].Now;
            var events = months.SelectMany(month => month.Events).ToArray();
            dice.Shuffle(events);
            var steps = events.Chunk(dice.Next(3, 12)).Select(some => (Func<Task>)(() => ProcessAsync(some))).ToList();
            for (var i = 1; i < months.Count; i++)
            {
                var puts = months[i].Puts;
                steps.Insert(steps.Count * i / months.Count, () => PutAsync(puts));
            }

            await PutAsync(months[0].Puts);
            foreach (var step in steps)
            {
                await step();
                if (dice.Next(3) == 0) await Settlement.RunAsync(Cancellation);
                if (dice.Next(4) == 0) await run.ReevaluateAsync(Cancellation);
                if (dice.Next(4) == 0) await run.FoldAsync(100, Cancellation);
            }

            await run.ReevaluateAsync(Cancellation);
            await Settlement.RunAsync(Cancellation);
            await ShouldMatchTwinAsync($"seed {seed}, anyhow");
            (await ReconcileAsync(run)).ShouldBe("""{"mismatches":0,"repaired":[],"agreements":[],"sums":0}""", $"seed {seed}");
            if (!rebuild) return;
            (await run.RebuildAsync(Cancellation)).ShouldBe("""{"conversions":0,"ledgerLines":0,"cells":0}""", $"seed {seed}");
            await Settlement.RunAsync(Cancellation);
            await ShouldMatchTwinAsync($"seed {seed}, rebuilt");
        }

        /// <summary>
        /// Checks that ledger, adjustments and rollups equal the twin's, and that nothing remains to be settled.
        /// </summary>
        public async Task ShouldMatchTwinAsync(string of)
        {
            (await new PeriodSettlement(run.Store.Agreements, run.Catalogs, clock).RunAsync(Cancellation)).ShouldBe(0, of);
            var (twin, today) = Twin();
            var engine = await run.ReadAsync([Brand], Cancellation);
            Differences(twin.Ledger, engine.Ledger).ShouldBeEmpty(of);
            foreach (var agreement in catalog.Values.OfType<AgreementItem>())
            {
                var right = TwinAgreements.Settle(agreement, twin.Accruals, today, Currency);
                var booked = (await run.Store.Agreements.ReadAgreementAsync(new(Brand, agreement.Id), Cancellation)).Adjustments;
                booked.ShouldAllBe(line => line.Placement.Campaign == agreement.CampaignId && line.Placement.Creator == agreement.CreatorId);
                Differences(right, booked.ToDictionary(line => (line.Adjustment.Period, line.Adjustment.Day, line.Adjustment.Reason.ToString()), line => (BigInteger)line.Adjustment.Amount)).ShouldBeEmpty($"{of}, {agreement}");
                foreach (var period in right.GroupBy(line => line.Key.Period))
                {
                    var lines = await run.Store.Ledger.ReadLedgerAsync(Brand, $"a:{agreement.Id}:{period.Key}", Cancellation);
                    lines.Sum(line => line.Commission).ShouldBe((long)Sum(period.Select(line => line.Value)), of);
                    lines.ShouldAllBe(line => line.Amount == 0 && line.Micros == 0);
                }

                foreach (var (line, amount) in right)
                    twin.Add(Brand, line.Day, new(agreement.CampaignId, agreement.CreatorId), "", line.Reason is "Fee" or "PostFee" ? "costFee" : "commission", amount);
            }

            TwinCosts.Count(catalog.Values, twin);
            Differences(twin.Cells, engine.Rollups).ShouldBeEmpty(of);
        }

        private string Currency => catalog.Values.OfType<BrandItem>().Single().Currency;

        private (TwinResult Books, DateOnly Today) Twin() => (
            NaiveTwin.Compute(processedEvents.Select(said => TwinEvent.FromContract(said, "shop", Brand)), catalog.Values), new TwinCatalog(catalog.Values).DayOf(Brand, clock.Now.ToUnixTimeMilliseconds()));

        /// <summary>Randomly approves, closes and pays.</summary>
        private async Task CloseStatementAsync(string creator, DateOnly month)
        {
            var by = new ActorStamp("clerk", null, Timestamp.From(clock.Now));
            if (dice.Next(2) == 0)
            {
                var waiting = (await StatementAsync(creator, month)).Statement.PendingItems.Where(item => item.NeedsApproval).Select(item => (item.Item, item.Campaign)).ToList();
                (await run.Store.PayoutStatements.ApproveItemsAsync(Brand, creator, waiting, by, Cancellation)).ShouldBe(waiting.Count);
            }

            if (dice.Next(5) == 0) return;
            var (account, statement) = await StatementAsync(creator, month);
            if (statement.IsEmpty) return;
            var kept = (await run.Store.PayoutStatements.CloseStatementAsync(Brand, account, statement, by, Cancellation)).ShouldNotBeNull();
            (await run.Store.PayoutStatements.CloseStatementAsync(Brand, account, statement, by, Cancellation)).ShouldBeNull();
            Describe(kept).ShouldBe(Describe(new(kept.Number, creator, statement, by, null, null)));
            closed.Add(kept.Number, Describe(kept));
            if (dice.Next(2) == 0) await run.Store.PayoutStatements.MarkStatementPaidAsync(Brand, kept.Number, by, "bank 1", Cancellation);
        }

        /// <summary>
        /// Checks that closed statements never change, that each begins with the balance of the previous one, and that
        /// they and the pending amounts equal the twin's.
        /// </summary>
        private async Task ShouldBalanceAsync(string creator, string of)
        {
            var mine = new List<PayoutStatement>();
            foreach (var (number, said) in closed)
            {
                var now = (await run.Store.PayoutStatements.FindStatementAsync(Brand, number, Cancellation)).ShouldNotBeNull();
                Describe(now).ShouldBe(said, of);
                if (now.Creator == creator) mine.Add(now.Statement);
            }

            var carried = Int128.Zero;
            foreach (var statement in mine.OrderBy(statement => statement.Month))
            {
                statement.BroughtForward.ShouldBe(carried, of);
                (statement.Payable + statement.CarriedForward).ShouldBe(statement.BroughtForward + Total(statement.Lines.Select(line => line.Amount)), of);
                carried = statement.CarriedForward;
            }

            // A statement at the end of time would contain the pending amounts.
            var (account, open) = await StatementAsync(creator, new DateOnly(2099, 1, 1));
            var (stated, owed) = (Total(mine.SelectMany(one => one.Lines).Select(line => line.Amount)), Total(account.Earnings.Select(earned => earned.Amount)));
            (stated + Total(open.Lines.Select(line => line.Amount)) + Total(open.PendingItems.Select(item => item.Amount))).ShouldBe(owed, of);
            (Total(mine.Select(one => one.Payable)) + carried).ShouldBe(stated, of);

            var (twin, today) = Twin();
            var adjusted = catalog.Values.OfType<AgreementItem>().Where(agreement => agreement.CreatorId == creator)
                .SelectMany(agreement => TwinAgreements.Settle(agreement, twin.Accruals, today, Currency).Values);
            ((BigInteger)owed).ShouldBe(Sum(twin.Ledger.Where(line => line.Key.Placement.Creator == creator).Select(line => line.Value.Commission)) + Sum(adjusted), of);
        }

        private static Int128 Total(IEnumerable<Int128> amounts) => amounts.Aggregate(Int128.Zero, (sum, amount) => sum + amount);

        private async Task<(CreatorAccount Account, PayoutStatement Statement)> StatementAsync(
            string creator, DateOnly month)
        {
            var (account, known) = (await run.Store.PayoutStatements.ReadAccountAsync(Brand, creator, CalendarMonth.LastOf(month), Cancellation), await run.Catalogs.RefreshAsync(Cancellation));
            return (account, PayoutStatement.Create(month, account, known.FindBrand(Brand)!, known, CalendarMonth.LastOf(month)));
        }

        private async Task PutAsync(IReadOnlyList<ICatalogItem> puts)
        {
            if (puts.Count > 0) await run.PutAsync(puts, Cancellation);
            foreach (var item in puts) catalog[CatalogKinds.RefOf(item)] = item;
        }

        private async Task ProcessAsync(IEnumerable<object> events)
        {
            var some = events.ToList();
            processedEvents.AddRange(some);
            var pack = new EventPack
            {
                PackId = Guid.NewGuid(), Schema = EventPack.CurrentSchema, Source = "shop", BrandId = Brand, ReceivedAt = clock.Now, Events = [.. some.Select(LawCase.Utf8)],
            };
            if (some.Count > 0) await run.ProcessAsync([pack], Cancellation);
        }

        public static Task<string> ReconcileAsync(EngineRun run) => run.ReconcileAsync(Cancellation);

        private static string Describe(ClosedPayoutStatement closed) =>
            string.Join('\n', closed.Statement.Lines.Select(line => line.ToString()).Prepend($"{closed.Number} {closed.Creator} {closed.Statement.Month} {closed.Statement.BroughtForward} {closed.Closed}"));

        private static BigInteger Sum(IEnumerable<BigInteger> amounts) => amounts.Aggregate(BigInteger.Zero, BigInteger.Add);

        private static List<string> Differences<TKey, TValue>(Dictionary<TKey, TValue> expected, Dictionary<TKey, TValue> actual) where TKey : notnull =>
        [
            .. expected.Keys.Union(actual.Keys).Where(key => !EqualityComparer<TValue>.Default.Equals(expected.GetValueOrDefault(key), actual.GetValueOrDefault(key)))
                .Select(key => $"{key}: expected {expected.GetValueOrDefault(key)}, is {actual.GetValueOrDefault(key)}").Order(StringComparer.Ordinal).Take(12),
        ];
    }

    private sealed class ManualClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
