using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest;

/// <summary>
/// Maps a CloudEvent 1.0 to an event: <c>id</c>, <c>type</c> and <c>source</c> unchanged, <c>time</c> as
/// <c>occurredAt</c>, and the members of the data byte for byte. The data must be a JSON object; <c>data_base64</c> is
/// decoded first. Extension attributes and <c>subject</c> are ignored, and a null attribute counts as absent. Data that
/// repeats <c>id</c>, <c>type</c> or <c>source</c>, or has <c>occurredAt</c> beside <c>time</c>, is rejected.
/// </summary>
internal static class CloudEventMapper
{
    /// <summary>
    /// Returns whether a JSON value is a structured CloudEvent: an object with <c>specversion</c>, which no event has.
    /// </summary>
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
            // Not JSON: the event reader explains the fault.
        }

        return false;
    }

    /// <summary>Maps the structured form, a JSON object. Never throws for invalid input.</summary>
    public static MappedEvent FromStructured(ReadOnlyMemory<byte> json)
    {
        try
        {
            return MapStructured(json.Span) with { Sent = json };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return MappedEvent.Reject(
                new EventFault(RejectionReason.Malformed, "", "The CloudEvent is not well-formed JSON."), json);
        }
    }

    /// <summary>
    /// Maps the binary form: percent-encoded attributes in headers, data in the body, which may be empty. Never throws
    /// for invalid input.
    /// </summary>
    public static MappedEvent FromBinary(IHeaderDictionary headers, ReadOnlyMemory<byte> body)
    {
        var attributes = new CloudEventAttributes
        {
            SpecVersion = Header("specversion"),
            Id = Header("id"),
            Type = Header("type"),
            Source = Header("source"),
            Time = Header("time"),
        };
        return Compose(attributes, body.Span, "") with { Sent = body };

        string? Header(string name) =>
            headers["ce-" + name] is [{ } value, ..] ? Uri.UnescapeDataString(value.Trim('"')) : null;
    }

    private static MappedEvent MapStructured(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return new CloudEventAttributes().Reject(RejectionReason.NotAnObject, "", "A CloudEvent is a JSON object.");

        var attributes = new CloudEventAttributes();
        ReadOnlySpan<byte> data = default, base64 = default;
        var seen = new HashSet<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (!seen.Add(name))
                return attributes.Reject(RejectionReason.Malformed, ToPointer(name), "The attribute occurs twice.");
            if (reader.TokenType == JsonTokenType.Null)
                continue;
            if (name == "data")
            {
                reader.Skip();
                data = json[start..(int)reader.BytesConsumed];
            }
            else if (
                name is "id" or "type" or "source" or "time" or "specversion" or "datacontenttype" or "data_base64"
                    && reader.TokenType != JsonTokenType.String)
                return attributes.Reject(
                    RejectionReason.MemberWrongType, ToPointer(name), "The attribute must be a text.");
            else if (name == "data_base64")
                base64 = System.Text.Encoding.UTF8.GetBytes(reader.GetString()!);
            else if (reader.TokenType == JsonTokenType.String)
                attributes.Set(name, reader.GetString()!);
            else
                reader.Skip();
        }

        if (!IsJson(attributes.DataContentType))
            return attributes.Reject(
                RejectionReason.ValueUnknown, "/datacontenttype", "The data must be JSON: application/json, or omit the attribute.");
        if (base64.IsEmpty)
            return Compose(attributes, data, "/data");
        if (!data.IsEmpty)
            return attributes.Reject(
                RejectionReason.MemberNotAllowed, "/data_base64", "data and data_base64 exclude each other; send one of them.");

        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        return Base64.DecodeFromUtf8(base64, decoded, out _, out var length) == OperationStatus.Done
            ? Compose(attributes, decoded.AsSpan(0, length), "/data_base64")
            : attributes.Reject(RejectionReason.Malformed, "/data_base64", "The text is not base64.");
    }

    private static MappedEvent Compose(CloudEventAttributes attributes, ReadOnlySpan<byte> data, string dataPointer)
    {
        if (attributes.SpecVersion is not "1.0")
            return attributes.SpecVersion is null
                ? attributes.Reject(
                    RejectionReason.MemberMissing, "/specversion", "A CloudEvent requires specversion \"1.0\".")
                : attributes.Reject(
                    RejectionReason.ValueUnknown, "/specversion", "Only specversion \"1.0\" is supported.");
        foreach (var (name, value) in attributes.Required)
        {
            if (string.IsNullOrEmpty(value))
            {
                var reason = value is null ? RejectionReason.MemberMissing : RejectionReason.TextEmpty;
                return attributes.Reject(reason, ToPointer(name), $"A CloudEvent requires {name}.");
            }

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
        return new MappedEvent
        {
            Json = composed.WrittenSpan.ToArray(), EventId = attributes.Id, DataPointer = dataPointer, HasTime = attributes.Time is not null,
        };
    }

    /// <summary>
    /// Narrows the data to the text between its braces, empty when it has no member. Returns the rejection of unusable
    /// data, or null.
    /// </summary>
    private static MappedEvent? TrimToMembers(
        CloudEventAttributes attributes, ref ReadOnlySpan<byte> data, string dataPointer)
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
                return attributes.Reject(
                    RejectionReason.MemberWrongType, dataPointer, "The data must be a JSON object with the event's members.");
            var (start, any) = ((int)reader.BytesConsumed, false);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                any = true;
                var name = reader.GetString();
                if (name is "id" or "type" or "source" || (name == "occurredAt" && attributes.Time is not null))
                    {
                    const string Detail = "The attribute of the CloudEvent states it already; leave it out of the data.";
                    return attributes.Reject(RejectionReason.MemberNotAllowed, $"{dataPointer}/{name}", Detail);
                }

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
        return media is null || media.Equals("application/json", StringComparison.OrdinalIgnoreCase) || media.EndsWith(
            "+json", StringComparison.OrdinalIgnoreCase);
    }

    private static string ToPointer(string name) =>
        "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
