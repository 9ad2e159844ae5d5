using System.Text;
using Attribution.Contracts;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Host.Tests.Laws;
using Attribution.Storage.Formats;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Attribution;

/// <summary>Messages that need a format that a live process cannot read wait; the others are attributed.</summary>
public sealed class FormatWaitTests
{
    private static readonly DateTimeOffset ReceivedAt = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Message_with_a_void_waits_for_an_older_process_and_others_do_not()
    {
        using var folder = new TempFolder();
        await using var run = await EngineRun.OpenAsync(await EngineRun.EmptyAsync(folder.File("empty.db"), Cancellation), folder.File("run.db"), Cancellation);
        var now = Timestamp.From(DateTimeOffset.UtcNow);
        // Registered as an older build would; the commits register nothing.
        await run.Store.Formats.RegisterProcessAsync(new("old", "1.0.0", FormatVersions.First, now + TimeSpan.FromMinutes(5)), now, Cancellation);
        var order = NewPack(1, """{"type":"conversion","id":"e-1","occurredAt":"2026-03-02T10:00:00Z","kind":"order","orderId":"1","isNewCustomer":false,"currency":"USD","gross":"10.00"}""");
        var refund = NewPack(2, """{"type":"refund","id":"e-2","occurredAt":"2026-03-02T11:00:00Z","orderId":"2","refundId":"r","kind":"cancel","void":true}""");

        // Both messages share a commit.
        var waiting = run.ProcessPlannedAheadAsync([order, refund], Cancellation);

        (await Should.ThrowAsync<FormatNotAgreedException>(async () => await waiting)).Message.ShouldContain("old (1.0.0, lease until");
        (await HasJourneyAsync("o:1"), await HasJourneyAsync("o:2")).ShouldBe((true, false));

        await run.Store.Formats.RemoveProcessAsync("old", Cancellation);
        await run.ProcessPlannedAheadAsync([refund], Cancellation);
        (await HasJourneyAsync("o:2")).ShouldBeTrue();

        async Task<bool> HasJourneyAsync(string alias) => await run.Store.Journeys.FindByAliasAsync(new AliasKey("default", alias), Cancellation) is not null;
    }

    private static EventPack NewPack(byte id, string json) => new()
    {
        PackId = new Guid(id, 0, 0, new byte[8]), Schema = EventPack.CurrentSchema, Source = "shop", ReceivedAt = ReceivedAt, Events = [Encoding.UTF8.GetBytes(json)],
    };
}
