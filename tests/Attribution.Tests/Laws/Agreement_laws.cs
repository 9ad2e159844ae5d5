using System.Text;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Journeys;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Hosting.Runs;
using Attribution.Host.Rollup;
using Attribution.Storage;
using Attribution.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Attribution.Tests.Laws;

/// <summary>
/// Agreements that reckon over many, over random orders, corrections, refunds, merges and changes of the agreements, on a real store: what is
/// booked is what a reckoning from scratch says, whatever came first and however often it was reckoned meanwhile; and ledger and rollups say the same.
/// </summary>
public sealed class Agreement_laws
{
    private static readonly DateTimeOffset Now = new(2026, 3, 20, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_booked_is_what_is_right_in_any_order_and_the_books_agree()
    {
        using var folder = new TempFolder();
        var empty = await EngineRun.EmptyAsync(folder.File("empty.db"), Cancellation);
        for (var seed = 1; seed <= 12; seed++)
        {
            var dice = new Random(seed);
            var (before, after, events) = Case(dice);

            await using var straight = await EngineRun.OpenAsync(empty, folder.File($"{seed}-a.db"), Cancellation);
            await straight.PutAsync([.. before, .. after], Cancellation);
            await straight.TakeAsync([Pack(events)], Cancellation);
            var expected = await SettledAsync(straight, $"seed {seed}, straight");

            await using var anyhow = await EngineRun.OpenAsync(empty, folder.File($"{seed}-b.db"), Cancellation);
            await anyhow.PutAsync(before, Cancellation);
            var adjuster = Reckoner(anyhow);
            var shuffled = events.ToArray();
            dice.Shuffle(shuffled);
            foreach (var (some, i) in shuffled.Chunk(4).Select((some, i) => (some, i)))
            {
                await anyhow.TakeAsync([Pack(some)], Cancellation);
                if (i == 3) await anyhow.PutAsync(after, Cancellation);
                if (dice.Next(2) == 0) await adjuster.RunAsync(Cancellation);
                if (dice.Next(3) == 0) await anyhow.ReevaluateAsync(Cancellation);
                if (dice.Next(3) == 0) await anyhow.FoldAsync(100, Cancellation);
            }

            (await SettledAsync(anyhow, $"seed {seed}, anyhow", adjuster)).ShouldBe(expected, $"seed {seed}");

            if (seed % 4 != 0) continue;
            (await anyhow.RebuildAsync(Cancellation)).ShouldBe("""{"conversions":0,"ledgerLines":0,"cells":0}""");
            (await SettledAsync(anyhow, $"seed {seed}, rebuilt")).ShouldBe(expected, $"seed {seed}");
        }
    }

    [Fact]
    public async Task Accruals_that_strayed_are_put_right_by_the_night_and_reckoned_anew()
    {
        using var folder = new TempFolder();
        await using var run = await EngineRun.OpenAsync(await EngineRun.EmptyAsync(folder.File("empty.db"), Cancellation), folder.File("run.db"), Cancellation);
        var (before, _, events) = Case(new Random(1));
        await run.PutAsync(before, Cancellation);
        await run.TakeAsync([Pack(events)], Cancellation);
        var right = await SettledAsync(run, "before");
        var book = await run.Store.AgreementBookAsync(new("default", "spring.mia"), Cancellation);
        (await run.Store.ReplaceAccrualsAsync(book, [.. book.Accruals.Skip(1), book.Accruals[0] with { Net = 999_999, Commission = 77 }], Cancellation)).ShouldBeTrue();
        (await Reckoner(run).RunAsync(Cancellation)).ShouldBe(1);

        (await ReconcileAsync(run)).ShouldBe("""{"mismatches":1,"repaired":[],"agreements":["spring.mia"]}""");

        (await SettledAsync(run, "after")).ShouldBe(right);
    }

    /// <summary>Reckons, folds, holds everything against everything, and says what the books came to.</summary>
    private static async Task<string> SettledAsync(EngineRun run, string of, Adjuster? adjuster = null)
    {
        await run.ReevaluateAsync(Cancellation);
        await (adjuster ?? Reckoner(run)).RunAsync(Cancellation);
        (await Reckoner(run).RunAsync(Cancellation)).ShouldBe(0, of);
        (await ReconcileAsync(run)).ShouldBe("""{"mismatches":0,"repaired":[],"agreements":[]}""", of);
        while (await run.Store.FoldAsync(1_000, new Timestamp(0), Cancellation) > 0) { }

        var journeys = new List<Journey>();
        await run.Store.AuditAsync(journeys.Add, Cancellation);
        var catalog = await run.Catalogs.RefreshAsync(Cancellation);
        var accruals = journeys.SelectMany(PeriodAccrual.Of).ToLookup(accrual => accrual.Agreement);
        var plain = journeys.SelectMany(journey => journey.Conversions).SelectMany(conversion => conversion.Accruals).Sum(accrual => accrual.Commission);
        var (booked, ledger, said) = (0L, 0L, new StringBuilder());
        foreach (var agreement in catalog.Agreements.OrderBy(agreement => agreement.Id, StringComparer.Ordinal))
        {
            var book = await run.Store.AgreementBookAsync(new(agreement.Brand, agreement.Id), Cancellation);
            var scratch = Adjustments.Of(agreement, accruals[agreement.Id], new DateOnly(2026, 3, 20));
            book.Adjustments.Select(line => line.Adjustment).ShouldBe(scratch, of);
            foreach (var line in scratch) said.AppendLine(CultureInfo.InvariantCulture, $"{agreement.Id} {line}");
            booked += scratch.Sum(line => line.Amount);
            foreach (var period in scratch.GroupBy(line => line.Period))
            {
                var lines = await run.Store.LedgerAsync(agreement.Brand, $"a:{agreement.Id}:{period.Key}", Cancellation);
                lines.Sum(line => line.Commission).ShouldBe(period.Sum(line => line.Amount), of);
                lines.ShouldAllBe(line => line.Amount == 0 && line.Micros == 0);
            }
        }

        foreach (var key in journeys.SelectMany(journey => journey.Conversions).Select(conversion => conversion.Key))
            ledger += (await run.Store.LedgerAsync("default", key, Cancellation)).Sum(line => line.Commission);
        ledger.ShouldBe(plain, of);

        var rolled = 0L;
        await foreach (var (_, cell) in (await run.Store.ReadAsync("default", DateOnly.MinValue, DateOnly.MaxValue, asOf: null, Cancellation)).Cells)
            rolled += cell[Measure.Commission] + cell[Measure.CostFee];
        rolled.ShouldBe(plain + booked, of);
        return said.Append(CultureInfo.InvariantCulture, $"{plain} and {booked}").ToString();
    }

    private static Adjuster Reckoner(EngineRun run) => new(run.Store, run.Catalogs, new Clock());

    private static async Task<string> ReconcileAsync(EngineRun run)
    {
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<RollupMeter>().BuildServiceProvider();
        var document = new RunDocument { Id = Guid.Empty, Kind = RunNames.Reconcile, Request = [], CreatedAt = default, UpdatedAt = default };
        return Encoding.UTF8.GetString(await new ReconcileRun(
            run.Store, run.Store, run.Store, run.Catalogs, TimeProvider.System, services.GetRequiredService<RollupMeter>(), NullLogger<ReconcileRun>.Instance)
            .RunAsync(document, new RunProgress(), Cancellation));
    }

    private static EventPack Pack(IEnumerable<string> events) => new()
    {
        PackId = Guid.NewGuid(), Schema = EventPack.CurrentSchema, Source = "shop", BrandId = "default", ReceivedAt = Now, Events = [.. events.Select(Encoding.UTF8.GetBytes)],
    };

    private static (List<ICatalogItem> Before, List<ICatalogItem> After, List<string> Events) Case(Random dice)
    {
        var currency = new[] { "USD", "JPY", "KWD" }[dice.Next(3)];
        var digits = Currency.Of(currency).Digits;
        decimal Money(int most) => Currency.Of(currency).ToMajor(dice.Next(most) + 1);
        List<ICatalogItem> before =
        [
            new BrandItem("default", "Glow", currency, "Europe/Berlin", BookModel: dice.Next(2) == 0 ? "last_touch" : "linear"), new CampaignItem("spring", "Spring"),
            new CreatorItem("mia", "Mia"), new CreatorItem("ben", "Ben"),
        ];
        foreach (var name in new[] { "mia", "ben" })
        {
            before.Add(new LinkItem(name, name, "https://shop.example/", "spring", name));
            before.Add(new CodeItem(name, name, "spring", name));
            before.Add(Agreement(name, plain: name == "ben"));
        }

        var events = new List<string>();
        string At() => Now.AddMinutes(-dice.Next(12 * 24 * 60)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        for (var i = 0; i < 16; i++)
        {
            var codes = new[] { "\"mia\"", "\"ben\"", "\"mia\",\"ben\"", "" }[dice.Next(4)];
            events.Add($$"""{"type":"click","id":"k{{i}}","occurredAt":"{{At()}}","link":"{{(dice.Next(2) == 0 ? "mia" : "ben")}}","visitorId":"v{{dice.Next(4)}}"}""");
            for (var times = dice.Next(5) == 0 ? 2 : 1; times > 0; times--)
                events.Add($$"""{"type":"redemption","id":"o{{i}}-{{times}}","occurredAt":"{{At()}}","orderId":"{{i}}","codes":[{{codes}}],"currency":"{{currency}}","gross":"{{Money(50_000)}}","visitorId":"v{{dice.Next(8)}}"}""");
            if (dice.Next(3) == 0) events.Add($$"""{"type":"refund","id":"r{{i}}","occurredAt":"{{At()}}","orderId":"{{i}}","refundId":"{{i}}","kind":"{{(dice.Next(2) == 0 ? "refund" : "chargeback")}}","currency":"{{currency}}","amount":"{{Money(30_000)}}"}""");
            if (dice.Next(10) == 0) events.Add($$"""{"type":"refund","id":"x{{i}}","occurredAt":"{{At()}}","orderId":"{{i}}","refundId":"x{{i}}","kind":"cancel"}""");
            if (dice.Next(4) == 0) events.Add($$"""{"type":"engagement","id":"g{{i}}","occurredAt":"{{At()}}","postId":"{{dice.Next(3)}}","platform":"instagram","creatorId":"mia","campaignId":"spring","likes":{{i}}}""");
            if (dice.Next(4) == 0) events.Add($$"""{"type":"conversion","kind":"lead","id":"l{{i}}","occurredAt":"{{At()}}","conversionId":"{{i}}","visitorId":"v{{dice.Next(4)}}"}""");
        }

        return (before, [Agreement("mia", plain: dice.Next(4) == 0), Agreement("ben", plain: false)], events);

        AgreementItem Agreement(string creator, bool plain)
        {
            var commission = dice.Next(3) switch
            {
                0 => new CommissionItem("percent_of_net", 12.5m),
                1 => new CommissionItem("fixed_per_conversion", Amount: Money(500)),
                _ => new CommissionItem("hybrid", 7m, Money(500), Money(300)),
            };
            var item = new AgreementItem($"spring.{creator}", "spring", creator, commission, new(2026, 3, 8 + dice.Next(4)), dice.Next(2) == 0 ? new(2026, 3, 17 + dice.Next(8)) : null);
            if (plain) return item;
            var byOrders = dice.Next(2) == 0;
            var tiers = Enumerable.Range(0, dice.Next(4)).Select(i => new TierItem(
                byOrders ? (i * 2) + dice.Next(2) : Currency.Of(currency).ToMajor((i * 60_000) + dice.Next(50_000)), dice.Next(3) == 0 ? null : 5m * (i + 2), Money(900))).ToList();
            var cap = dice.Next(2) == 0 ? Money(20_000) : (decimal?)null;
            var guarantee = dice.Next(2) == 0 && (item.ValidTo is not null) ? Math.Min(Money(15_000), cap ?? decimal.MaxValue) : (decimal?)null;
            return item with
            {
                Tiers = tiers, TiersBy = tiers.Count > 0 && byOrders ? "orders" : null, TierMode = tiers.Count > 0 && dice.Next(2) == 0 ? "whole" : null, Cap = cap,
                Guarantee = guarantee, Fee = dice.Next(2) == 0 ? Money(9_000) : null, FeePerPost = dice.Next(2) == 0 ? Money(900) : null,
            };
        }
    }

    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
