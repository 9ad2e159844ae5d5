using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <content>The typed values of members.</content>
internal ref partial struct EventJson
{
    private const NumberStyles DecimalStyles =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Reads a text in Unicode normalization form C; null if absent or null, and after a fault.</summary>
    public string? ReadText(EventMember member, int limit, bool mayBeEmpty = false)
    {
        if (!TryGetValue(member, out var value)) return null;
        if (value.Kind != JsonTokenType.String) return RejectWrongType(member, "must be a string");
        if (!TryDecode(value, out var text)) return RejectHalfSurrogate(Pointer(member));
        if (!CheckText(text, limit, mayBeEmpty, Pointer(member))) return null;
        return Ascii.IsValid(text) ? text : TextNormalizer.Text(text);
    }

    /// <summary>
    /// Checks a text that may be empty and is not used. It is decoded only if its raw length does not already show that
    /// it is within the limit.
    /// </summary>
    public void CheckOptionalText(EventMember member, int limit)
    {
        if (!TryGetValue(member, out var value)) return;
        var raw = Raw(value);
        if (value.Kind != JsonTokenType.String || raw.Length - 2 > limit || raw.Contains((byte)'\\'))
            ReadText(member, limit, mayBeEmpty: true);
    }

    /// <summary>Reads a required text; empty after a fault.</summary>
    public string ReadRequiredText(EventMember member, int limit) => ReadText(member, limit) ?? RejectMissing(member);

    /// <summary>Reads one of a closed list of values; null if absent or null, and after a fault.</summary>
    public string? ReadKeyword(EventMember member, params ReadOnlySpan<string> allowed)
    {
        if (ReadText(member, EventLimits.Id) is not { } value) return null;
        if (allowed.Contains(value)) return value;
        Fault ??= EventFaults.KeywordUnknown(member, allowed);
        return null;
    }

    /// <summary>Reads a time; null if absent or null, and after a fault.</summary>
    public Timestamp? ReadTime(EventMember member)
    {
        if (!TryGetValue(member, out var value)) return null;
        if (value.Kind != JsonTokenType.String)
        {
            RejectWrongType(member, "must be a string");
            return null;
        }
        if (Rfc3339.TryParse(Raw(value)[1..^1], out var time)) return time;
        if (TryDecode(value, out var decoded)
            && Rfc3339.TryParse(Encoding.UTF8.GetBytes(decoded), out time)) return time;
        Reject(
            RejectionReason.TimeInvalid, member,
            "must be an RFC 3339 time with an offset, such as 2026-03-02T10:15:00Z or 2026-03-02T11:15:00.250+01:00.");
        return null;
    }

    /// <summary>Reads a required time; the epoch after a fault.</summary>
    public Timestamp ReadRequiredTime(EventMember member)
    {
        if (ReadTime(member) is { } time) return time;
        RejectMissing(member);
        return default;
    }

    /// <summary>Reads true or false; null if absent or null, and after a fault.</summary>
    public bool? ReadFlag(EventMember member)
    {
        if (!TryGetValue(member, out var value)) return null;
        if (value.Kind is JsonTokenType.True or JsonTokenType.False) return value.Kind == JsonTokenType.True;
        RejectWrongType(member, "must be true or false");
        return null;
    }

    /// <summary>Reads a counter; null if absent or null, and after a fault.</summary>
    public long? ReadCount(EventMember member)
    {
        if (!TryGetValue(member, out var value)) return null;
        var raw = Raw(value);
        if (value.Kind != JsonTokenType.Number || raw.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0)
        {
            RejectWrongType(member, "must be a whole number, without quotes or decimals");
            return null;
        }
        if (Utf8Parser.TryParse(raw, out long count, out var used) && used == raw.Length
            && count is >= 0 and <= EventLimits.Counter) return count;
        Fault ??= EventFaults.CounterOutOfRange(member);
        return null;
    }

    /// <summary>Reads a currency; null if absent or null, and after a fault.</summary>
    public Currency? ReadCurrency(EventMember member)
    {
        if (ReadText(member, int.MaxValue, mayBeEmpty: true) is not { } code) return null;
        if (Currency.TryParse(code, out var currency)) return currency;
        Fault ??= EventFaults.CurrencyUnknown(member);
        return null;
    }

    /// <summary>
    /// Reads an amount of 0 or more in minor units; null if absent or null, and after a fault. An amount without a
    /// currency is a fault.
    /// </summary>
    public long? ReadMoney(EventMember member, Currency? currency)
    {
        if (!TryGetValue(member, out var value)) return null;
        if (currency is not { } unit)
        {
            RejectMissing(EventMember.Currency);
            return null;
        }
        var raw = value.Kind switch
        {
            JsonTokenType.Number => Raw(value),
            JsonTokenType.String => Raw(value)[1..^1],
            _ => [],
        };
        if (raw.IsEmpty || (value.Kind == JsonTokenType.String && !IsPlainDecimal(raw)))
        {
            RejectWrongType(member, "must be a decimal number in major units, such as 45.00 or \"45.00\"");
            return null;
        }
        var isDecimal = decimal.TryParse(raw, DecimalStyles, CultureInfo.InvariantCulture, out var major);
        if (isDecimal && major >= 0 && unit.TryToMinor(major, out var minor)) return minor;
        Fault ??= EventFaults.MoneyInvalid(member, isDecimal ? major : null, unit);
        return null;
    }

    /// <summary>
    /// Reads texts, normalized, in the order received; null if absent or null, and after a fault.
    /// </summary>
    public IReadOnlyList<string>? ReadList(EventMember member, EventListRule rule)
    {
        if (!TryGetValue(member, out var value)) return null;
        if (value.Kind != JsonTokenType.StartArray)
        {
            RejectWrongType(member, "must be a list of strings");
            return null;
        }
        var texts = new List<string>();
        var reader = new Utf8JsonReader(Raw(value));
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (texts.Count == rule.MaxCount)
            {
                Fault ??= EventFaults.TooManyItems(member, rule);
                return null;
            }
            var start = (int)reader.TokenStartIndex;
            var item = new Value(reader.TokenType, value.Start + start, (int)reader.BytesConsumed - start);
            if (ReadItem(item, $"{Pointer(member)}/{texts.Count}", rule) is not { } text) return null;
            texts.Add(text);
        }
        return texts;
    }

    private string? ReadItem(Value item, string pointer, EventListRule rule)
    {
        if (item.Kind != JsonTokenType.String)
        {
            Reject(RejectionReason.MemberWrongType, pointer, $"{rule.Item} must be a string.");
            return null;
        }
        if (!TryDecode(item, out var text)) return RejectHalfSurrogate(pointer);
        return CheckText(text, rule.MaxLength, mayBeEmpty: false, pointer) ? rule.Normalize(text) : null;
    }

    private string? RejectWrongType(EventMember member, string detail)
    {
        Reject(RejectionReason.MemberWrongType, member, detail + ".");
        return null;
    }

    private string? RejectHalfSurrogate(string pointer)
    {
        Reject(
            RejectionReason.Malformed, pointer,
            "The text contains half of a surrogate pair; send complete characters.");
        return null;
    }

    private bool CheckText(string text, int limit, bool mayBeEmpty, string pointer)
    {
        if (!mayBeEmpty && string.IsNullOrWhiteSpace(text))
            Fault ??= EventFaults.TextEmpty(pointer);
        else if (text.Length > limit && Length(text) > limit)
            Fault ??= EventFaults.TextTooLong(pointer, limit);
        else
            return true;
        return false;
    }

    private static bool IsPlainDecimal(ReadOnlySpan<byte> text)
    {
        if (text[0] == '-') text = text[1..];
        var point = text.IndexOf((byte)'.');
        return point < 0 ? AreDigits(text) : AreDigits(text[..point]) && AreDigits(text[(point + 1)..]);
    }

    private static bool AreDigits(ReadOnlySpan<byte> text) =>
        !text.IsEmpty && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
}
