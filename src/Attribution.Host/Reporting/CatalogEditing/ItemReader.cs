using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>
/// Strict reader of catalog items in JSON. Every unknown, missing or mistyped member is reported as a fault with its
/// pointer, all at once. The rules are those of the record itself: the parameters of its constructor.
/// </summary>
internal static partial class ItemReader
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Reads one item of UTF-8 JSON.</summary>
    /// <param name="type">The record to read.</param>
    /// <param name="utf8">One JSON object.</param>
    /// <param name="id">Id of the address, used if the body has none; null if the body must contain it.</param>
    public static (ICatalogItem? Item, IReadOnlyList<CatalogFault> Faults) Read(
        Type type, ReadOnlyMemory<byte> utf8, string? id)
    {
        var (record, faults) = ReadRecord(type, utf8, id);
        return ((ICatalogItem?)record, faults);
    }

    /// <summary>Reads any record of UTF-8 JSON with the same rules.</summary>
    public static (object? Record, IReadOnlyList<CatalogFault> Faults) ReadRecord(
        Type type, ReadOnlyMemory<byte> utf8, string? id = null)
    {
        if (!Utf8.IsValid(utf8.Span)) return (null, [new(Malformed, "", "The body is not UTF-8")]);
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            return ReadRecord(type, document.RootElement, id);
        }
        catch (JsonException exception)
        {
            return (null, [new(
                Malformed, "", $"Invalid JSON (line {exception.LineNumber + 1}): {JsonFault.Describe(exception)}")]);
        }
    }

    /// <summary>Reads one item of a JSON value.</summary>
    public static (ICatalogItem? Item, IReadOnlyList<CatalogFault> Faults) Read(
        Type type, JsonElement element, string? id)
    {
        var (record, faults) = ReadRecord(type, element, id);
        return ((ICatalogItem?)record, faults);
    }

    private static (object? Record, IReadOnlyList<CatalogFault> Faults) ReadRecord(
        Type type, JsonElement element, string? id)
    {
        var faults = new List<CatalogFault>();
        try
        {
            Validate(faults, "", type, element, id);
            if (faults.Count > 0) return (null, faults);
            if (id is not null && !element.TryGetProperty("id", out _)) element = WithId(element, id);
            return (element.Deserialize(ReportJson.Options.GetTypeInfo(type))!, faults);
        }
        catch (InvalidOperationException)
        {
            // Thrown when a text with an unpaired surrogate is read.
            return (null, [new(Malformed, "", @"A text contains an unpaired surrogate (\ud800 to \udfff)")]);
        }
    }

    private static JsonElement WithId(JsonElement element, string id)
    {
        var item = System.Text.Json.Nodes.JsonObject.Create(element)!;
        item["id"] = id;
        return JsonSerializer.SerializeToElement(item);
    }

    private static void Validate(
        List<CatalogFault> faults, string pointer, Type type, JsonElement value, string? id = null)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (GetElementType(type) is { } entry)
        {
            if (!Expect(value.ValueKind == JsonValueKind.Array, "an array")) return;
            var index = 0;
            foreach (var element in value.EnumerateArray())
            {
                if (element.ValueKind == JsonValueKind.Null)
                    faults.Add(new(MemberWrongType, $"{pointer}/{index}", "Must not be null"));
                else Validate(faults, $"{pointer}/{index}", entry, element);
                index++;
            }
        }
        else if (ReportJson.Options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } shape)
        {
            if (Expect(value.ValueKind == JsonValueKind.Object, "an object"))
                ValidateMembers(faults, pointer, shape, value, id);
        }
        else if (type == typeof(string))
            Expect(value.ValueKind == JsonValueKind.String && value.GetString() is not null, "a text");
        else if (type == typeof(bool))
            Expect(value.ValueKind is JsonValueKind.True or JsonValueKind.False, "true or false");
        else if (type == typeof(long))
            Expect(value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _), "a whole number");
        else if (type == typeof(int))
            Expect(value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _), "a whole number");
        else if (type == typeof(decimal))
            Expect(IsDecimal(value), "a decimal number, or a text with one such as \"10.50\"");
        else if (type == typeof(DateOnly))
            Expect(value.ValueKind == JsonValueKind.String
                && Rfc3339.TryParseDay(value.GetString(), out _), "a day, for example 2026-03-01");
        else if (type == typeof(DateTimeOffset))
            Expect(value.ValueKind == JsonValueKind.String && Rfc3339.TryParse(value.GetString(), out _),
                "an RFC 3339 time with an offset, for example 2026-03-01T00:00:00Z");
        else throw new NotSupportedException($"No rule reads {type}");

        bool Expect(bool isValid, string expected)
        {
            if (!isValid) faults.Add(new(MemberWrongType, pointer, $"Must be {expected}"));
            return isValid;
        }
    }

    private static void ValidateMembers(
        List<CatalogFault> faults, string pointer, JsonTypeInfo shape, JsonElement value, string? id)
    {
        foreach (var member in value.EnumerateObject())
        {
            var at = $"{pointer}/{EscapePointer(member.Name)}";
            var property = shape.Properties.FirstOrDefault(known => known.Name == member.Name);
            if (property is null)
                faults.Add(new(MemberUnknown, at,
                    $"Unknown member. Known members: "
                    + $"{string.Join(", ", shape.Properties.Select(known => known.Name))}"));
            else if (member.Value.ValueKind != JsonValueKind.Null)
                Validate(faults, at, property.PropertyType, member.Value);
            else if (!property.AssociatedParameter!.IsNullable)
                faults.Add(new(MemberWrongType, at, property.AssociatedParameter.HasDefaultValue
                    ? "Must not be null. Omit it to use the default" : "Must not be null"));
        }
        foreach (var property in shape.Properties)
        {
            if (property.AssociatedParameter!.HasDefaultValue || value.TryGetProperty(property.Name, out _)) continue;
            if (id is null || property.Name != "id")
                faults.Add(new(MemberMissing, $"{pointer}/{property.Name}", "Required"));
        }
    }

    /// <summary>Returns the type of a list's entries; null if the type is not a list.</summary>
    public static Type? GetElementType(Type type) =>
        type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type) && type.IsGenericType
            ? type.GetGenericArguments()[0] : null;

    private static bool IsDecimal(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetDecimal(out _),
        JsonValueKind.String => DecimalText().IsMatch(value.GetString()!)
            && decimal.TryParse(value.GetString(), NumberStyles.Number, CultureInfo.InvariantCulture, out _),
        _ => false,
    };

    private static string EscapePointer(string name) =>
        (name.Length <= 100 ? name : name[..100]).Replace("~", "~0", StringComparison.Ordinal)
            .Replace("/", "~1", StringComparison.Ordinal);

    [GeneratedRegex(@"\A-?[0-9]{1,28}(?:\.[0-9]{1,28})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DecimalText();
}
