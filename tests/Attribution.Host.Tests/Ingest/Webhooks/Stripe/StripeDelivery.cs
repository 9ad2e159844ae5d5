using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Host.Ingest;
using Attribution.Host.Ingest.Webhooks;
using Attribution.Host.Ingest.Webhooks.Stripe;
using Microsoft.AspNetCore.Http;

namespace Attribution.Host.Tests.Ingest.Webhooks.Stripe;

/// <summary>Deliveries of Stripe's events to the mapper.</summary>
internal static class StripeDelivery
{
    private static readonly StripeVendor Vendor = new();

    public static IReadOnlyList<MappedEvent> Map(JsonObject stripeEvent) =>
        Vendor.Map(new WebhookDelivery("shop", new HeaderDictionary(), stripeEvent.Bytes()));

    /// <summary>Maps a delivery, and returns its events as JSON.</summary>
    public static IReadOnlyList<string> MapJson(JsonObject stripeEvent) =>
        [.. Map(stripeEvent).Select(mapped => System.Text.Encoding.UTF8.GetString(mapped.ToJson()))];

    public static T Read<T>(MappedEvent mapped) where T : class =>
        (T)JsonSerializer.Deserialize(mapped.ToJson(), typeof(T), ContractsJson.Default)!;
}
