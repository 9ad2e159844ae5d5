using System.Text;
using Attribution.Contracts;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Storage;
using Attribution.Storage.Erasures;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rebuilds;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Erasure of people, and deletion of old rejections and packs.</summary>
public abstract class ErasureStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task An_erased_alias_resolves_to_nothing_and_others_are_unchanged()
    {
        await using var store = await OpenNewAsync();
        string[] visitors = ["a", "b", "c", "d"];
        foreach (var visitor in visitors) await InsertJourneysAsync(store, (NewJourney(visitor), "v:" + visitor));
        foreach (var gone in new[] { "b", "d" })
        {
            var (journey, _) = await FindJourneyAsync(store, "v:" + gone);
            (await EraseAsync(store, "v:" + gone, journey)).Aliases.ShouldBe(1);
            (await store.Journeys.FindByAliasAsync(Alias("v:" + gone), Cancellation)).ShouldBeNull();
        }

        foreach (var stays in new[] { "a", "c" })
            Marks((await FindJourneyAsync(store, "v:" + stays)).Journey).ShouldBe(stays);
        await InsertJourneysAsync(store, (NewJourney("n"), "v:b"));
        Marks((await FindJourneyAsync(store, "v:b")).Journey).ShouldBe("n", "a returning person starts a new journey");
        (await store.Journeys.FindByAliasAsync(Alias("v:d"), Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task A_commit_planned_before_an_erasure_conflicts()
    {
        await using var store = await OpenNewAsync();
        var journey = NewJourney("a");
        journey = journey with { Touches = [journey.Touches[0] with { VisitorId = "secret", ClickId = "k" }] };
        await InsertJourneysAsync(store, (journey, "v:secret"));
        await CommitSuccessfullyAsync(store, new JourneyCommit
        {
            CatalogVersion = 0, At = Now, Ledger = [Entry("o:1", 100) with { CausedBy = "shop/of secret" }, Entry("o:1", 5)],
            Rejections = [Rejection(eventId: "secret"), Rejection() with { Payload = [.. "{\"visitorId\":\"secret\"}"u8] }, Rejection(), Rejection(eventId: "secret", brand: "other")],
            Packs = [NewPack("""{"type":"click","id":"a","occurredAt":"2026-03-02T10:00:00Z","link":"mia","visitorId":"secret","clickId":"k","referrer":"https://x.example/secret"}""")],
        });
        var (known, version) = await FindJourneyAsync(store, "v:secret");

        (await EraseAsync(store, "v:secret", known)).ShouldBe(
            new(Events: 1, Journeys: 1, Aliases: 1, LedgerLines: 1, Rejections: 2, Remaining: 0));

        (await CommitAsync(store, Replace(Marked(known, 'x'), version))).ShouldBe(CommitOutcome.Conflict);
        (await store.Ledger.ReadLedgerAsync(Brand, "o:1", Cancellation)).Select(line => (line.Amount, line.CausedBy)).ShouldBe([(100, "shop/of x-1"), (5, "shop/e-1")]);
        await foreach (var pack in store.Journeys.ReadPacksAsync(Cancellation))
            Encoding.UTF8.GetString(pack.Events.Single()).ShouldBe("""{"type":"click","id":"a","occurredAt":"2026-03-02T10:00:00Z","link":"mia","visitorId":"x-1","clickId":"x-2"}""");
    }

    [Fact]
    public async Task Rejections_are_deleted_by_time_of_receipt()
    {
        await using var store = await OpenNewAsync();
        await CommitSuccessfullyAsync(store, new JourneyCommit
        {
            CatalogVersion = 0, At = Now, Rejections = [Rejection("old") with { ReceivedAt = Now - TimeSpan.FromMilliseconds(1) }, Rejection("young")],
        });
        (await store.Rejections.DeleteRejectionsBeforeAsync(Now, Cancellation)).ShouldBe(1);
        (await store.Rejections.ListRejectionsAsync(new(), null, 10, Cancellation)).Rejections.Select(
            rejection => rejection.Detail).ShouldBe(["young"]);
    }

    [Fact]
    public async Task Packs_are_deleted_by_time_of_receipt_and_block_rebuilds()
    {
        await using var store = await OpenNewAsync();
        EventPack Received(
            string text,
            long before) => NewPack(text) with { ReceivedAt = (Now - TimeSpan.FromMilliseconds(before)).ToDateTimeOffset() };
        await CommitSuccessfullyAsync(
            store,
            new JourneyCommit { CatalogVersion = 0, At = Now, Packs = [Received("1", 2), Received("2", 1), Received("3", 0), Received("4", 1)] });
        async Task<string> KeptAsync() =>
            string.Concat(
                await store.Journeys.ReadPacksAsync(Cancellation).Select(pack => Encoding.UTF8.GetString(pack.Events.Single())).ToListAsync(Cancellation));

        await using (await store.Rebuilds.OpenRebuildAsync("mark", Cancellation))
            (await store.Erasures.DeletePacksBeforeAsync(Now, Cancellation)).ShouldBe(0, "a rebuild goes on");
        await store.Rebuilds.DiscardRebuildAsync(Cancellation);
        (await store.Erasures.DeletePacksBeforeAsync(Now - TimeSpan.FromMilliseconds(2), Cancellation)).ShouldBe(
            0, "a rejection received at that time is kept");
        await (await store.Rebuilds.OpenRebuildAsync("mark", Cancellation)).DisposeAsync();
        await store.Rebuilds.DiscardRebuildAsync(Cancellation);

        (await store.Erasures.DeletePacksBeforeAsync(Now, Cancellation)).ShouldBe(2);

        (await KeptAsync()).ShouldBe("34", "oldest first, up to the first newer pack");
        (await store.Erasures.DeletePacksBeforeAsync(Now, Cancellation)).ShouldBe(0);
        (await Should.ThrowAsync<ArchiveIncompleteException>(async () => await store.Rebuilds.OpenRebuildAsync("mark", Cancellation))).Message.ShouldContain($"before {Now}");
    }

    private static async Task<ErasureOutcome> EraseAsync(IStore store, string alias, Journey journey)
    {
        var made = 0;
        return (await store.Erasures.EraseAsync(PersonErasure.Create(Brand, alias, alias[2..], journey, () => $"x-{++made}"), Cancellation)).ShouldNotBeNull();
    }
}
