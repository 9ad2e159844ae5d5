using System.Globalization;
using System.Text;
using System.Text.Json;
using Attribution.Contracts;

namespace Attribution.Core.Events;

/// <content>The lines of orders and refunds. Unreadable lines are left out, and no fault of the event.</content>
internal ref partial struct EventJson
{
    /// <inheritdoc/>
    public readonly IReadOnlyList<EventFault> LeftOut => leftOut ?? (IReadOnlyList<EventFault>)[];

    /// <inheritdoc/>
    public void LeaveOut(EventFault fault) => (leftOut ??= []).Add(fault);

    /// <inheritdoc/>
    public IReadOnlyList<SentLine>? ReadLines(EventMember member)
    {
        if (!TryGetValue(member, out var value)) return null;
        var pointer = Pointer(member);
        try
        {
            using var document = JsonDocument.Parse(Raw(value).ToArray(), new() { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Array)
                throw new UnreadableLineException(RejectionReason.MemberWrongType, pointer, "is not a list of lines.");
            if (document.RootElement.GetArrayLength() > EventLimits.Lines)
                throw new UnreadableLineException(RejectionReason.TooLong, pointer, $"has more than {EventLimits.Lines} lines.");
            var lines = new List<SentLine>();
            foreach (var line in document.RootElement.EnumerateArray()) lines.Add(ReadLine(line, $"{pointer}/{lines.Count}"));
            return lines;
        }
        catch (UnreadableLineException unreadable)
        {
            LeaveOut(unreadable.Fault);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // A duplicate member, or half of a surrogate pair.
            LeaveOut(new(RejectionReason.Malformed, pointer, "has a line with a member twice, or with an incomplete character."));
        }

        return null;
    }

    private SentLine ReadLine(JsonElement line, string pointer)
    {
        if (line.ValueKind != JsonValueKind.Object)
            throw new UnreadableLineException(RejectionReason.MemberWrongType, pointer, "is not an object.");
        var read = default(SentLine);
        foreach (var member in line.EnumerateObject())
        {
            var at = $"{pointer}/{member.Name}";
            switch (member.Name)
            {
                case "id":
                    read = read with { Id = TextOf(member.Value, at) };
                    break;
                case "product":
                    read = read with { Product = TextOf(member.Value, at) };
                    break;
                case "category":
                    read = read with { Category = TextOf(member.Value, at) };
                    break;
                case "quantity":
                    read = read with { Quantity = NumberOf(member.Value, at) };
                    break;
                case "goods" or "amount":
                    read = read with { Amount = NumberOf(member.Value, at) };
                    break;
                case "discount":
                    read = read with { Discount = NumberOf(member.Value, at) };
                    break;
                default:
                    if (LeftOut.Count == 0) LeaveOut(new(RejectionReason.MemberUnknown, pointer + Pointer(member.Name), "is not a member of a line."));
                    break;
            }
        }

        return read;
    }

    private static string? TextOf(JsonElement value, string pointer) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => throw new UnreadableLineException(RejectionReason.MemberWrongType, pointer, "is not a string."),
    };

    private static decimal? NumberOf(JsonElement value, string pointer)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        var text = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString()!,
            _ => "",
        };
        var isPlain = value.ValueKind == JsonValueKind.Number || (text.Length > 0 && IsPlainDecimal(Encoding.UTF8.GetBytes(text)));
        return isPlain && decimal.TryParse(text, DecimalStyles, CultureInfo.InvariantCulture, out var number) ? number
            : throw new UnreadableLineException(RejectionReason.MemberWrongType, pointer, "is not a decimal number.");
    }

    private sealed class UnreadableLineException(RejectionReason reason, string pointer, string detail) : Exception(detail)
    {
        public EventFault Fault { get; } = new(reason, pointer, detail);
    }
}
