using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Ingest;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Sqlite;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Ingest;

public sealed class PackBuilderTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private readonly IdGenerator ids = new(TimeProvider.System);

    [Fact]
    public void Events_of_several_requests_fill_messages_in_order()
    {
        var packs = PackBuilder.Build([CreateBatch(Caller.Local, 3, 10), CreateBatch(Caller.Local, 4, 10)], ids, maxEvents: 5, maxBytes: 1_000);

        packs.Select(p => p.Events.Count).ShouldBe([5, 2]);
        packs.SelectMany(p => p.Events).Select(e => e[0]).ShouldBe(new byte[] { 0, 1, 2, 0, 1, 2, 3 });
        packs.Select(p => p.PackId).Distinct().Count().ShouldBe(2);
        packs.ShouldAllBe(p => p.ReceivedAt == Noon && p.Schema == EventPack.CurrentSchema);
    }

    [Fact]
    public void Message_stays_within_its_byte_limit_and_a_larger_event_gets_its_own()
    {
        PackBuilder.Build([CreateBatch(Caller.Local, 5, 40)], ids, 500, maxBytes: 100).Select(p => p.Events.Count).ShouldBe([2, 2, 1]);
        PackBuilder.Build([CreateBatch(Caller.Local, 2, 50)], ids, 500, maxBytes: 100).Select(p => p.Events.Count).ShouldBe([2]);
        PackBuilder.Build([CreateBatch(Caller.Local, 2, 400)], ids, 500, maxBytes: 100).Select(p => p.Events.Count).ShouldBe([1, 1]);
    }

    [Fact]
    public void Different_sources_brands_or_receipt_times_do_not_share_messages()
    {
        var packs = PackBuilder.Build(
            [
                CreateBatch(Caller.Local, 1, 10), CreateBatch(new Caller("shop", "default", false), 1, 10), CreateBatch(new Caller("default", "glow", false), 1, 10),
                CreateBatch(Caller.Local, 1, 10, Noon + EventBatch.TimestampResolution), CreateBatch(Caller.Local, 1, 10),
            ],
            ids, 500, 1_000);

        packs.Select(p => (p.Source, p.BrandId, p.ReceivedAt, p.Events.Count)).ShouldBe(
            [("default", "default", Noon, 2), ("shop", "default", Noon, 1), ("default", "glow", Noon, 1), ("default", "default", Noon + EventBatch.TimestampResolution, 1)]);
    }

    [Fact]
    public void Rejected_events_count_toward_the_message_size_like_accepted_ones()
    {
        var batch = CreateBatch(Caller.Local, 3, 10);
        for (var i = 0; i < 3; i++)
            batch.Add(ValidationResult.Reject(new EventFault(RejectionReason.Malformed, "", "x"), null, new byte[10], keys: null));

        var packs = PackBuilder.Build([batch], ids, maxEvents: 4, maxBytes: 1_000);

        packs.Select(p => (p.Events.Count, p.Refused?.Count ?? 0)).ShouldBe([(3, 1), (0, 2)]);
    }

    [Theory]
    [InlineData("default", "default", null)]
    [InlineData("other", "default", RejectionReason.SourceNotAllowed)]
    [InlineData("default", "other", RejectionReason.BrandUnknown)]
    public async Task Caller_restricted_to_its_own_name_may_name_only_itself(string source, string brand, RejectionReason? refused)
    {
        using var folder = new TempFolder();
        await using var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("a.db") }, TestContext.Current.CancellationToken);
        await store.Catalog.AddAsync("other");
        using var catalog = new CatalogCache(store.Catalog);
        await catalog.RefreshAsync(TestContext.Current.CancellationToken);
        var context = new EventContext("default", "default", DateTimeOffset.UtcNow, EventContext.DefaultHorizon);
        var json = System.Text.Encoding.UTF8.GetBytes(TestEvents.Click("c-1", $",\"source\":\"{source}\",\"brandId\":\"{brand}\""));

        var verdict = await new EventValidator(catalog, new CustomerKeyHasher(new byte[CustomerKeyHasher.MinSecretBytes])).ValidateAsync(json, false, new Caller("default", "default", MaySpeakForOthers: false) { OnlyBrand = "default" }, context, TestContext.Current.CancellationToken);

        verdict.Refused?.Reason.ShouldBe(refused!.Value);
        (verdict.Event is null).ShouldBe(refused is not null);
    }

    private static EventBatch CreateBatch(Caller caller, int count, int bytes, DateTimeOffset? at = null)
    {
        var batch = new EventBatch(caller, at ?? Noon);
        for (byte i = 0; i < count; i++)
        {
            var json = new byte[bytes];
            json[0] = i;
            batch.Add(new ValidationResult(json, null, null, "click"));
        }

        return batch;
    }
}
