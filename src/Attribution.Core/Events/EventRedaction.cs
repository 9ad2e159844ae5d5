using System.Buffers;
using System.Text;
using System.Text.Json;
using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>The removal of personal data from events before they are stored. Pure.</summary>
public static class EventRedaction
{
    // Members of a claim of referral, which may contain no personal data.
    private static readonly byte[][] ClaimNames =
        [.. new[] { "provider", "publisherId", "providerCampaignId", "subId", "parameters" }.Select(Encoding.UTF8.GetBytes)];

    // The quoted names of members that are stored in another form.
    private static readonly byte[][] ReplacedNames =
    [
        .. ClaimNames.Append("customerKey"u8.ToArray()).Append("token"u8.ToArray()).Select(name => (byte[])[(byte)'"', .. name, (byte)'"']),
    ];

    private static ReadOnlySpan<byte> IpName => "\"ip\""u8;

    private static ReadOnlySpan<byte> DataBase64Name => "\"data_base64\""u8;

    /// <summary>
    /// Returns an event in its stored form: without <c>ip</c>, which is used at ingest and never stored, and with
    /// <c>customerKey</c> and <c>token</c> hashed. Returns null, without copying, if the event is already in this form. All
    /// other members are unchanged, byte for byte and in order. For a CloudEvent, the same applies to its data.
    /// </summary>
    /// <remarks>
    /// Accepts any bytes, because rejected events are stored too. An invalid <c>customerKey</c>, and a member of a claim that
    /// looks like personal data, becomes empty, so that it is rejected again. Text that is not a JSON object is cut off before
    /// the first of these names. Never throws.
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
        || (withKeys && (FindFirstReplaced(json) >= 0 || json.IndexOf(DataBase64Name) >= 0))
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
            var isToken = keys is not null && reader.ValueTextEquals("token"u8);
            var isEncoded = reader.ValueTextEquals("data_base64"u8);
            var isData = reader.ValueTextEquals("data"u8);
            var isClaim = keys is not null && IsOfClaim(ref reader);
            if (isIp || isKey || isToken || isClaim) firstPersonal = Math.Min(firstPersonal, start);
            reader.Read();
            isData &= reader.TokenType == JsonTokenType.StartObject;
            var valueStart = (int)reader.TokenStartIndex;
            var replacement = isKey ? Replace(ref reader, key => RedactCustomerKey(key, keys!))
                : isToken ? Replace(ref reader, keys!.HashToken)
                : isClaim && reader.TokenType == JsonTokenType.String ? Replace(ref reader, static text => PersonalData.IsContact(text) ? "" : text)
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

    private static bool IsOfClaim(ref Utf8JsonReader reader)
    {
        foreach (var name in ClaimNames)
            if (reader.ValueTextEquals(name))
                return true;
        return false;
    }

    /// <summary>Returns a text in its stored form as JSON; null if it is unchanged.</summary>
    private static byte[]? Replace(ref Utf8JsonReader reader, Func<string, string> redact)
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
        var stored = key is null ? "" : redact(key);
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
        foreach (var name in (int[])[text.IndexOf(IpName), keys is null ? -1 : FindFirstReplaced(text)])
            if (name >= 0) firstPersonal = Math.Min(firstPersonal, name);
        return firstPersonal < int.MaxValue ? text[..firstPersonal].ToArray() : null;
    }

    private static int FindFirstReplaced(ReadOnlySpan<byte> text)
    {
        var first = -1;
        foreach (var name in ReplacedNames)
            if (text.IndexOf(name) is >= 0 and var at && (first < 0 || at < first))
                first = at;
        return first;
    }
}
