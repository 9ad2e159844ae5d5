using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>
/// One event's JSON after a single pass over it: where each known member's value lies. Values are decoded when asked for. The first fault
/// found is kept, and from then on every question is answered with nothing, so that a reader can ask on without checking each answer.
/// </summary>
internal ref struct EventJson
{
    private readonly ReadOnlySpan<byte> json;
    private ValueBuffer values;
    private ulong present;
    private string? unknownMember;
    private int unknownMemberAt;

    private EventJson(ReadOnlySpan<byte> json) => this.json = json;

    /// <summary>The first fault; null as long as there is none.</summary>
    public EventFault? Fault { get; private set; }

    /// <summary>Finds the members. What is no JSON object of the allowed depth, and a member named twice, is a fault.</summary>
    public static EventJson Parse(ReadOnlySpan<byte> json)
    {
        var text = new EventJson(json);
        if (json.Length > EventLimits.Bytes)
            text.Reject(RejectionReason.TooLong, "", $"The event has {json.Length} bytes; {EventLimits.Bytes} are allowed.");
        else if (!Utf8.IsValid(json))
            text.Reject(RejectionReason.Malformed, "", "The event is not valid UTF-8.");
        else
            text.ReadMembers();
        return text;
    }

    private void ReadMembers()
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                if (!SkipValue(ref reader, [])) return;
                reader.Read();
                Reject(RejectionReason.NotAnObject, "", "An event is a JSON object: {\"type\":…,\"id\":…,\"occurredAt\":…}.");
                return;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan;
                var nameAt = (int)reader.TokenStartIndex;
                var member = EventMembers.Find(name);
                if (member is null && unknownMember is null) (unknownMember, unknownMemberAt) = (Encoding.UTF8.GetString(name), nameAt);
                reader.Read();
                var (kind, start) = (reader.TokenType, (int)reader.TokenStartIndex);
                if (!SkipValue(ref reader, name)) return;
                if (member is { } known) SetValue(known, new Value(kind, start, (int)reader.BytesConsumed - start));
            }
            reader.Read();
        }
        catch (JsonException fault)
        {
            Fault = null; // whatever was wrong before, this is what the sender has to see first
            Reject(RejectionReason.Malformed, "", $"Not valid JSON at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.");
        }
    }

    private void SetValue(EventMember member, Value value)
    {
        if (Contains(member)) Reject(RejectionReason.Malformed, member, "is named twice; name it once.");
        present |= EventMembers.Bit(member);
        values[(int)member] = value;
    }

    // Steps over a value. By hand rather than by Skip, so that depth is judged level by level and 10,000 levels cost no more than 17.
    private bool SkipValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        var depth = reader.CurrentDepth;
        do
        {
            if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray) || reader.CurrentDepth < EventLimits.Depth) continue;
            Fault = null;
            Reject(
                RejectionReason.Malformed, name.IsEmpty ? "" : Pointer(Encoding.UTF8.GetString(name)),
                $"Nested deeper than {EventLimits.Depth} levels, the event itself being the first.");
            return false;
        }
        while ((reader.CurrentDepth > depth || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) && reader.Read());
        return true;
    }

    private byte[] Unescape(ref Utf8JsonReader reader)
    {
        try
        {
            return Encoding.UTF8.GetBytes(reader.GetString()!);
        }
        catch (InvalidOperationException)
        {
            Reject(RejectionReason.Malformed, "", "The name of a member holds one half of a surrogate pair; send whole characters.");
            return [];
        }
    }

    /// <summary>Whether a member is there, be it null.</summary>
    public readonly bool Contains(EventMember member) => (present & EventMembers.Bit(member)) != 0;

    /// <summary>Whether a member is there and not null.</summary>
    public readonly bool HasValue(EventMember member) => Contains(member) && values[(int)member].Kind != JsonTokenType.Null;

    /// <summary>Refuses what the type does not have: the first such member in the order sent.</summary>
    public void RejectUnknownMembers(ulong known, string type)
    {
        var (name, at) = (unknownMember, unknownMember is null ? int.MaxValue : unknownMemberAt);
        for (var others = present & ~known; others != 0; others &= others - 1)
        {
            var member = (int)ulong.TrailingZeroCount(others);
            if (values[member].Start < at) (name, at) = (EventMembers.Names[member], values[member].Start);
        }
        if (name is null) return;
        var near = EventMembers.ClosestName(name, known);
        Reject(
            RejectionReason.MemberUnknown, Pointer(name),
            $"A {type} has no such member; {(near is null ? "leave it out." : $"did you mean {near}?")}");
    }

    /// <summary>The text of a member, in normal form C; null when it is absent or null, and after a fault.</summary>
    public string? Text(EventMember member, int limit, bool mayBeEmpty = false)
    {
        if (!TryGetValue(member, out var value)) return null;
        if (value.Kind != JsonTokenType.String) return RejectWrongType(member, "must be a text");
        if (!TryDecode(value, out var text)) return RejectHalfSurrogate(Pointer(member));
        return CheckText(text, limit, mayBeEmpty, Pointer(member)) ? TextNormalizer.Text(text) : null;
    }

    /// <summary>Checks a text that may be empty and that nobody needs: it is decoded only where its bytes do not show at once that it is within the limit.</summary>
    public void CheckOptionalText(EventMember member, int limit)
    {
        if (!TryGetValue(member, out var value)) return;
        var raw = Raw(value);
        if (value.Kind != JsonTokenType.String || raw.Length - 2 > limit || raw.Contains((byte)'\\')) Text(member, limit, mayBeEmpty: true);
    }

    /// <summary>The text of a member that must be there; empty after a fault.</summary>
    public string RequiredText(EventMember member, int limit) => Text(member, limit) ?? RejectMissing(member);

    /// <summary>One of a few words; null when it is absent or null, and after a fault.</summary>
    public string? Keyword(EventMember member, params ReadOnlySpan<string> words)
    {
        if (Text(member, EventLimits.Id) is not { } word) return null;
        if (words.Contains(word)) return word;
        Reject(RejectionReason.ValueUnknown, member, $"must be one of {string.Join(", ", words)}.");
        return null;
    }

    /// <summary>A time that must be there; the epoch after a fault.</summary>
    public Timestamp RequiredTime(EventMember member)
    {
        if (!TryGetValue(member, out var value))
        {
            RejectMissing(member);
            return default;
        }
        if (value.Kind != JsonTokenType.String)
        {
            RejectWrongType(member, "must be a text");
            return default;
        }
        if (Rfc3339.TryParse(Raw(value)[1..^1], out var time)) return time;
        if (TryDecode(value, out var decoded) && Rfc3339.TryParse(Encoding.UTF8.GetBytes(decoded), out time)) return time;
        Reject(
            RejectionReason.TimeInvalid, member,
            "must be a time as RFC 3339 has it, with an offset: 2026-03-02T10:15:00Z or 2026-03-02T11:15:00.250+01:00.");
        return default;
    }

    /// <summary>True or false; null when it is absent or null, and after a fault.</summary>
    public bool? Flag(EventMember member)
    {
        if (!TryGetValue(member, out var value)) return null;
        if (value.Kind is JsonTokenType.True or JsonTokenType.False) return value.Kind == JsonTokenType.True;
        RejectWrongType(member, "must be true or false");
        return null;
    }

    /// <summary>A counter; null when it is absent or null, and after a fault.</summary>
    public long? Count(EventMember member)
    {
        if (!TryGetValue(member, out var value)) return null;
        var raw = Raw(value);
        if (value.Kind != JsonTokenType.Number || raw.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0)
        {
            RejectWrongType(member, "must be a whole number, without quotes or decimals");
            return null;
        }
        if (Utf8Parser.TryParse(raw, out long count, out var used) && used == raw.Length && count is >= 0 and <= EventLimits.Counter) return count;
        Reject(RejectionReason.OutOfRange, member, $"must be from 0 to {EventLimits.Counter}.");
        return null;
    }

    /// <summary>The currency; null when it is absent or null, and after a fault.</summary>
    public Currency? ReadCurrency(EventMember member)
    {
        if (Text(member, int.MaxValue, mayBeEmpty: true) is not { } code) return null;
        if (Currency.TryParse(code, out var currency)) return currency;
        Reject(RejectionReason.CurrencyUnknown, member, "must be the code of an ISO 4217 currency with minor units, in capitals, such as USD or EUR.");
        return null;
    }

    /// <summary>An amount of 0 or more in minor units; null when it is absent or null, and after a fault. Without a currency, that is missing.</summary>
    public long? Money(EventMember member, Currency? currency)
    {
        if (!TryGetValue(member, out var value)) return null;
        if (currency is not { } unit)
        {
            RejectMissing(EventMember.Currency);
            return null;
        }
        var raw = value.Kind == JsonTokenType.Number ? Raw(value) : value.Kind == JsonTokenType.String ? Raw(value)[1..^1] : [];
        if (raw.IsEmpty || (value.Kind == JsonTokenType.String && !IsPlainDecimal(raw)))
        {
            RejectWrongType(member, "must be a decimal number in major units, such as 45.00 or \"45.00\"");
            return null;
        }
        if (!decimal.TryParse(raw, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var major)
            || major < 0 || (!unit.HasMoreDecimals(major) && !unit.TryToMinor(major, out _)))
        {
            Reject(RejectionReason.OutOfRange, member, $"must be from 0 to {unit.Format(Currency.MaxMinor)}.");
            return null;
        }
        if (unit.TryToMinor(major, out var minor)) return minor;
        Reject(RejectionReason.MoneyPrecision, member, $"must have at most {unit.Digits} decimals, which is what {unit} has.");
        return null;
    }

    /// <summary>Discount codes, normalised, in the order sent; null when they are absent or null, and after a fault.</summary>
    public IReadOnlyList<string>? Codes(EventMember member)
    {
        if (!TryGetValue(member, out var value)) return null;
        if (value.Kind != JsonTokenType.StartArray)
        {
            RejectWrongType(member, "must be a list of texts");
            return null;
        }
        var codes = new List<string>();
        var reader = new Utf8JsonReader(Raw(value));
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var pointer = $"{Pointer(member)}/{codes.Count}";
            if (codes.Count == EventLimits.Codes)
            {
                Reject(RejectionReason.TooLong, member, $"may hold at most {EventLimits.Codes} codes.");
                return null;
            }
            if (reader.TokenType != JsonTokenType.String)
            {
                Reject(RejectionReason.MemberWrongType, pointer, "A code must be a text.");
                return null;
            }
            var item = new Value(JsonTokenType.String, value.Start + (int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex));
            if (!TryDecode(item, out var text))
            {
                RejectHalfSurrogate(pointer);
                return null;
            }
            if (!CheckText(text, EventLimits.Code, mayBeEmpty: false, pointer)) return null;
            codes.Add(TextNormalizer.Code(text));
        }
        return codes;
    }

    /// <summary>Records that a member is needed and absent. Gives the empty text, for the reader to go on with.</summary>
    public string RejectMissing(EventMember member)
    {
        Reject(RejectionReason.MemberMissing, member, "is needed here and is absent or null.");
        return "";
    }

    /// <summary>Records a fault of a member, unless there was one before. The detail goes on from the member's name.</summary>
    public void Reject(RejectionReason reason, EventMember member, string detail) =>
        Reject(reason, Pointer(member), $"{EventMembers.Names[(int)member]} {detail}");

    /// <summary>The event's type as sent; null when it is no text.</summary>
    public readonly string? Type() =>
        Contains(EventMember.Type) && values[(int)EventMember.Type] is { Kind: JsonTokenType.String } value && TryDecode(value, out var type) ? type : null;

    /// <summary>The id as sent, where there is one of allowed length; whatever else is wrong.</summary>
    /// <param name="read">The id as it was read, mostly the same; null: it was not.</param>
    public readonly string? IdAsSent(string? read) =>
        !Contains(EventMember.Id) || values[(int)EventMember.Id] is not { Kind: JsonTokenType.String } value ? null
        // Mostly the same letter for letter, so that it need not be decoded again.
        : read is not null && Ascii.Equals(Raw(value)[1..^1], read) ? read
        : TryDecode(value, out var id) && id.Length > 0 && Length(id) <= EventLimits.Id ? id : null;

    private void Reject(RejectionReason reason, string pointer, string detail) => Fault ??= new EventFault(reason, pointer, detail);

    private string? RejectWrongType(EventMember member, string detail)
    {
        Reject(RejectionReason.MemberWrongType, member, detail + ".");
        return null;
    }

    private string? RejectHalfSurrogate(string pointer)
    {
        Reject(RejectionReason.Malformed, pointer, "The text holds one half of a surrogate pair; send whole characters.");
        return null;
    }

    private bool CheckText(string text, int limit, bool mayBeEmpty, string pointer)
    {
        if (!mayBeEmpty && string.IsNullOrWhiteSpace(text))
            Reject(RejectionReason.TextEmpty, pointer, "The text is empty; leave an optional member out, or make it null, where there is nothing to say.");
        else if (text.Length > limit && Length(text) > limit)
            Reject(RejectionReason.TooLong, pointer, $"The text is longer than {limit} characters.");
        else
            return true;
        return false;
    }

    // A member that is there, is not null, and is still worth reading.
    private readonly bool TryGetValue(EventMember member, out Value value)
    {
        value = default;
        if (Fault is not null || !HasValue(member)) return false;
        value = values[(int)member];
        return true;
    }

    private readonly ReadOnlySpan<byte> Raw(Value value) => json.Slice(value.Start, value.Length);

    private readonly bool TryDecode(Value value, [NotNullWhen(true)] out string? text)
    {
        var raw = Raw(value);
        text = raw.Contains((byte)'\\') ? null : Encoding.UTF8.GetString(raw[1..^1]);
        if (text is not null) return true;
        var reader = new Utf8JsonReader(raw);
        reader.Read();
        try
        {
            text = reader.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Code points, as JSON Schema counts.</summary>
    public static int Length(string text)
    {
        var length = text.Length;
        foreach (var character in text)
            if (char.IsLowSurrogate(character))
                length--;
        return length;
    }

    private static bool IsPlainDecimal(ReadOnlySpan<byte> text)
    {
        if (text[0] == '-') text = text[1..];
        var point = text.IndexOf((byte)'.');
        return point < 0 ? AreDigits(text) : AreDigits(text[..point]) && AreDigits(text[(point + 1)..]);
    }

    private static bool AreDigits(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    private static string Pointer(EventMember member) => "/" + EventMembers.Names[(int)member];

    // Names are cut at the length of an id: longer ones help nobody.
    private static string Pointer(string name) =>
        "/" + TextNormalizer.Text(name.Length <= EventLimits.Id ? name : name[..EventLimits.Id]).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    // Where a value lies, quotes and brackets included.
    private readonly record struct Value(JsonTokenType Kind, int Start, int Length);

    [InlineArray(EventMembers.Count)]
    private struct ValueBuffer
    {
        private Value first;
    }
}
