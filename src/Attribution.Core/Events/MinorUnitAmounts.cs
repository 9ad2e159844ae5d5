using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>
/// Conversion of events whose amounts are whole minor units of their currency: 7840 is 78.40 EUR, 7840 JPY and
/// 7.840 KWD. All other members stay as they are, and so does input that is not an event: the reader reports its faults.
/// </summary>
public static class MinorUnitAmounts
{
    private const NumberStyles AmountStyles =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly string[] Members = ["gross", "discount", "tax", "shipping", "amount", "lines"];
    private static readonly string[] LineMembers = ["goods", "discount", "amount"];

    /// <summary>Converts the amounts of an event to major units.</summary>
    /// <param name="utf8Object">The event as sent.</param>
    /// <param name="converted">The event with amounts in major units; a copy of the event as sent after a fault.</param>
    /// <returns>The fault of an amount that is no whole number of minor units; null without one.</returns>
    public static EventFault? TryToMajor(ReadOnlySpan<byte> utf8Object, out byte[] converted)
    {
        converted = utf8Object.ToArray();
        try
        {
            if (FindCurrency(utf8Object) is not { } currency) return null;
            var output = new ArrayBufferWriter<byte>(utf8Object.Length + 64);
            if (WriteConverted(utf8Object, currency, output) is { } fault) return fault;
            converted = output.WrittenSpan.ToArray();
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // Not JSON, or text that is not valid: the reader reports it.
        }
    }

    private static Currency? FindCurrency(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isCurrency = reader.ValueTextEquals("currency");
            reader.Read();
            if (isCurrency)
                return reader.TokenType == JsonTokenType.String && Currency.TryParse(reader.GetString()!, out var currency) ? currency : null;
            reader.Skip();
        }

        return null;
    }

    private static EventFault? WriteConverted(ReadOnlySpan<byte> json, Currency currency, ArrayBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var copied = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = FindMember(ref reader);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (member == "lines")
            {
                reader.Skip();
                var end = (int)reader.BytesConsumed;
                if (ConvertLines(json[start..end], currency) is not { } lines) continue;
                output.Write(json[copied..start]);
                output.Write(lines);
                copied = end;
                continue;
            }

            if (member is null || reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
            {
                reader.Skip();
                continue;
            }

            var text = Encoding.UTF8.GetString(reader.ValueSpan);
            if (!decimal.TryParse(text, AmountStyles, CultureInfo.InvariantCulture, out var minor)) continue;
            if (!IsWhole(text, minor))
                return new(
                    RejectionReason.MoneyPrecision, "/" + member,
                    $"{member} must be a whole number of minor units, since its sender is marked with amounts 'minor': "
                    + $"send {currency.Format(12_345)} {currency} as 12345.");
            if (Math.Abs(minor) > Currency.MaxMinor) continue;
            output.Write(json[copied..start]);
            output.Write(Encoding.UTF8.GetBytes($"\"{currency.Format((long)minor)}\""));
            copied = (int)reader.BytesConsumed;
        }

        output.Write(json[copied..]);
        return null;
    }

    /// <summary>
    /// Converts the amounts of lines. One that is no whole number becomes a text that states it, because lines do not reject
    /// an event: the reader leaves them out.
    /// </summary>
    /// <returns>Null if the lines are unreadable, which the reader reports.</returns>
    private static byte[]? ConvertLines(ReadOnlySpan<byte> json, Currency currency)
    {
        try
        {
            var lines = JsonNode.Parse(json, documentOptions: new() { AllowDuplicateProperties = false }) as JsonArray;
            foreach (var line in (lines ?? []).OfType<JsonObject>())
            foreach (var member in LineMembers)
                if (line[member] is JsonValue value && value.ToString() is var text
                    && decimal.TryParse(text, AmountStyles, CultureInfo.InvariantCulture, out var minor))
                    line[member] = !IsWhole(text, minor) ? $"{text} is not a whole number of minor units"
                        : Math.Abs(minor) > Currency.MaxMinor ? text
                        : currency.Format((long)minor);
            return lines is null ? null : JsonSerializer.SerializeToUtf8Bytes(lines);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsWhole(string text, decimal minor) =>
        minor == decimal.Truncate(minor) && text.AsSpan().TrimStart('-').ContainsOnlyDigits();

    private static string? FindMember(ref Utf8JsonReader reader)
    {
        foreach (var member in Members)
            if (reader.ValueTextEquals(member)) return member;
        return null;
    }

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) =>
        !text.IsEmpty && text.IndexOfAnyExceptInRange('0', '9') < 0;
}
