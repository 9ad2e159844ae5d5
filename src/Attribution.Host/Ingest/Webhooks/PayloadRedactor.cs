using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Unicode;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks;

/// <summary>
/// Removes personal data from a shop's payload: keeps the mapped members, by name, and no others. Names, addresses,
/// e-mail addresses and notes of orders are dropped. The result is mapped to the same events as the payload.
/// </summary>
internal static class PayloadRedactor
{
    private const int MaxTopicLength = 100;

    private static readonly FrozenSet<string> KeptMembers = FrozenSet.ToFrozenSet(
    [
        "id", "test", "status", "type", "kind", "mode", "object", "data", "created", "livemode", "currency",
        "currency_code", "amount", "price", "quantity", "rate", "code",
        "financial_status", "payment_status", "taxes_included", "processed_at", "created_at", "updated_at",
        "cancelled_at", "source_name", "created_via",
        "date_created_gmt", "date_modified_gmt", "date_paid_gmt", "line_items", "line_item",
        "sku", "product_id", "item", "quantity_unit", "scale", "gift_card", "tax_lines",
        "discount_allocations", "discount_codes", "coupon_lines",
        "refunds", "refund_line_items", "order_adjustments", "transactions", "order_id", "subtotal", "subtotal_set",
        "amount_set", "line_item_id", "tax_amount", "tip_payment_gateway", "fee_lines",
        "shop_money", "total", "total_tax", "shipping_total", "shipping_tax", "total_shipping_price_set", "amount_subtotal",
        "amount_total", "total_details", "amount_discount", "amount_tax",
        "amount_shipping", "shipping_cost", "discounts", "promotion_code", "payment_intent", "invoice", "charge",
        "subscription", "subscription_details", "parent", "billing_reason", "payment", "payments", "latest_charge",
        "subtotal_excluding_tax", "total_excluding_tax", "total_taxes", "total_tax_amounts", "tax",
        "order", "totals", "adjustments", "occurred_at", "unit_price", "ordered", "original", "current", "codes", "occurredAt", "stateAt",
        "parent_id", "metadata", "note_attributes", "meta_data",
        ShopEventMapper.VisitorIdName, ShopEventMapper.ClickIdName,
    ]);

    // Members of a claim of referral, or of a map of campaign parameters, that are kept unless they look like personal
    // data. Tokens are secrets of others.
    private static readonly FrozenSet<string> KeptClaimMembers = FrozenSet.ToFrozenSet(
        [
            "provider", "publisher_id", "campaign_id", "sub_id", "issued_at", "expires_at", "verified", ShopEventMapper.ClickIdName,
            "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id", "ref", "campaign_source",
            "campaign_medium", "campaign_name", "campaign_content", "campaign_term",
        ],
        StringComparer.OrdinalIgnoreCase);

    // Members of lists of names and values that are kept.
    private static readonly FrozenSet<string> KeptPairs = FrozenSet.ToFrozenSet(
        [ShopEventMapper.VisitorIdName, ShopEventMapper.ClickIdName, "_subscription_renewal", "_refunded_item_id"]);

    // Reasons of Shopify's order adjustments. A shop's own words could name a person.
    private static readonly FrozenSet<string> KeptReasons = FrozenSet.ToFrozenSet(
        [
            "restock", "customer", "damage", "other", "refund discrepancy", "pending refund discrepancy", "shipping refund",
            "full return balancing adjustment",
        ],
        StringComparer.OrdinalIgnoreCase);

    // Addresses, of which only the click's id is kept.
    private static readonly FrozenSet<string> LandingMembers = FrozenSet.ToFrozenSet(
        ["landing_site", "_wc_order_attribution_session_entry"]);

    /// <summary>Returns the vendor, the topic and the redacted body. A body that is not JSON is omitted.</summary>
    public static byte[] Redact(string vendor, string topic, ReadOnlyMemory<byte> body)
    {
        var kept = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(kept))
        {
            writer.WriteStartObject();
            writer.WriteString("webhook", vendor);
            if (topic.Length > 0)
                writer.WriteString("topic", topic.Length > MaxTopicLength ? topic[..MaxTopicLength] : topic);
            if (Reduce(body) is { } payload)
            {
                writer.WritePropertyName("payload");
                writer.WriteRawValue(payload, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return kept.WrittenSpan.ToArray();
    }

    private static byte[]? Reduce(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span)) return null;
        try
        {
            using var document = JsonDocument.Parse(body);
            var reduced = new ArrayBufferWriter<byte>(1024);
            using (var writer = new Utf8JsonWriter(reduced)) Write(writer, document.RootElement);
            return reduced.WrittenSpan.ToArray();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // Not JSON, or JSON with half of a surrogate pair. The rejection's reason explains it.
            return null;
        }
    }

    private static void Write(Utf8JsonWriter writer, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                WriteMembers(writer, json);
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in json.EnumerateArray()) Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                json.WriteTo(writer);
                break;
        }
    }

    private static void WriteMembers(Utf8JsonWriter writer, JsonElement json)
    {
        string? pair = null;
        foreach (var member in json.EnumerateObject())
        {
            if (member.NameEquals("name") || member.NameEquals("key")) pair = GetText(member.Value);
        }

        foreach (var member in json.EnumerateObject())
        {
            var isPair = pair is not null && (
                member.NameEquals("name") || member.NameEquals("key") || member.NameEquals("value"));
            if (isPair && KeptPairs.Contains(pair!) && member.Value.ValueKind is not (
                JsonValueKind.Object or JsonValueKind.Array))
                member.WriteTo(writer);
            else if (isPair && LandingMembers.Contains(pair!)) WriteLanding(writer, member, member.NameEquals("value"));
            else if (LandingMembers.Contains(member.Name)) WriteLanding(writer, member, isAddress: true);
            else if (
                member.NameEquals("client_reference_id")
                    && GetText(member.Value)?.StartsWith("atr_", StringComparison.Ordinal) == true)
                member.WriteTo(writer);
            else if (member.NameEquals("reason") && GetText(member.Value) is { } reason && KeptReasons.Contains(reason.Replace('_', ' ')))
                member.WriteTo(writer);
            else if (!isPair && member.NameEquals("customer") && member.Value.ValueKind == JsonValueKind.Object)
                WriteCustomer(writer, member);
            else if (!isPair && member.NameEquals("affiliateAttribution") && member.Value.ValueKind == JsonValueKind.Object)
            {
                writer.WriteStartObject(member.Name);
                foreach (var claim in member.Value.EnumerateObject().Where(claim => claim.Name is "first" or "last")) WriteClaim(writer, claim);
                writer.WriteEndObject();
            }
            else if (!isPair && member.NameEquals("attribution"))
                WriteClaim(writer, member);
            else if (!isPair && KeptMembers.Contains(member.Name))
            {
                writer.WritePropertyName(member.Name);
                Write(writer, member.Value);
            }
        }
    }

    /// <summary>Writes the customer's number of orders, which shows whether they are new, without their id.</summary>
    private static void WriteCustomer(Utf8JsonWriter writer, JsonProperty member)
    {
        writer.WriteStartObject(member.Name);
        foreach (var inner in member.Value.EnumerateObject().Where(inner => inner.NameEquals("orders_count"))) inner.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static void WriteClaim(Utf8JsonWriter writer, JsonProperty claim)
    {
        if (claim.Value.ValueKind != JsonValueKind.Object) return;
        writer.WriteStartObject(claim.Name);
        foreach (var member in claim.Value.EnumerateObject())
        {
            var name = member.Name[(member.Name.LastIndexOf('/') + 1)..];
            if (KeptClaimMembers.Contains(name) && member.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)
                && !(GetText(member.Value) is { } text && PersonalData.IsContact(text)))
                member.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteLanding(Utf8JsonWriter writer, JsonProperty member, bool isAddress)
    {
        if (!isAddress)
            member.WriteTo(writer);
        else if (ShopEventMapper.GetClickId(GetText(member.Value)) is { } click)
            writer.WriteString(member.Name, "/?atr_cid=" + Uri.EscapeDataString(click));
    }

    private static string? GetText(JsonElement json)
    {
        try
        {
            return json.ValueKind == JsonValueKind.String ? json.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // Half of a surrogate pair.
        }
    }
}
