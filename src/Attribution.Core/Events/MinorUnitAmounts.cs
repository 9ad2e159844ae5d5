using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
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

    private static readonly string[] Members = ["gross", "discount", "tax", "shipping", "amount"];

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
            if (member is null || reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
            {
                reader.Skip();
                continue;
            }

            var text = Encoding.UTF8.GetString(reader.ValueSpan);
            if (!decimal.TryParse(text, AmountStyles, CultureInfo.InvariantCulture, out var minor)) continue;
            if (minor != decimal.Truncate(minor) || !text.AsSpan().TrimStart('-').ContainsOnlyDigits())
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

    private static string? FindMember(ref Utf8JsonReader reader)
    {
        foreach (var member in Members)
            if (reader.ValueTextEquals(member)) return member;
        return null;
    }

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) =>
        !text.IsEmpty && text.IndexOfAnyExceptInRange('0', '9') < 0;
}
