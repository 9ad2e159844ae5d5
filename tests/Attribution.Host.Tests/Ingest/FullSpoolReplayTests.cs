using System.Text;
using Attribution.Contracts;
using Attribution.Core.Planning;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Journeys;
using Attribution.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Ingest;

public sealed class FullSpoolReplayTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replay_into_a_full_spool_stays_unresolved_until_there_is_room()
    {
        await using var host = await IngestHost.StartAsync(new PackRecorder { Commits = false }, null, "--Ingest:Spool:MaxPageCount=64", "--Ingest:Spool:RedeliverAfter=00:00:00.05");
        var rejection = new RejectionDocument
        {
            Id = host.Services.GetRequiredService<IdGenerator>().Next(), Brand = "default", Source = "default", ReceivedAt = Timestamp.From(TimeProvider.System.GetUtcNow()),
            Reason = RejectionReason.ValueUnknown, Pointer = "", Detail = "then", Schema = 1, Payload = [.. Encoding.UTF8.GetBytes(TestEvents.Click("again"))],
        };
        var version = await host.Store.Catalog.ReadCatalogVersionAsync(Cancellation);
        (await host.Store.Journeys.CommitAsync(new JourneyCommit { CatalogVersion = version, At = rejection.ReceivedAt, Rejections = [rejection] }, Cancellation)).ShouldBe(CommitOutcome.Committed);
        (await host.PostAsync(string.Join('\n', Enumerable.Range(0, 20_000).Select(i => TestEvents.Click($"c-{i}"))), "application/x-ndjson")).Status.ShouldBe(503);
        for (var i = 0; (await host.PostAsync(TestEvents.Click($"d-{i}"))).Status == 202; i++) i.ShouldBeLessThan(10_000, "not one more has room");

        (await ReplayAsync()).ShouldBe(503);
        (await host.Store.Rejections.FindRejectionsAsync([rejection.Id], Cancellation)).ShouldHaveSingleItem().ResolvedAt.ShouldBeNull();

        host.Recorder.Commits = true;
        await Eventually.IsTrueAsync(() => host.Spool.Depth == 0, "the spool has drained");
        (await ReplayAsync()).ShouldBe(200);
        (await host.Store.Rejections.FindRejectionsAsync([rejection.Id], Cancellation)).ShouldHaveSingleItem().ResolvedAt.ShouldNotBeNull();
        await Eventually.IsTrueAsync(() => host.Recorder.EventIds.Count(id => id == "again") == 1, "it is delivered");

        async Task<int> ReplayAsync()
        {
            using var body = new StringContent($$"""{"ids":["{{rejection.Id}}"]}""", Encoding.UTF8, "application/json");
            using var answer = await host.Client.PostAsync("/v1/rejections/replay", body, Cancellation);
            return (int)answer.StatusCode;
        }
    }
}
