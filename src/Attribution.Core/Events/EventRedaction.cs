using System.Buffers;
using System.Text.Json;
using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>The removal of personal data from events before they are stored. Pure.</summary>
public static class EventRedaction
{
    private static ReadOnlySpan<byte> IpName => "\"ip\""u8;

    private static ReadOnlySpan<byte> CustomerKeyName => "\"customerKey\""u8;

    private static ReadOnlySpan<byte> DataBase64Name => "\"data_base64\""u8;

    /// <summary>
    /// Returns an event in its stored form: without <c>ip</c>, which is used at ingest and never stored, and with
    /// <c>customerKey</c> hashed. Returns null, without copying, if the event is already in this form. All other
    /// members are unchanged, byte for byte and in order. For a CloudEvent, the same applies to its data.
    /// </summary>
    /// <remarks>
    /// Accepts any bytes, because rejected events are stored too. An invalid <c>customerKey</c> becomes empty, so that
    /// it is rejected again. Text that is not a JSON object is cut off before the first of these names. Never throws.
    /// </remarks>
    /// <param name="utf8Object">The event as received or as stored.</param>
    /// <param name="keys">Hashes customer keys; null if they are hashed already, as in an archive.</param>
    public static byte[]? Redact(ReadOnlySpan<byte> utf8Object, CustomerKeyHasher? keys)
    {
        if (!MayContainPersonalData(utf8Object, keys is not null)) return null;
        var firstPersonal = int.MaxValue;
        try
        {
            return RedactObject(utf8Object, keys, ref firstPersonal);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // A name with half of a surrogate pair causes an InvalidOperationException.
            return CutAtPersonalData(utf8Object, firstPersonal, keys);
        }
    }

    // A backslash may be part of an escaped name.
    private static bool MayContainPersonalData(ReadOnlySpan<byte> json, bool withKeys) =>
        json.IndexOf(IpName) >= 0
        || (withKeys && (json.IndexOf(CustomerKeyName) >= 0 || json.IndexOf(DataBase64Name) >= 0))
        || json.Contains((byte)'\\');

    private static byte[]? RedactObject(ReadOnlySpan<byte> json, CustomerKeyHasher? keys, ref int firstPersonal)
    {
        var redacted = new ArrayBufferWriter<byte>(json.Length + 32);
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return CutAtPersonalData(json, firstPersonal, keys);

        var changed = false;
        var end = (int)reader.BytesConsumed;
        redacted.Write(json[..end]);
        for (var empty = true; reader.Read() && reader.TokenType == JsonTokenType.PropertyName;)
        {
            var start = (int)reader.TokenStartIndex;
            var isIp = reader.ValueTextEquals("ip"u8);
            var isKey = keys is not null && reader.ValueTextEquals("customerKey"u8);
            var isEncoded = reader.ValueTextEquals("data_base64"u8);
            var isData = reader.ValueTextEquals("data"u8);
            if (isIp || isKey) firstPersonal = Math.Min(firstPersonal, start);
            reader.Read();
            isData &= reader.TokenType == JsonTokenType.StartObject;
            var valueStart = (int)reader.TokenStartIndex;
            var replacement = isKey ? HashCustomerKey(ref reader, keys!)
                : isEncoded ? RedactBase64Data(ref reader, keys)
                : null;
            reader.Skip();
            end = (int)reader.BytesConsumed;
            if (isData) replacement = Redact(json[valueStart..end], keys);
            changed |= isIp || replacement is not null;
            if (isIp) continue;
            if (!empty) redacted.Write(","u8);
            redacted.Write(json[start..(replacement is null ? end : valueStart)]);
            redacted.Write(replacement);
            empty = false;
        }
        reader.Read(); // throws if anything follows the object
        redacted.Write(json[end..]);
        return changed ? redacted.WrittenSpan.ToArray() : null;
    }

    /// <summary>Returns the redacted customer key as JSON; null if it is unchanged.</summary>
    private static byte[]? HashCustomerKey(ref Utf8JsonReader reader, CustomerKeyHasher keys)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        string? key = null;
        try
        {
            key = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is not a valid text and is rejected.
        }
        var stored = key is null ? "" : RedactCustomerKey(key, keys);
        return stored == key ? null : JsonSerializer.SerializeToUtf8Bytes(stored);
    }

    /// <summary>
    /// Returns a customer key in its stored form: hashed, or unchanged if it is hashed already. An invalid key, such as
    /// an e-mail address, becomes empty.
    /// </summary>
    public static string RedactCustomerKey(string key, CustomerKeyHasher keys)
    {
        if (key.Length == 0 || CustomerKeyHasher.IsHashed(key)) return key;
        var isValid = !string.IsNullOrWhiteSpace(key) && !EventReader.IsEmailAddress(key)
            && EventJson.Length(key) <= EventLimits.Id;
        return isValid ? keys.Hash(key) : "";
    }

    /// <summary>Returns the redacted base64 data of a CloudEvent as JSON; null if it is unchanged.</summary>
    private static byte[]? RedactBase64Data(ref Utf8JsonReader reader, CustomerKeyHasher? keys) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out var data)
        && Redact(data, keys) is { } redacted
            ? JsonSerializer.SerializeToUtf8Bytes(Convert.ToBase64String(redacted))
            : null;

    private static byte[]? CutAtPersonalData(ReadOnlySpan<byte> text, int firstPersonal, CustomerKeyHasher? keys)
    {
        foreach (var name in (int[])[text.IndexOf(IpName), keys is null ? -1 : text.IndexOf(CustomerKeyName)])
            if (name >= 0) firstPersonal = Math.Min(firstPersonal, name);
        return firstPersonal < int.MaxValue ? text[..firstPersonal].ToArray() : null;
    }
}
