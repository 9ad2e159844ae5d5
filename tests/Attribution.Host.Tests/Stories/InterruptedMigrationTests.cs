using System.IO.Compression;
using Attribution.Host.Tests.Laws;
using Attribution.TestKit;
using Attribution.TestKit.Storage;

namespace Attribution.Host.Tests.Stories;

/// <summary>
/// The store of <c>tests/testdata/data-folder-1</c>, which an earlier build wrote, is migrated: its schema is upgraded, and
/// all journeys are evaluated again. Interruptions change nothing of the result.
/// </summary>
public sealed class InterruptedMigrationTests
{
    private static readonly string[] Brands = ["default", "nippon"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Migration_stopped_at_every_tenth_of_the_way_gives_the_same_store()
    {
        using var folder = new TempFolder();
        var stored = Unpack(Path.Combine(TestData.Repository, "tests", "testdata", "data-folder-1", "folder", "attribution.db.gz"));
        var statements = 0;
        var expected = await MigrateAsync(Write(folder.File("whole.db"), stored), _ => statements++);
        expected.ShouldContain(line => line.Contains("convertedVisitors", StringComparison.Ordinal), "the migration adds a measure");

        for (var tenth = 1; tenth < 10; tenth++)
        {
            var path = Write(folder.File($"{tenth}.db"), stored);
            var left = statements * tenth / 10;
            await Should.ThrowAsync<TimeoutException>(async () => await MigrateAsync(path, _ => { if (left-- <= 0) throw new TimeoutException(); }));
            (await MigrateAsync(path, null)).ShouldBe(expected, $"stopped before statement {statements * tenth / 10} of {statements}");
        }
    }

    /// <summary>Migrates a store and returns its rollups, ledger entries and journeys.</summary>
    private static async Task<List<string>> MigrateAsync(string path, Action<string>? beforeStatement)
    {
        await using var run = await EngineRun.OpenExistingAsync(path, beforeStatement, Cancellation);
        await run.ReevaluateAsync(Cancellation);
        var state = await run.ReadAsync(Brands, Cancellation);
        List<string> lines = [.. state.Rollups.Select(cell => $"{cell.Key} {cell.Value}").Order(StringComparer.Ordinal), .. state.Documents];
        foreach (var brand in Brands)
        {
            var page = await run.Store.Ledger.ReadLedgerPageAsync(brand, after: null, limit: 10_000, Cancellation);
            lines.AddRange(page.Entries.Select(numbered => RecordText.Serialize(numbered.Entry with { RecordedAt = default })).Order(StringComparer.Ordinal));
        }

        return lines;
    }

    private static string Write(string path, byte[] content)
    {
        File.WriteAllBytes(path, content);
        return path;
    }

    private static byte[] Unpack(string path)
    {
        using var unpacked = new MemoryStream();
        using var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        packed.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}
