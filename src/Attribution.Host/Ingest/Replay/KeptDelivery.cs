using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Attribution.Core.Quality;
using Attribution.Host.Ingest.Webhooks;

namespace Attribution.Host.Ingest.Replay;

/// <summary>
/// A shop's delivery as its rejection stores it: <c>{"webhook":"shopify","topic":"orders/paid","payload":{…}}</c>.
/// Mapped again by today's rules, it may become events.
/// </summary>
internal static class KeptDelivery
{
    /// <summary>Maps a stored delivery. Returns false when the rejection is not that of a delivery with a payload.</summary>
    public static bool TryMap(
        WebhookVendors vendors, RejectionDocument rejection, [NotNullWhen(true)] out IReadOnlyList<MappedEvent>? events)
    {
        events = null;
        try
        {
            using var json = JsonDocument.Parse(rejection.Payload.AsMemory());
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || GetText(root, "webhook") is not { } name
                || vendors.Find(name) is not { } vendor || !root.TryGetProperty("payload", out var payload)) return false;
            var topic = GetText(root, "topic") ?? "";
            var headers = new HeaderDictionary { ["X-Shopify-Topic"] = topic, ["X-WC-Webhook-Topic"] = topic };
            var delivery = new WebhookDelivery(rejection.Source, headers, Encoding.UTF8.GetBytes(payload.GetRawText()))
            {
                ReceivedAt = rejection.ReceivedAt.ToDateTimeOffset(),
            };
            events = WebhookSteps.Map(vendor, delivery);
            return true;
        }
        catch (JsonException)
        {
            return false; // Truncated, or not JSON.
        }
    }

    private static string? GetText(JsonElement root, string name) =>
        root.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
}
