using Attribution.Contracts;
using Attribution.Core.Identity;
using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Storage.Journeys;
using Attribution.Storage.Sqlite;
using Attribution.Storage.Sqlite.Database;
using Attribution.TestKit;

namespace Attribution.Storage.Tests.Sqlite;

/// <summary>Tests specific to SQLite, in addition to the conformance suite.</summary>
public sealed class SqliteStoreTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    /// <summary>
    /// The rebuild's file appears after the erasure has checked for it but before it ends. The rebuild must read the
    /// erased data.
    /// </summary>
    [Fact]
    public async Task Rebuild_begun_during_an_erasure_reads_nothing_of_the_erased_person()
    {
        var options = new SqliteStoreOptions { Path = folder.File("store.db") };
        await using var other = await SqliteStore.OpenAsync(
            options with { Database = options.Database with { BusyTimeout = TimeSpan.FromMilliseconds(20) } },
            Cancellation);
        var (begun, read) = (0, "");
        await using var store = await SqliteStore.OpenAsync(
            options with { Database = options.Database with { BeforeStatement = Interrupt } }, Cancellation);
        var pack = new EventPack
        {
            PackId = Guid.CreateVersion7(), Schema = EventPack.CurrentSchema, Source = "shop", ReceivedAt = DateTimeOffset.UnixEpoch,
            Events = ["""{"type":"click","id":"a","occurredAt":"1970-01-01T00:00:00Z","link":"mia","visitorId":"secret"}"""u8.ToArray()],
        };
        (await store.Journeys.CommitAsync(new JourneyCommit { CatalogVersion = 0, At = new Timestamp(0), Packs = [pack] }, Cancellation)).ShouldBe(CommitOutcome.Committed);

        (await store.Erasures.EraseAsync(PersonErasure.Create("default", "v:secret", "secret", null, () => "x-1"), Cancellation))!.Events.ShouldBe(1);

        begun.ShouldBe(1);
        read.ShouldBe("", "the rebuild cannot begin before the erasure has ended");
        await BeginAsync();
        read.ShouldContain("x-1");
        read.ShouldNotContain("secret");

        void Interrupt(string statement)
        {
            if (!statement.StartsWith("UPDATE packs", StringComparison.Ordinal) || Interlocked.Exchange(ref begun, 1) == 1)
                return;
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
            await using var rebuild = await other.Rebuilds.OpenRebuildAsync("mark", Cancellation);
            read = System.Text.Encoding.UTF8.GetString((await rebuild.ReadNextPacksAsync(Cancellation)).Single().Events.Single());
        }
    }

    /// <summary>
    /// Writes enough entries that they move from the first table of their index to the second, and some to the third.
    /// </summary>
    [Fact]
    public async Task Entries_of_each_conversion_are_found_among_many()
    {
        const int Commits = 15, Lines = 10_000;
        await using var store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions { Path = folder.File("store.db"), Database = new() { Synchronous = SqliteSynchronous.Normal } },
            Cancellation);
        for (var commit = 0; commit < Commits; commit++)
            (await store.Journeys.CommitAsync(
                new JourneyCommit { CatalogVersion = 0, At = new Timestamp(0), Ledger = [.. Enumerable.Range(commit * Lines, Lines).Select(Line)] }, Cancellation))
                .ShouldBe(CommitOutcome.Committed);

        for (var conversion = 0; conversion < Commits * Lines / 2; conversion += 191)
            (await store.Ledger.ReadLedgerAsync("default", $"o:{conversion}", Cancellation)).ShouldBe(
                [Line(conversion), Line(conversion + Commits * Lines / 2)]);
        (await store.Ledger.ReadLedgerAsync("default", $"o:{Commits * Lines / 2}", Cancellation)).ShouldBeEmpty();
        (await store.Ledger.ReadLedgerAsync("other", "o:0", Cancellation)).ShouldBeEmpty();
        await using var file = await SqliteDatabase.OpenAsync(
            folder.File("store.db"), SqliteSchema.ApplicationId, SqliteSchema.Migrations, cancellation: Cancellation);
        foreach (var table in (string[])["new", "recent", "settled"])
            (await file.ReadAsync(session => session[$"SELECT 1 FROM ledger_conversions_{table}"].Step(), Cancellation)).ShouldBeTrue(table);

        static LedgerEntry Line(int number) => new()
        {
            Brand = "default", Conversion = $"o:{number % (Commits * Lines / 2)}", Placement = new("c", "a"), OrderDay = new(2026, 3, 1), EntryDay = new(2026, 3, 1), Amount = number,
            Micros = 1_000_000, Commission = 0, Reason = LedgerReason.Conversion, CausedBy = "", RecordedAt = new(number),
        };
    }

    [Fact]
    public async Task Upgraded_store_with_journeys_evaluates_all_of_them_again()
    {
        await using (var file = await SqliteDatabase.OpenAsync(
            folder.File("store.db"), SqliteSchema.ApplicationId, [.. SqliteSchema.Migrations.Take(1)], cancellation: Cancellation))
            await file.WriteAsync(
                session =>
                {
                    session.Execute("UPDATE meta SET value = 7 WHERE key = 'catalog_version'; UPDATE meta SET value = 4 WHERE key = 'journeys_version'");
                    session.Execute("INSERT INTO journeys (id, version, catalog_version, brand, doc) VALUES (randomblob(16), 1, 7, 'default', x'')");
                    return true;
                },
                Cancellation);

        await using var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("store.db") }, Cancellation);
        var contents = await store.Catalog.LoadCatalogAsync(Cancellation);
        (contents.Version, contents.JourneysVersion, contents.PlacementSharesVersion, contents.FirstOrdersVersion).ShouldBe((9, 9, 8, 9));
        (await store.Journeys.CountStaleAsync(contents.JourneysVersion, Cancellation)).ShouldBe(1);
    }

    [Fact]
    public async Task New_store_has_nothing_to_evaluate_again()
    {
        await using var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("store.db") }, Cancellation);
        var contents = await store.Catalog.LoadCatalogAsync(Cancellation);
        (contents.Version, contents.JourneysVersion, contents.PlacementSharesVersion, contents.FirstOrdersVersion).ShouldBe((0, 0, 0, 0));
    }

    [Fact]
    public async Task Spool_file_is_refused_as_a_store()
    {
        await using (await SqliteDatabase.OpenAsync(folder.File("spool.db"), 99, ["CREATE TABLE messages (id)"], cancellation: Cancellation))
        {
        }

        (await Should.ThrowAsync<StoreUnusableException>(
            async () =>
                await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("spool.db") }, Cancellation)))
            .Message.ShouldContain("is a SQLite file of another application");
    }
}
