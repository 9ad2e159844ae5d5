using System.Text;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Storage.Journeys;
using Attribution.Storage.Sqlite;
using Attribution.TestKit;

namespace Attribution.Storage.Tests.Sqlite;

/// <summary>Damaged, cut and replaced files of a store: each is refused, found by the check, or found by the mark.</summary>
public sealed class SqliteDamageTests : IAsyncLifetime
{
    private const int Page = 4096, Packs = 20;
    private static readonly Timestamp At = new(1_772_445_600_000);
    private readonly TempFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string StoreFile => folder.File("attribution.db");

    /// <summary>Leaves the files of a killed process: half of the packs in the database, half in its log.</summary>
    public async ValueTask InitializeAsync()
    {
        await using (var store = await OpenAsync(folder.File("live/attribution.db"))) await CommitAsync(store, 1, Packs / 2);
        await using var killed = await OpenAsync(folder.File("live/attribution.db"));
        await CommitAsync(killed, Packs / 2 + 1, Packs);
        foreach (var file in Directory.GetFiles(folder.File("live"))) File.Copy(file, folder.File(Path.GetFileName(file)));
    }

    [Fact]
    public async Task Files_of_a_killed_process_lack_nothing()
    {
        await using var store = await OpenAsync(StoreFile);
        await store.VerifyAsync(Cancellation);
        (store.Missing, store.Damage, store.WriteFault).ShouldBe((null, null, null));
    }

    [Theory]
    [InlineData("text", "is not a SQLite file, or its beginning is damaged. Restore it from a backup")]
    [InlineData("first page", "is not a SQLite file, or its beginning is damaged. Restore it from a backup")]
    [InlineData("half of the header", "is damaged (")]
    [InlineData("schema", "is damaged (")]
    public async Task Damaged_beginning_prevents_opening_with_the_remedy(string damage, string sentence)
    {
        File.Delete(StoreFile + "-wal"); // Otherwise its intact pages come first.
        switch (damage)
        {
            case "text": File.WriteAllText(StoreFile, new string('x', 2 * Page)); break;
            case "first page": Overwrite(StoreFile, 0, Page); break;
            case "half of the header": Cut(StoreFile, 50); break;
            default: Overwrite(StoreFile, 100, Page - 100); break;
        }

        var refused = await Should.ThrowAsync<StoreUnusableException>(async () => await OpenAsync(StoreFile));
        refused.Message.ShouldContain(sentence);
        refused.Message.ShouldNotContain('\n');
    }

    [Theory]
    [InlineData("middle")]
    [InlineData("end")]
    [InlineData("cut in a page")]
    [InlineData("cut between pages")]
    [InlineData("zeros")]
    public async Task Damage_behind_the_beginning_is_found_by_the_check(string damage)
    {
        File.Delete(StoreFile + "-wal");
        File.Delete(folder.File("attribution.mark"));
        var pages = new FileInfo(StoreFile).Length / Page;
        switch (damage)
        {
            case "middle": Overwrite(StoreFile, pages / 2 * Page, 3 * Page); break;
            case "end": Overwrite(StoreFile, (pages - 2) * Page, 2 * Page); break;
            case "cut in a page": Cut(StoreFile, pages / 2 * Page + 1_000); break;
            case "cut between pages": Cut(StoreFile, pages / 2 * Page); break;
            default: Write(StoreFile, pages / 2 * Page, new byte[3 * Page]); break;
        }

        string found;
        try
        {
            await using var store = await OpenAsync(StoreFile);
            await store.VerifyAsync(Cancellation);
            found = store.Damage ?? "";
        }
        catch (StoreUnusableException e)
        {
            found = e.Message; // What the start itself reads is damaged.
        }

        found.ShouldContain("attribution.db is damaged (");
        found.ShouldContain("Stop the host and restore the file from a backup");
    }

    [Theory]
    [InlineData("log without its end", null)]
    [InlineData("log cut in its header", Packs / 2)]
    [InlineData("garbage in the log", null)]
    [InlineData("garbage in the header of the log", Packs / 2)]
    [InlineData("empty log", Packs / 2)]
    [InlineData("no log", Packs / 2)]
    [InlineData("empty file and no log", Packs)]
    [InlineData("no files", Packs)]
    public async Task Cut_files_are_complete_in_themselves_and_found_by_the_mark(string damage, int? missing)
    {
        var log = StoreFile + "-wal";
        switch (damage)
        {
            case "log without its end": Cut(log, new FileInfo(log).Length / 2); break;
            case "log cut in its header": Cut(log, 20); break;
            case "garbage in the log": Overwrite(log, new FileInfo(log).Length / 2, 2 * Page); break;
            case "garbage in the header of the log": Overwrite(log, 0, 32); break;
            case "empty log": Cut(log, 0); break;
            case "no log": File.Delete(log); break;
            case "empty file and no log": Cut(StoreFile, 0); File.Delete(log); break;
            default: File.Delete(StoreFile); File.Delete(log); break;
        }

        await using var store = await OpenAsync(StoreFile);
        var lost = store.Missing.ShouldNotBeNull();
        lost.Newest.PackId.ShouldBe(PackId(Packs));
        lost.Count.ShouldNotBeNull().ShouldBeInRange(missing ?? 1, missing ?? Packs / 2);
        await store.VerifyAsync(Cancellation);
        store.Damage.ShouldBeNull();
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void Cut(string path, long length)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(length);
    }

    private static void Overwrite(string path, long position, int length)
    {
        var garbage = new byte[length];
        new Random(11).NextBytes(garbage);
        Write(path, position, garbage);
    }

    private static void Write(string path, long position, byte[] bytes)
    {
        using var file = File.OpenWrite(path);
        file.Position = position;
        file.Write(bytes);
    }

    private static ValueTask<SqliteStore> OpenAsync(string path) => SqliteStore.OpenAsync(new SqliteStoreOptions { Path = path }, Cancellation);

    private static Guid PackId(int id) => new(id, 0, 0, new byte[8]);

    private static async Task CommitAsync(SqliteStore store, int from, int to)
    {
        // Incompressible events, so that each pack has some pages.
        for (var id = from; id <= to; id++)
        {
            var text = new byte[6_000];
            new Random(id).NextBytes(text);
            var pack = Encoding.UTF8.GetBytes($$"""{"text":"{{Convert.ToBase64String(text)}}"}""");
            (await store.Journeys.CommitAsync(
                new JourneyCommit
                {
                    CatalogVersion = 0, At = At,
                    Packs = [new() { PackId = PackId(id), Schema = 1, Source = "shop", ReceivedAt = At.ToDateTimeOffset(), Events = [pack] }],
                },
                Cancellation)).ShouldBe(CommitOutcome.Committed);
        }
    }
}
