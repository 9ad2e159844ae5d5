using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Host.Ingest.Webhooks;

/// <summary>
/// A JSON object of a vendor's payload with its JSON pointer, so that faults state their place. A null member counts as
/// absent. Every reading member throws <see cref="UnmappableDeliveryException"/> when a value has another type.
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

    /// <summary>Wraps the root of a payload.</summary>
    public static WebhookPayload FromElement(JsonElement json) => new(json, "");

    /// <summary>Parses a body as a JSON object. The elements do not depend on the body's memory.</summary>
    /// <exception cref="UnmappableDeliveryException">The body is not a JSON object in UTF-8.</exception>
    public static WebhookPayload Parse(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span))
            throw new UnmappableDeliveryException(
                new EventFault(RejectionReason.Malformed, "", "The body is not UTF-8."));
        try
        {
            using var document = JsonDocument.Parse(body);
            return FromElement(document.RootElement.Clone());
        }
        catch (JsonException)
        {
            var fault = new EventFault(
                RejectionReason.Malformed, "", "The body is not JSON; have the shop send its webhooks as JSON.");
            throw new UnmappableDeliveryException(fault);
        }
    }

    /// <summary>Returns the JSON pointer of a member.</summary>
    public string PointerTo(string name) => $"{pointer}/{name}";

    /// <summary>Returns whether a member is present, even if it is null.</summary>
    public bool Has(string name) => json.TryGetProperty(name, out _);

    /// <summary>Gets the names of all members.</summary>
    public IEnumerable<string> Names => json.EnumerateObject().Select(member => member.Name);

    /// <summary>Returns a member's text, or its number as written; null when absent.</summary>
    public string? Text(string name) => Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => DecodeText(text, name),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => throw WrongType(PointerTo(name), "a text"),
    };

    /// <summary>Returns the text of a required member.</summary>
    public string RequiredText(string name) => Text(name) is { Length: > 0 } text ? text
        : throw new UnmappableDeliveryException(
            new EventFault(RejectionReason.MemberMissing, PointerTo(name), "is missing from the shop's payload."));

    /// <summary>Returns an expanded object; null when the payload states only its id, and when absent.</summary>
    public WebhookPayload? ExpandedObject(string name) =>
        Member(name) is { ValueKind: JsonValueKind.Object } ? Object(name) : null;

    /// <summary>Returns the id of an object that is stated by its id or expanded; null when absent.</summary>
    public string? ExpandableId(string name) => ExpandedObject(name) is { } whole ? whole.Text("id") : Text(name);

    /// <summary>Returns a member's true or false; false when absent.</summary>
    public bool Boolean(string name) => Member(name) switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        _ => throw WrongType(PointerTo(name), "true or false"),
    };

    /// <summary>Returns an amount stated as number or text; 0 when absent or empty.</summary>
    public decimal AmountOrZero(string name) => Amount(name) ?? 0m;

    /// <summary>Returns an amount stated as number or text; null when absent or empty.</summary>
    public decimal? Amount(string name)
    {
        var text = Text(name);
        if (string.IsNullOrEmpty(text)) return null;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var amount)
            ? amount : throw WrongType(PointerTo(name), "an amount");
    }

    /// <summary>
    /// Returns an amount in minor units; null when absent. Refuses one with decimals, which is meant in major units.
    /// </summary>
    public decimal? Minor(string name)
    {
        var amount = Amount(name);
        return amount is null or { Scale: 0 } ? amount : throw WrongType(PointerTo(name), "a whole number of minor units");
    }

    /// <summary>Returns a time with its offset; null when absent or empty.</summary>
    /// <param name="name">The member.</param>
    /// <param name="zone">Offset appended to the text, for times without one.</param>
    public DateTimeOffset? Time(string name, string zone = "")
    {
        var text = Text(name);
        if (string.IsNullOrEmpty(text)) return null;
        return Rfc3339.TryParse(text + zone, out var at) ? at.ToDateTimeOffset()
            : throw new UnmappableDeliveryException(
                new EventFault(RejectionReason.TimeInvalid, PointerTo(name), "is not an RFC 3339 time."));
    }

    /// <summary>Returns a time stated in seconds since 1970; null when absent.</summary>
    public DateTimeOffset? UnixTime(string name) => Amount(name) is not { } seconds ? null
        : seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
        : throw new UnmappableDeliveryException(
            new EventFault(RejectionReason.TimeInvalid, PointerTo(name), "is not a number of seconds since 1970."));

    /// <summary>Returns an object; null when absent.</summary>
    public WebhookPayload? Object(string name) =>
        Member(name) is { } member ? new WebhookPayload(member, PointerTo(name)) : null;

    /// <summary>Returns a required object.</summary>
    public WebhookPayload RequiredObject(string name) => Object(name) ??
        throw new UnmappableDeliveryException(
            new EventFault(RejectionReason.MemberMissing, PointerTo(name), "is missing from the shop's payload."));

    /// <summary>
    /// Returns the objects of a list; empty when absent. PHP writes a list with gaps as an object of its indexes.
    /// </summary>
    /// <param name="name">The member.</param>
    /// <param name="mayBeEmptyObject">True if PHP may have written an emptied list as an empty object.</param>
    public IReadOnlyList<WebhookPayload> Objects(string name, bool mayBeEmptyObject = false) =>
        Member(name) is not { } list || (mayBeEmptyObject && IsEmptyObject(list)) ? []
        : ListItems(name, list) is { } items ? [.. items.Select(item => new WebhookPayload(item.Json, item.Pointer))]
        : throw WrongType(PointerTo(name), "a list");

    /// <summary>
    /// Returns the objects of a list that cannot refuse the payload, and notes whatever else is in its place.
    /// </summary>
    public IReadOnlyList<WebhookPayload> ReadableObjects(string name, ICollection<EventFault> leftOut)
    {
        if (Member(name) is not { } list || IsEmptyObject(list)) return [];
        if (ListItems(name, list) is not { } items)
        {
            leftOut.Add(WrongType(PointerTo(name), "a list").Fault);
            return [];
        }

        var objects = new List<WebhookPayload>();
        foreach (var (json, at) in items)
        {
            if (json.ValueKind == JsonValueKind.Object) objects.Add(new(json, at));
            else leftOut.Add(WrongType(at, "an object").Fault);
        }

        return objects;
    }

    /// <summary>
    /// Returns the texts of a list that cannot refuse the payload, each with its pointer, and notes whatever else is in its
    /// place; null when absent.
    /// </summary>
    public IReadOnlyList<(string Text, string Pointer)>? ReadableTexts(string name, ICollection<EventFault> leftOut)
    {
        if (Member(name) is not { } list) return null;
        if (ListItems(name, list) is not { } items)
        {
            leftOut.Add(WrongType(PointerTo(name), "a list").Fault);
            return null;
        }

        var texts = new List<(string, string)>();
        foreach (var (item, at) in items)
        {
            try
            {
                if (item.ValueKind == JsonValueKind.String) texts.Add((DecodeText(item, name), at));
                else leftOut.Add(WrongType(at, "a text").Fault);
            }
            catch (UnmappableDeliveryException e)
            {
                leftOut.Add(e.Fault);
            }
        }

        return texts;
    }

    /// <summary>
    /// Returns an object that cannot refuse the payload; null when absent, and noted when it is not an object.
    /// </summary>
    public WebhookPayload? ReadableObject(string name, ICollection<EventFault> leftOut)
    {
        if (Member(name) is not { } member) return null;
        if (member.ValueKind == JsonValueKind.Object) return new(member, PointerTo(name));
        leftOut.Add(WrongType(PointerTo(name), "an object").Fault);
        return null;
    }

    /// <summary>
    /// Returns the text, or the number as written, of a member that cannot refuse the payload; null when absent, and
    /// noted when it is not a text.
    /// </summary>
    public string? ReadableText(string name, ICollection<EventFault> leftOut)
    {
        try
        {
            return Text(name);
        }
        catch (UnmappableDeliveryException e)
        {
            leftOut.Add(e.Fault);
            return null;
        }
    }

    /// <summary>Creates the fault of a member for which the payload cannot be mapped.</summary>
    public UnmappableDeliveryException Unmappable(RejectionReason reason, string name, string detail) =>
        new(new EventFault(reason, PointerTo(name), detail));

    private IEnumerable<(JsonElement Json, string Pointer)>? ListItems(string name, JsonElement list)
    {
        var at = PointerTo(name);
        if (list.ValueKind == JsonValueKind.Array)
            return list.EnumerateArray().Select((item, i) => (item, string.Create(CultureInfo.InvariantCulture, $"{at}/{i}")));
        if (list.ValueKind != JsonValueKind.Object) return null;
        var members = list.EnumerateObject().ToList();
        return members.Count > 0 && members.TrueForAll(member => member.Name.Length > 0 && member.Name.All(char.IsAsciiDigit))
            ? members.Select(member => (member.Value, $"{at}/{member.Name}")) : null;
    }

    private static bool IsEmptyObject(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && !json.EnumerateObject().Any();

    private JsonElement? Member(string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    private string DecodeText(JsonElement text, string name)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new UnmappableDeliveryException(
                new EventFault(
                    RejectionReason.Malformed, PointerTo(name), "contains half of a surrogate pair, which is not valid text."));
        }
    }

    private static UnmappableDeliveryException WrongType(string pointer, string what) =>
        new(new EventFault(RejectionReason.MemberWrongType, pointer, $"must be {what}."));
}
