using Attribution.Core.Values;
using Attribution.Storage.WebhookSubscriptions;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Webhook subscriptions and the log of their deliveries.</summary>
public abstract class WebhookSubscriptionStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task A_webhook_subscription_is_read_as_added_and_replaced()
    {
        await using var store = await OpenNewAsync();
        var subscriptions = store.WebhookSubscriptions;
        await subscriptions.AddSubscriptionAsync(Subscription("b"), Cancellation);
        await subscriptions.AddSubscriptionAsync(Subscription("a"), Cancellation);
        await Should.ThrowAsync<ArgumentException>(async () => await subscriptions.AddSubscriptionAsync(Subscription("a"), Cancellation));

        var changed = Subscription("a") with
        {
            Status = WebhookSubscriptionStatus.Gone, PreviousSecret = "whsec_old", PreviousSecretUntil = new Timestamp(9), Position = new("7", null, 2, 1),
            Retry = new("msg_1", 3, new Timestamp(5), TimeSpan.FromMilliseconds(1500.25), "500 ✓"),
        };
        (await subscriptions.TryReplaceSubscriptionAsync(changed, [], Cancellation)).ShouldBeTrue();
        (await subscriptions.TryReplaceSubscriptionAsync(changed, [Delivery("msg_9", 0, 1)], Cancellation)).ShouldBeFalse();

        (await subscriptions.ListSubscriptionsAsync(Cancellation)).Select(one => (one.Id, one.Revision)).ShouldBe([("a", 1), ("b", 0)]);
        var found = (await subscriptions.FindSubscriptionAsync("a", Cancellation)).ShouldNotBeNull();
        found.Events.ShouldBe(changed.Events);
        found.ShouldBe(changed with { Revision = 1, Events = found.Events });
        (await subscriptions.FindSubscriptionAsync("c", Cancellation)).ShouldBeNull();
        (await subscriptions.ListDeliveriesAsync("a", null, 10, Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Deliveries_are_listed_replayed_and_deleted_with_their_subscription()
    {
        await using var store = await OpenNewAsync();
        var subscriptions = store.WebhookSubscriptions;
        await subscriptions.AddSubscriptionAsync(Subscription("a"), Cancellation);
        await subscriptions.AddSubscriptionAsync(Subscription("b"), Cancellation);
        await subscriptions.TryReplaceSubscriptionAsync(
            Subscription("a"),
            [Delivery("m1", WebhookDeliveryStatus.Parked, 1), Delivery("m2", WebhookDeliveryStatus.Parked, 2), Delivery("m3", WebhookDeliveryStatus.Delivered, 3)],
            Cancellation);
        await subscriptions.TryReplaceSubscriptionAsync(Subscription("b"), [Delivery("m1", WebhookDeliveryStatus.Parked, 1)], Cancellation);

        (await subscriptions.CountParkedDeliveriesAsync(Cancellation)).ShouldBe(3);
        (await subscriptions.ListDeliveriesAsync("a", null, 2, Cancellation)).Select(one => one.Message).ShouldBe(["m3", "m2"]);
        (await subscriptions.ReplayDeliveriesAsync("a", "m1", Cancellation)).ShouldBe(1);
        (await subscriptions.ReplayDeliveriesAsync("a", "m3", Cancellation)).ShouldBe(0);
        (await subscriptions.ListDeliveriesAsync("a", WebhookDeliveryStatus.Replaying, 9, Cancellation))
            .ShouldBe([Delivery("m1", WebhookDeliveryStatus.Replaying, 1)]);
        (await subscriptions.ReplayDeliveriesAsync("a", null, Cancellation)).ShouldBe(1);
        (await subscriptions.DeleteSubscriptionAsync("a", Cancellation)).ShouldBeTrue();
        (await subscriptions.DeleteSubscriptionAsync("a", Cancellation)).ShouldBeFalse();
        (await subscriptions.ListDeliveriesAsync("a", null, 9, Cancellation)).ShouldBeEmpty();
        (await subscriptions.CountParkedDeliveriesAsync(Cancellation)).ShouldBe(1);
    }

    [Fact]
    public async Task Log_keeps_the_latest_delivered_messages_and_all_parked_ones()
    {
        await using var store = await OpenNewAsync();
        await store.WebhookSubscriptions.AddSubscriptionAsync(Subscription("a"), Cancellation);
        const int Kept = IWebhookSubscriptionStore.KeptDeliveries;
        var delivered = Enumerable.Range(1, Kept + 20).Select(at => Delivery($"d{at}", WebhookDeliveryStatus.Delivered, at));

        await store.WebhookSubscriptions.TryReplaceSubscriptionAsync(
            Subscription("a"), [Delivery("p", WebhookDeliveryStatus.Parked, 0), .. delivered], Cancellation);

        var log = await store.WebhookSubscriptions.ListDeliveriesAsync("a", null, 1_000, Cancellation);
        log.Count.ShouldBe(Kept + 1);
        log[^2].Message.ShouldBe("d21");
        log[^1].Message.ShouldBe("p");
    }

    private static WebhookSubscriptionDocument Subscription(string id) => new()
    {
        Id = id, Brand = "glow", Url = "https://receiver.example/", Events = ["day.closed", "refund.applied"], Secret = "whsec_new",
        CreatedAt = new Timestamp(1), Position = new("3", new DateOnly(2026, 3, 1), 0, 0),
    };

    private static WebhookDeliveryDocument Delivery(string message, WebhookDeliveryStatus status, long at) =>
        new() { Message = message, Type = "day.closed", Status = status, At = new Timestamp(at), Attempts = 1, Body = "{}" };
}
