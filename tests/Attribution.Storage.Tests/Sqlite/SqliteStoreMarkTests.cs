using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Storage.Sqlite;
using Attribution.TestKit;
using Microsoft.Data.Sqlite;

namespace Attribution.Storage.Tests.Sqlite;

/// <summary>The mark next to a store tells what a cut or restored file lacks.</summary>
public sealed class SqliteStoreMarkTests : IDisposable
{
    private static readonly Timestamp At = new(1_772_445_600_000);
    private readonly TempFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string StoreFile => folder.File("attribution.db");

    [Fact]
    public async Task Complete_store_lacks_nothing()
    {
        for (byte start = 1; start < 4; start++)
        {
            await using var store = await OpenAsync();
            store.Missing.ShouldBeNull();
            await CommitAsync(store, start);
        }
    }

    [Fact]
    public async Task Older_copy_lacks_the_later_packs()
    {
        await using (var store = await OpenAsync()) await CommitAsync(store, 1);
        var copy = File.ReadAllBytes(StoreFile);
        await using (var store = await OpenAsync())
            for (byte id = 2; id < 5; id++) await CommitAsync(store, id);
        File.WriteAllBytes(StoreFile, copy);

        await using var restored = await OpenAsync();
        restored.Missing.ShouldBe(new MissingPacks(new MarkedPack(4, PackId(4), At + TimeSpan.FromSeconds(4)), 3));
        // After the next commit the mark is that of the restored store.
        await CommitAsync(restored, 9);
        await using var later = await OpenAsync();
        later.Missing.ShouldBeNull();
    }

    [Fact]
    public async Task Store_that_went_on_without_its_mark_lacks_the_marked_pack()
    {
        await using (var store = await OpenAsync()) await CommitAsync(store, 1);
        var mark = File.ReadAllBytes(folder.File("attribution.mark"));
        File.Delete(StoreFile);
        await using (var other = await OpenAsync())
            for (byte id = 5; id < 8; id++) await CommitAsync(other, id);
        File.WriteAllBytes(folder.File("attribution.mark"), mark);

        await using var reopened = await OpenAsync();
        reopened.Missing.ShouldBe(new MissingPacks(new MarkedPack(1, PackId(1), At + TimeSpan.FromSeconds(1)), null));
    }

    [Theory]
    [InlineData("DELETE FROM packs; INSERT OR REPLACE INTO meta VALUES ('packs_forgotten', 1)")]
    [InlineData("INSERT INTO packs VALUES (9, x'99', x''); DELETE FROM packs WHERE seq < 9")]
    public async Task Packs_deleted_by_retention_are_not_missing(string retention)
    {
        await using (var store = await OpenAsync()) await CommitAsync(store, 1);
        using (var file = new SqliteConnection($"Data Source={StoreFile};Pooling=false"))
        {
            file.Open();
            using var command = file.CreateCommand();
            command.CommandText = retention;
            command.ExecuteNonQuery();
        }

        await using var later = await OpenAsync();
        later.Missing.ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("no mark")]
    [InlineData("12 not-an-id 2026-03-02T10:00:00Z")]
    public async Task Unreadable_mark_is_ignored(string text)
    {
        await using (var store = await OpenAsync()) await CommitAsync(store, 1);
        File.WriteAllText(folder.File("attribution.mark"), text);
        await using var later = await OpenAsync();
        later.Missing.ShouldBeNull();
    }

    public void Dispose() => folder.Dispose();

    private ValueTask<SqliteStore> OpenAsync() => SqliteStore.OpenAsync(new SqliteStoreOptions { Path = StoreFile }, Cancellation);

    private static Guid PackId(byte id) => new(id, 0, 0, new byte[8]);

    private static async Task CommitAsync(SqliteStore store, byte id) =>
        (await store.Journeys.CommitAsync(
            new JourneyCommit
            {
                CatalogVersion = 0, At = At + TimeSpan.FromSeconds(id),
                Packs = [new() { PackId = PackId(id), Schema = 1, Source = "shop", ReceivedAt = At.ToDateTimeOffset(), Events = ["{}"u8.ToArray()] }],
            },
            Cancellation)).ShouldBe(Attribution.Storage.Journeys.CommitOutcome.Committed);
}
