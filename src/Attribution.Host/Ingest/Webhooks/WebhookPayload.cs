using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Host.Ingest.Webhooks;

/// <summary>
/// A JSON object of a vendor's, and where it stands, so that what is wrong is said with its place. A member that is null is absent. Every
/// question throws <see cref="UnmappableDeliveryException"/> where a member is there and is no such thing.
/// </summary>
internal readonly struct WebhookPayload
{
    private readonly JsonElement json;
    private readonly string pointer;

    private WebhookPayload(JsonElement json, string pointer)
    {
        if (json.ValueKind != JsonValueKind.Object) throw WrongType(pointer, "an object");
        (this.json, this.pointer) = (json, pointer);
    }

    /// <summary>The whole of a body.</summary>
    public static WebhookPayload FromElement(JsonElement json) => new(json, "");

    /// <summary>The body as a JSON object, whose elements live as long as the answer does.</summary>
    /// <exception cref="UnmappableDeliveryException">It is none.</exception>
    public static WebhookPayload Parse(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span)) throw new UnmappableDeliveryException(new EventFault(RejectionReason.Malformed, "", "The body is not UTF-8."));
        try
        {
            using var document = JsonDocument.Parse(body);
            return FromElement(document.RootElement.Clone());
        }
        catch (JsonException)
        {
            throw new UnmappableDeliveryException(new EventFault(RejectionReason.Malformed, "", "The body is not JSON; have the shop send its webhooks as JSON."));
        }
    }

    /// <summary>Where a member stands.</summary>
    public string PointerTo(string name) => $"{pointer}/{name}";

    /// <summary>A member's text, or its number as written; null when absent.</summary>
    public string? Text(string name) => Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => DecodeText(text, name),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => throw WrongType(PointerTo(name), "a text"),
    };

    /// <summary>A member's text that must be there.</summary>
    public string RequiredText(string name) => Text(name) is { Length: > 0 } text ? text
        : throw new UnmappableDeliveryException(new EventFault(RejectionReason.MemberMissing, PointerTo(name), "is missing from the shop's payload."));

    /// <summary>A thing that stands here whole; null where it stands by its id, and when absent.</summary>
    public WebhookPayload? ExpandedObject(string name) => Member(name) is { ValueKind: JsonValueKind.Object } ? Object(name) : null;

    /// <summary>The id of a thing that stands here by its id, or whole; null when absent.</summary>
    public string? ExpandableId(string name) => ExpandedObject(name) is { } whole ? whole.Text("id") : Text(name);

    /// <summary>Whether a member says true; absent is false.</summary>
    public bool Boolean(string name) => Member(name) switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        _ => throw WrongType(PointerTo(name), "true or false"),
    };

    /// <summary>An amount, as number or text; 0 when absent or empty.</summary>
    public decimal AmountOrZero(string name) => Amount(name) ?? 0m;

    /// <summary>An amount, as number or text; null when absent or empty.</summary>
    public decimal? Amount(string name)
    {
        var text = Text(name);
        if (string.IsNullOrEmpty(text)) return null;
        return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var amount)
            ? amount : throw WrongType(PointerTo(name), "an amount");
    }

    /// <summary>A time with its offset; null when absent or empty. <paramref name="zone"/> is added to one that comes without.</summary>
    public DateTimeOffset? Time(string name, string zone = "")
    {
        var text = Text(name);
        if (string.IsNullOrEmpty(text)) return null;
        return Rfc3339.TryParse(text + zone, out var at) ? at.ToDateTimeOffset()
            : throw new UnmappableDeliveryException(new EventFault(RejectionReason.TimeInvalid, PointerTo(name), "is no RFC 3339 time."));
    }

    /// <summary>Seconds since 1970; null when absent.</summary>
    public DateTimeOffset? UnixTime(string name) => Amount(name) is not { } seconds ? null
        : seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
        : throw new UnmappableDeliveryException(new EventFault(RejectionReason.TimeInvalid, PointerTo(name), "is no number of seconds since 1970."));

    /// <summary>An object; null when absent.</summary>
    public WebhookPayload? Object(string name) => Member(name) is { } member ? new WebhookPayload(member, PointerTo(name)) : null;

    /// <summary>An object that must be there.</summary>
    public WebhookPayload RequiredObject(string name) => Object(name) ??
        throw new UnmappableDeliveryException(new EventFault(RejectionReason.MemberMissing, PointerTo(name), "is missing from the shop's payload."));

    /// <summary>The objects of a list; none when absent.</summary>
    public IReadOnlyList<WebhookPayload> Objects(string name)
    {
        if (Member(name) is not { } list) return [];
        if (list.ValueKind != JsonValueKind.Array) throw WrongType(PointerTo(name), "a list");
        var at = PointerTo(name);
        return [.. list.EnumerateArray().Select((item, i) => new WebhookPayload(item, string.Create(CultureInfo.InvariantCulture, $"{at}/{i}")))];
    }

    /// <summary>Why nothing is made of it, at a member.</summary>
    public UnmappableDeliveryException Unmappable(RejectionReason reason, string name, string detail) => new(new EventFault(reason, PointerTo(name), detail));

    private JsonElement? Member(string name) => json.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    private string DecodeText(JsonElement text, string name)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new UnmappableDeliveryException(new EventFault(RejectionReason.Malformed, PointerTo(name), "holds half a surrogate pair, which is no text."));
        }
    }

    private static UnmappableDeliveryException WrongType(string pointer, string what) => new(new EventFault(RejectionReason.MemberWrongType, pointer, $"must be {what}."));
}
