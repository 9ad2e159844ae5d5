using System.Text.Json.Nodes;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;

namespace Attribution.Host.Tests.Ingest.Webhooks;

/// <summary>The journey of one order: deliveries are mapped, read as at ingest, and evaluated by the engine.</summary>
internal sealed class ShopJourney
{
    private static readonly CatalogSnapshot Catalog = CatalogSnapshot.Create(new(
        1, System.Collections.Immutable.ImmutableDictionary<CatalogRef, ICatalogItem>.Empty
            .Add(new(CatalogKind.Brands, "default"), new BrandItem("default", "Glow"))
            .Add(new(CatalogKind.Creators, "mia"), new CreatorItem("mia", "Mia"))
            .Add(new(CatalogKind.Campaigns, "spring"), new CampaignItem("spring", "Spring"))
            .Add(new(CatalogKind.Codes, "mia10"), new CodeItem("mia10", "MIA10", "spring", "mia"))
            .Add(new(CatalogKind.Publishers, "mia-pub"), new PublisherItem("mia-pub", "impact.com", "spring", "mia", "pub_123")),
        []));

    private Journey journey = new() { Id = Guid.NewGuid(), Brand = "default" };

    /// <summary>Gets the order; null when none was reported.</summary>
    public Conversion? Order => Evaluated.Conversions.SingleOrDefault();

    /// <summary>Gets the number of refunds that wait for their order.</summary>
    public int Waiting => Evaluated.WaitingRefunds.Length;

    private Journey Evaluated => journey.Evaluate(Catalog);

    public decimal? Net => Order is { } order ? (order.Gross - order.Discount - order.Refunds) / 100m : null;

    /// <summary>Delivers a payload. Time of receipt is a number of seconds.</summary>
    public void Deliver(string vendor, string topic, JsonNode payload, int receivedAt, string? triggeredAt = null)
    {
        var received = new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero).AddSeconds(receivedAt);
        var mapped = MappedShopOrder.From(vendor, topic, payload.ToJsonString(), triggeredAt, received.ToString("O", CultureInfo.InvariantCulture));
        Report(receivedAt, [.. mapped.Mapped.Select(one => one.ToJson())]);
    }

    /// <summary>Adds events as received at a number of seconds.</summary>
    public void Report(int receivedAt, params byte[][] events)
    {
        var received = new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero).AddSeconds(receivedAt);
        foreach (var one in events)
        {
            var read = EventReader.ReadStrict(one, new EventContext("shop", "default", received, EventContext.DefaultHorizon));
            journey = journey.WithEvent(read.Event.ShouldNotBeNull($"{read.Fault} {System.Text.Encoding.UTF8.GetString(one)}"));
        }
    }
}
