using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Formats;
using Attribution.Storage.Journeys;
using Attribution.Storage.Sqlite;
using Attribution.TestKit;

namespace Attribution.Storage.Tests.Journeys;

public sealed class EncodedCommitTests
{
    private static readonly Timestamp Now = new(1_772_445_600_000);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Journeys_have_a_head_once_all_live_processes_read_it()
    {
        using var folder = new TempFolder();
        var older = FormatVersions.Newest.With(DocumentKinds.Journey, JourneyCodec.VersionWithHead - 1);
        await using var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("store.db") }, Cancellation);
        await store.Formats.RegisterProcessAsync(Process("new", FormatVersions.Newest), Now, Cancellation);
        await store.Formats.RemoveProcessAsync("new", Cancellation);
        VersionOf(store).ShouldBe(JourneyCodec.VersionWithHead);

        await using var shared = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("shared.db") }, Cancellation);
        await shared.Formats.RegisterProcessAsync(Process("old", older), Now, Cancellation);
        await shared.Formats.RegisterProcessAsync(Process("new", FormatVersions.Newest), Now, Cancellation);
        VersionOf(shared).ShouldBe(1);
        (await shared.Journeys.CommitAsync(shared.Journeys.Encode(Commit()), Cancellation)).ShouldBe(CommitOutcome.Committed);

        await shared.Formats.RemoveProcessAsync("old", Cancellation);
        await shared.Formats.RegisterProcessAsync(Process("new", FormatVersions.Newest), Now, Cancellation);
        VersionOf(shared).ShouldBe(JourneyCodec.VersionWithHead);
    }

    private static int VersionOf(SqliteStore store) => JourneyCodec.VersionOf(store.Journeys.Encode(Commit()).Journeys[0]);

    private static JourneyCommit Commit() => new()
    {
        CatalogVersion = 0, At = Now,
        Journeys = [new StoredJourney(new Journey { Id = Guid.Parse("0198a000-0000-7000-8000-0000000000ff"), Brand = "default" }, 0)],
    };

    private static RegisteredProcess Process(string id, FormatVersions known) => new(id, "build", known, Now + TimeSpan.FromMinutes(5));
}
