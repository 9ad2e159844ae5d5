using Attribution.Contracts;
using Attribution.Core.Journeys;
using Attribution.Core.Values;
using Attribution.Storage;
using Attribution.Storage.Sqlite;
using Attribution.TestKit;

namespace Attribution.Tests.Storage;

/// <summary>What is SQLite's alone; the rest is the conformance suite's.</summary>
public sealed class SqliteStoreTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task Aliases_whose_hashes_collide_lead_to_their_own_journeys(long hash)
    {
        await using var store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions { Path = folder.File("store.db"), AliasHashOf = _ => hash }, Cancellation);
        var ids = Enumerable.Range(0, 20).ToDictionary(i => new AliasKey("default", $"v:{i}"), i => new Guid(i, 0, 0, new byte[8]));
        foreach (var (alias, id) in ids) (await Give(store, alias, id)).ShouldBe(CommitOutcome.Committed);

        var load = await store.LoadAsync([], [.. ids.Keys, new AliasKey("default", "v:20"), new AliasKey("other", "v:1")], Cancellation);

        load.Aliases.OrderBy(pair => pair.Value).ShouldBe(ids);
        (await Give(store, new AliasKey("default", "v:7"), Guid.AllBitsSet)).ShouldBe(CommitOutcome.Conflict);

        // Of those that stand behind it in the search, none is lost with one that goes.
        foreach (var gone in new[] { "v:3", "v:19", "v:0" })
        {
            (await store.EraseAsync(Erasure.Of("default", gone, gone[2..], null, () => "x"), Cancellation))!.Aliases.ShouldBe(1);
            ids.Remove(new AliasKey("default", gone));
            load = await store.LoadAsync([], [.. ids.Keys, new AliasKey("default", gone)], Cancellation);
            load.Aliases.OrderBy(pair => pair.Value).ShouldBe(ids);
        }
    }

    /// <summary>The rebuild's file appears after the erasure looked for it and before it has ended: what the rebuild reads must be what the erasure left.</summary>
    [Fact]
    public async Task A_rebuild_begun_in_the_middle_of_an_erasure_reads_nothing_of_who_was_erased()
    {
        var options = new SqliteStoreOptions { Path = folder.File("store.db") };
        await using var other = await SqliteStore.OpenAsync(options with { Database = options.Database with { BusyTimeout = TimeSpan.FromMilliseconds(20) } }, Cancellation);
        var (begun, read) = (0, "");
        await using var store = await SqliteStore.OpenAsync(options with { Database = options.Database with { BeforeStatement = Interrupt } }, Cancellation);
        var pack = new EventPack
        {
            PackId = Guid.CreateVersion7(), Schema = EventPack.CurrentSchema, Source = "shop", ReceivedAt = DateTimeOffset.UnixEpoch,
            Events = ["""{"type":"click","id":"a","occurredAt":"1970-01-01T00:00:00Z","link":"mia","visitorId":"secret"}"""u8.ToArray()],
        };
        (await store.CommitAsync(new JourneyCommit { CatalogVersion = 0, At = new Timestamp(0), Packs = [pack] }, Cancellation)).ShouldBe(CommitOutcome.Committed);

        (await store.EraseAsync(Erasure.Of("default", "v:secret", "secret", null, () => "x-1"), Cancellation))!.Events.ShouldBe(1);

        begun.ShouldBe(1);
        read.ShouldBe("", "it cannot begin before the erasure has ended");
        await BeginAsync();
        read.ShouldContain("x-1");
        read.ShouldNotContain("secret");

        void Interrupt(string statement)
        {
            if (!statement.StartsWith("UPDATE packs", StringComparison.Ordinal) || Interlocked.Exchange(ref begun, 1) == 1) return;
            try
            {
                Task.Run(BeginAsync, Cancellation).GetAwaiter().GetResult();
            }
            catch (SqliteFaultException fault) when (fault.IsBusy)
            {
            }
        }

        async Task BeginAsync()
        {
            await using var rebuild = await other.OpenRebuildAsync("mark", Cancellation);
            read = System.Text.Encoding.UTF8.GetString((await rebuild.NextPacksAsync(Cancellation)).Single().Events.Single());
        }
    }

    [Fact]
    public async Task Each_store_hashes_under_a_key_of_its_own_and_keeps_it()
    {
        var hashes = new List<long>();
        foreach (var name in (string[])["a.db", "b.db", "a.db"])
            await using (var store = await SqliteStore.OpenAsync(
                new SqliteStoreOptions
                {
                    Path = folder.File(name),
                    AliasHashOf = hash =>
                    {
                        hashes.Add(hash);
                        return hash;
                    },
                },
                Cancellation))
                await store.FindAsync(new AliasKey("default", "v:1"), Cancellation);

        hashes[2].ShouldBe(hashes[0]);
        hashes[1].ShouldNotBe(hashes[0]);
    }

    [Fact]
    public async Task A_spool_is_refused_as_a_store()
    {
        await using (await SqliteDatabase.OpenAsync(folder.File("spool.db"), 99, ["CREATE TABLE messages (id)"], cancellation: Cancellation))
        {
        }

        (await Should.ThrowAsync<StoreUnusableException>(
            async () => await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("spool.db") }, Cancellation)))
            .Message.ShouldContain("another application's SQLite file");
    }

    private static ValueTask<CommitOutcome> Give(SqliteStore store, AliasKey alias, Guid id) => store.CommitAsync(
        new JourneyCommit
        {
            CatalogVersion = 0,
            At = new Timestamp(0),
            Journeys = [new(new Journey { Id = id, Brand = alias.Brand }, 0)],
            Aliases = [new(alias, id)],
        },
        Cancellation);
}
