using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest;

/// <summary>
/// Maps a CloudEvent 1.0 to an event of ours: <c>id</c>, <c>type</c> and <c>source</c> as they are, <c>time</c> as <c>occurredAt</c>, and
/// the members of the data, which must be a JSON object (<c>data_base64</c> is decoded first), byte for byte. Extension attributes and
/// <c>subject</c> are let be; an attribute that is null is absent. What is said once must not be said again: data with an <c>id</c>,
/// <c>type</c> or <c>source</c>, or with <c>occurredAt</c> beside <c>time</c>, is refused.
/// </summary>
internal static class CloudEventMapper
{
    /// <summary>Whether a JSON value is a CloudEvent in the structured form: an object with <c>specversion</c>, which no event of ours has.</summary>
    public static bool IsStructured(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("specversion")) return true;
                reader.Read();
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Not JSON at all: whoever reads it says what is wrong.
        }

        return false;
    }

    /// <summary>Maps the structured form, a JSON object. Never throws for bad input.</summary>
    public static MappedEvent FromStructured(ReadOnlySpan<byte> json)
    {
        try
        {
            return MapStructured(json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return MappedEvent.Reject(new EventFault(RejectionReason.Malformed, "", "The CloudEvent is not well-formed JSON."));
        }
    }

    /// <summary>Maps the binary form: attributes in headers (percent-encoded), data in the body; an empty body is no data. Never throws for bad input.</summary>
    public static MappedEvent FromBinary(IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var attributes = new CloudEventAttributes
        {
            SpecVersion = Header("specversion"),
            Id = Header("id"),
            Type = Header("type"),
            Source = Header("source"),
            Time = Header("time"),
        };
        return Compose(attributes, body, "");

        string? Header(string name) => headers["ce-" + name] is [{ } value, ..] ? Uri.UnescapeDataString(value.Trim('"')) : null;
    }

    private static MappedEvent MapStructured(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return MappedEvent.Reject(new EventFault(RejectionReason.NotAnObject, "", "A CloudEvent is a JSON object."));

        var attributes = new CloudEventAttributes();
        ReadOnlySpan<byte> data = default, base64 = default;
        var seen = new HashSet<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (!seen.Add(name))
                return attributes.Reject(RejectionReason.Malformed, ToPointer(name), "The attribute stands here twice.");
            if (reader.TokenType == JsonTokenType.Null)
                continue;
            if (name == "data")
            {
                reader.Skip();
                data = json[start..(int)reader.BytesConsumed];
            }
            else if (name is "id" or "type" or "source" or "time" or "specversion" or "datacontenttype" or "data_base64" && reader.TokenType != JsonTokenType.String)
                return attributes.Reject(RejectionReason.MemberWrongType, ToPointer(name), "The attribute must be a text.");
            else if (name == "data_base64")
                base64 = System.Text.Encoding.UTF8.GetBytes(reader.GetString()!);
            else if (reader.TokenType == JsonTokenType.String)
                attributes.Set(name, reader.GetString()!);
            else
                reader.Skip();
        }

        if (!IsJson(attributes.DataContentType))
            return attributes.Reject(RejectionReason.ValueUnknown, "/datacontenttype", "The data must be JSON: application/json, or left out.");
        if (base64.IsEmpty)
            return Compose(attributes, data, "/data");
        if (!data.IsEmpty)
            return attributes.Reject(RejectionReason.MemberNotAllowed, "/data_base64", "Beside data there must be no data_base64.");

        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        return Base64.DecodeFromUtf8(base64, decoded, out _, out var length) == OperationStatus.Done
            ? Compose(attributes, decoded.AsSpan(0, length), "/data_base64")
            : attributes.Reject(RejectionReason.Malformed, "/data_base64", "The text is not base64.");
    }

    private static MappedEvent Compose(CloudEventAttributes attributes, ReadOnlySpan<byte> data, string dataPointer)
    {
        if (attributes.SpecVersion is not "1.0")
            return attributes.SpecVersion is null
                ? attributes.Reject(RejectionReason.MemberMissing, "/specversion", "A CloudEvent needs specversion, \"1.0\".")
                : attributes.Reject(RejectionReason.ValueUnknown, "/specversion", "Only specversion \"1.0\" is read.");
        foreach (var (name, value) in attributes.Required)
        {
            if (string.IsNullOrEmpty(value))
                return attributes.Reject(value is null ? RejectionReason.MemberMissing : RejectionReason.TextEmpty, ToPointer(name), $"A CloudEvent needs {name}.");
        }

        if (TrimToMembers(attributes, ref data, dataPointer) is { } refused)
            return refused;

        var composed = new ArrayBufferWriter<byte>(data.Length + 256);
        using (var writer = new Utf8JsonWriter(composed))
        {
            writer.WriteStartObject();
            writer.WriteString("type", attributes.Type);
            writer.WriteString("id", attributes.Id);
            writer.WriteString("source", attributes.Source);
            if (attributes.Time is { } time)
                writer.WriteString("occurredAt", time);
            writer.Flush();
        }

        if (!data.IsEmpty)
        {
            composed.Write(","u8);
            composed.Write(data);
        }

        composed.Write("}"u8);
        return new MappedEvent(composed.WrittenSpan.ToArray(), null, attributes.Id, dataPointer, attributes.Time is not null);
    }

    /// <summary>Narrows the data to what stands between its braces, empty when it has no member, or says why it cannot be used.</summary>
    private static MappedEvent? TrimToMembers(CloudEventAttributes attributes, ref ReadOnlySpan<byte> data, string dataPointer)
    {
        if (!data.ContainsAnyExcept(" \t\r\n"u8))
        {
            data = default;
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(data);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return attributes.Reject(RejectionReason.MemberWrongType, dataPointer, "The data must be a JSON object with the event's members.");
            var (start, any) = ((int)reader.BytesConsumed, false);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                any = true;
                var name = reader.GetString();
                if (name is "id" or "type" or "source" || (name == "occurredAt" && attributes.Time is not null))
                    return attributes.Reject(RejectionReason.MemberNotAllowed, $"{dataPointer}/{name}", "The CloudEvent's own attribute says it already; leave it out of the data.");
                reader.Read();
                reader.Skip();
            }

            var end = (int)reader.TokenStartIndex;
            reader.Read();
            data = any ? data[start..end] : default;
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return attributes.Reject(RejectionReason.Malformed, dataPointer, "The data is not well-formed JSON.");
        }
    }

    private static bool IsJson(string? contentType)
    {
        var media = contentType?.Split(';')[0].Trim();
        return media is null || media.Equals("application/json", StringComparison.OrdinalIgnoreCase) || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    private static string ToPointer(string name) => "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}

/// <summary>The attributes of a CloudEvent that matter here; null where absent.</summary>
internal sealed record CloudEventAttributes
{
    public string? SpecVersion { get; set; }

    public string? Id { get; set; }

    public string? Type { get; set; }

    public string? Source { get; set; }

    public string? Time { get; set; }

    public string? DataContentType { get; set; }

    public IEnumerable<(string Name, string? Value)> Required => [("id", Id), ("type", Type), ("source", Source)];

    public void Set(string name, string value)
    {
        switch (name)
        {
            case "specversion": SpecVersion = value; break;
            case "id": Id = value; break;
            case "type": Type = value; break;
            case "source": Source = value; break;
            case "time": Time = value; break;
            case "datacontenttype": DataContentType = value; break;
            default: break;
        }
    }

    public MappedEvent Reject(RejectionReason reason, string pointer, string detail) => new(null, new EventFault(reason, pointer, detail), Id);
}

/// <summary>A CloudEvent as an event of ours, or why it is none.</summary>
/// <param name="Event">UTF-8 JSON; null when refused.</param>
/// <param name="Fault">Why it was refused, with a pointer into the CloudEvent; null when mapped.</param>
/// <param name="EventId">Its id, where one could be read.</param>
/// <param name="DataPointer">Where its data stands.</param>
/// <param name="HasTime">Whether <c>time</c> says when it occurred.</param>
internal readonly record struct MappedEvent(byte[]? Event, EventFault? Fault, string? EventId, string DataPointer = "", bool HasTime = false)
{
    public static MappedEvent Reject(EventFault fault) => new(null, fault, null);

    /// <summary>Where a member of the mapped event stands in the CloudEvent.</summary>
    public string ToSourcePointer(string pointer) => pointer switch
    {
        "" or "/id" or "/type" or "/source" => pointer,
        "/occurredAt" when HasTime => "/time",
        _ => DataPointer + pointer,
    };
}
