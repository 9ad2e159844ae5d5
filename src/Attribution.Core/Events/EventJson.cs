using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>
/// One event's JSON after a single pass over it, with the positions of the values of all known members. Values are
/// decoded on demand. The first fault is kept. After a fault all methods return null or a default value, so that the
/// reader does not have to check every result.
/// </summary>
internal ref partial struct EventJson : IEventFields
{
    private static readonly ImmutableArray<byte[]> Utf8Names = [.. EventMembers.Names.Select(Encoding.UTF8.GetBytes)];

    private static readonly ImmutableArray<EventMember[]> MembersByLength =
    [
        .. Enumerable.Range(0, EventMembers.Names.Max(name => name.Length) + 1)
            .Select(length => Enum.GetValues<EventMember>().Where(member => Utf8Names[(int)member].Length == length).ToArray()),
    ];

    private readonly ReadOnlySpan<byte> json;
    private ValueBuffer values;
    private ulong present;
    private string? unknownMember;
    private int unknownMemberAt;
    private List<EventFault>? leftOut;

    private EventJson(ReadOnlySpan<byte> json) => this.json = json;

    /// <summary>Gets the first fault; null if there is none.</summary>
    public EventFault? Fault { get; private set; }

    /// <summary>
    /// Finds the members. It is a fault if the text is not a JSON object, is nested too deep or has a duplicate member.
    /// </summary>
    public static EventJson Parse(ReadOnlySpan<byte> json)
    {
        var result = new EventJson(json);
        if (json.Length > EventLimits.Bytes)
            result.Fault = EventFaults.EventTooLong(json.Length);
        else if (!Utf8.IsValid(json))
            result.Reject(RejectionReason.Malformed, "", "The event is not valid UTF-8.");
        else
            result.ReadMembers();
        return result;
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
                Reject(
                    RejectionReason.NotAnObject, "",
                    "An event must be a JSON object: {\"type\":…,\"id\":…,\"occurredAt\":…}.");
                return;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan;
                var nameAt = (int)reader.TokenStartIndex;
                var member = Find(name);
                if (member is null && unknownMember is null)
                    (unknownMember, unknownMemberAt) = (Encoding.UTF8.GetString(name), nameAt);
                reader.Read();
                var (kind, start) = (reader.TokenType, (int)reader.TokenStartIndex);
                if (!SkipValue(ref reader, name)) return;
                if (member is { } known) SetValue(known, new Value(kind, start, (int)reader.BytesConsumed - start));
            }
            reader.Read();
        }
        catch (JsonException fault)
        {
            Fault = null; // invalid JSON is reported instead of any earlier fault
            Reject(
                RejectionReason.Malformed, "",
                $"Not valid JSON at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.");
        }
    }

    /// <summary>Returns the member with a name; null if no type of event has it.</summary>
    private static EventMember? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length >= MembersByLength.Length) return null;
        foreach (var member in MembersByLength[name.Length])
            if (name.SequenceEqual(Utf8Names[(int)member]))
                return member;
        return null;
    }

    private static ulong Bit(EventMember member) => 1UL << (int)member;

    private void SetValue(EventMember member, Value value)
    {
        if (Contains(member)) Reject(RejectionReason.Malformed, member, "occurs more than once; send it once.");
        present |= Bit(member);
        values[(int)member] = value;
    }

    // Skips a value. Utf8JsonReader.Skip is not used, because the depth must be checked at every level: 10,000 levels
    // must not cost more than 17.
    private bool SkipValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        var depth = reader.CurrentDepth;
        do
        {
            if (!IsStart(reader.TokenType) || reader.CurrentDepth < EventLimits.Depth) continue;
            Fault = null;
            Reject(
                RejectionReason.Malformed, name.IsEmpty ? "" : Pointer(Encoding.UTF8.GetString(name)),
                $"Nested deeper than {EventLimits.Depth} levels, including the event itself.");
            return false;
        }
        while ((reader.CurrentDepth > depth || IsStart(reader.TokenType)) && reader.Read());
        return true;
    }

    private static bool IsStart(JsonTokenType token) => token is JsonTokenType.StartObject or JsonTokenType.StartArray;

    private byte[] Unescape(ref Utf8JsonReader reader)
    {
        try
        {
            return Encoding.UTF8.GetBytes(reader.GetString()!);
        }
        catch (InvalidOperationException)
        {
            Reject(
                RejectionReason.Malformed, "",
                "The name of a member contains half of a surrogate pair; send complete characters.");
            return [];
        }
    }

    /// <summary>Returns true if a member is present, even if null.</summary>
    public readonly bool Contains(EventMember member) => (present & Bit(member)) != 0;

    /// <summary>Returns true if a member is present and not null.</summary>
    public readonly bool HasValue(EventMember member) =>
        Contains(member) && values[(int)member].Kind != JsonTokenType.Null;

    /// <summary>
    /// Rejects members that the type of event does not have. The first one in the order received is reported.
    /// </summary>
    public void RejectUnknownMembers(ulong known, string type)
    {
        var (name, at) = (unknownMember, unknownMember is null ? int.MaxValue : unknownMemberAt);
        for (var others = present & ~known; others != 0; others &= others - 1)
        {
            var member = (int)ulong.TrailingZeroCount(others);
            if (values[member].Start < at) (name, at) = (EventMembers.Names[member], values[member].Start);
        }
        if (name is null) return;
        var suggestion = EventMembers.ClosestName(name, known);
        Reject(
            RejectionReason.MemberUnknown, Pointer(name),
            $"A {type} has no such member; {(suggestion is null ? "omit it." : $"did you mean {suggestion}?")}");
    }

    /// <summary>
    /// Records that a required member is absent, unless it has a value, which is then invalid. Returns an empty text so
    /// that the reader can continue.
    /// </summary>
    public string RejectMissing(EventMember member, params ReadOnlySpan<string> words)
    {
        if (!HasValue(member)) Fault = EventFaults.Missing(Fault, member, words);
        return "";
    }

    /// <summary>
    /// Records a fault of a member, unless there is a fault already. The detail continues the sentence after the
    /// member's name.
    /// </summary>
    public void Reject(RejectionReason reason, EventMember member, string detail) =>
        Fault ??= EventFaults.OfMember(reason, member, detail);

    /// <summary>Returns the event's type as received; null if it is not a text.</summary>
    public readonly string? ReadType() =>
        Contains(EventMember.Type) && values[(int)EventMember.Type] is { Kind: JsonTokenType.String } value
        && TryDecode(value, out var type)
            ? type
            : null;

    /// <summary>Returns the id as received, even after a fault; null if there is no id of allowed length.</summary>
    /// <param name="read">The normalized id, which is usually the same; null if it was not read.</param>
    public readonly string? ReadIdAsSent(string? read) =>
        !Contains(EventMember.Id) || values[(int)EventMember.Id] is not { Kind: JsonTokenType.String } value ? null
        // Usually identical, so that the id does not have to be decoded again.
        : read is not null && Ascii.Equals(Raw(value)[1..^1], read) ? read
        : TryDecode(value, out var id) && id.Length > 0 && Length(id) <= EventLimits.Id ? id : null;

    private void Reject(RejectionReason reason, string pointer, string detail) =>
        Fault ??= new EventFault(reason, pointer, detail);

    // Finds the value of a member that is present and not null. Finds nothing after a fault.
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

    /// <summary>Returns the length of a text in Unicode code points, as in JSON Schema.</summary>
    public static int Length(string text)
    {
        var length = text.Length;
        foreach (var character in text)
            if (char.IsLowSurrogate(character))
                length--;
        return length;
    }

    private static string Pointer(EventMember member) => "/" + EventMembers.Names[(int)member];

    // Names are truncated at the length of an id because longer ones do not help.
    private static string Pointer(string name) =>
        "/" + TextNormalizer.Text(name.Length <= EventLimits.Id ? name : name[..EventLimits.Id])
            .Replace("~", "~0", StringComparison.Ordinal)
            .Replace("/", "~1", StringComparison.Ordinal);

    // The position of a value, including quotes and brackets.
    private readonly record struct Value(JsonTokenType Kind, int Start, int Length);

    [InlineArray(EventMembers.Count)]
    private struct ValueBuffer
    {
        private Value first;
    }
}
