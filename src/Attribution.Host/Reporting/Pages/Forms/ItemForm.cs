using System.Globalization;
using System.Text.Json.Nodes;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Reporting.CatalogEditing;
using Microsoft.Extensions.Primitives;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>
/// A record as fields of a form, and the JSON that a form says: the very body that the API takes, so that it is read and judged there. A field is named
/// as an import's column (<c>commission.kind</c>); one of a list's entries by its number too (<c>handles.0.platform</c>).
/// </summary>
internal static class ItemForm
{
    private const int SpareRows = 2;

    /// <summary>The fields of a record, filled with an item.</summary>
    public static IEnumerable<ItemField> GetFields(Type record, JsonObject item, IReadOnlyList<CatalogFault> faults) =>
        ItemColumns.ForType(record).SelectMany(column => CreateFields(record, column, item)).Select(field => field with
        {
            Words = FieldLabels.GetLabel(field.Member, record == typeof(FxRateItem)),
            Faults = [.. faults.Where(fault => fault.Pointer == field.Pointer || (field.HoldsList && fault.Pointer.StartsWith(field.Pointer + "/", StringComparison.Ordinal))).Select(fault => fault.Detail)],
        });

    /// <summary>Faults that no field shows.</summary>
    public static IEnumerable<string> GetUnplacedFaults(Type record, JsonObject item, IReadOnlyList<CatalogFault> faults)
    {
        var shown = GetFields(record, item, faults).SelectMany(field => field.Faults).ToHashSet(StringComparer.Ordinal);
        return faults.Select(fault => fault.Detail).Where(detail => !shown.Contains(detail));
    }

    /// <summary>The item that a form says. What is empty is absent.</summary>
    public static JsonObject Read(Type record, IFormCollection form)
    {
        var item = new JsonObject();
        foreach (var column in ItemColumns.ForType(record))
        {
            if (!column.IsList) SetValue(item, column, GetText(form, column.Name));
            else if (FindEntryType(column) is { } entry) SetRows(item, column, entry, form);
            else if (GetLines(form, column.Name) is { Length: > 0 } lines) item[column.Name] = new JsonArray([.. lines.Select(line => JsonValue.Create(line))]);
        }

        return item;
    }

    private static IEnumerable<ItemField> CreateFields(Type record, ItemColumn column, JsonObject item)
    {
        if (!column.IsList) return [CreateField(record, column, column.Name, column.GetCell(item))];
        var held = item[column.Name] as JsonArray;
        if (FindEntryType(column) is not { } entry)
            return [new(column.Name, ItemFieldKind.Lines, string.Join('\n', held?.Select(each => each!.ToString()) ?? [])) { HoldsList = true }];
        return Enumerable.Range(0, (held?.Count ?? 0) + SpareRows).SelectMany(number =>
            ItemColumns.ForType(entry).Where(inner => !inner.IsList).Select(inner => CreateField(
                entry, inner, $"{column.Name}.{number}.{inner.Name}", held?.Count > number && held[number] is JsonObject each ? inner.GetCell(each) : "") with { EntryLabel = FieldLabels.GetEntryLabel(column.Name, number + 1), IsRequired = false }));
    }

    private static ItemField CreateField(Type record, ItemColumn column, string name, string value) => new(
        name,
        column.Type == typeof(bool) ? ItemFieldKind.Boolean : column.Type == typeof(DateOnly) ? ItemFieldKind.Day : column.Type == typeof(DateTimeOffset) ? ItemFieldKind.Instant
            : column.Name.EndsWith("campaignId", StringComparison.Ordinal) ? ItemFieldKind.Campaign : column.Name == "creatorId" ? ItemFieldKind.Creator : column.Name == "brandId" ? ItemFieldKind.Brand : ItemFieldKind.Text,
        value)
    {
        Choices = CatalogRules.AllowedValues(record, column.Name),
        IsRequired = !column.Name.Contains('.', StringComparison.Ordinal)
            && ReportJson.Options.GetTypeInfo(record).Properties.First(property => property.Name == column.Name).AssociatedParameter is { HasDefaultValue: false },
    };

    private static void SetRows(JsonObject item, ItemColumn column, Type entry, IFormCollection form)
    {
        var rows = new JsonArray();
        for (var number = 0; form.Keys.Any(key => key.StartsWith($"{column.Name}.{number}.", StringComparison.Ordinal)); number++)
        {
            var row = new JsonObject();
            foreach (var inner in ItemColumns.ForType(entry)) SetValue(row, inner, GetText(form, $"{column.Name}.{number}.{inner.Name}"));
            if (row.Count > 0) rows.Add(row);
        }

        if (rows.Count > 0) item[column.Name] = rows;
    }

    /// <summary>Numbers are written as numbers where JSON wants them so; what is none stays a text, and the reader says what it should be.</summary>
    private static void SetValue(JsonObject item, ItemColumn column, string text)
    {
        if (text.Length == 0) return;
        if (column.SetCell(item, text) is not null || column.Type != typeof(long) && column.Type != typeof(int)) return;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) item[column.Name] = number;
    }

    private static string GetText(IFormCollection form, string name) => form.TryGetValue(name, out StringValues values) ? values.ToString().Trim() : "";

    private static string[] GetLines(IFormCollection form, string name) => GetText(form, name).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static Type? FindEntryType(ItemColumn column) => ItemReader.GetElementType(column.Type) is { } type && type != typeof(string) ? type : null;
}

/// <summary>A field of a form.</summary>
/// <param name="Name">As it is sent.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="Value">What it holds.</param>
internal sealed record ItemField(string Name, ItemFieldKind Kind, string Value)
{
    /// <summary>The words it may hold; null: any text.</summary>
    public IReadOnlyCollection<string>? Choices { get; init; }

    /// <summary>What it is called by people, and what to write into it.</summary>
    public (string Label, string Help) Words { get; init; }

    /// <summary>The member's name in the API: its column in an import, or a member of an entry of one.</summary>
    public string Member => string.Join('.', Name.Split('.').Where(part => !char.IsAsciiDigit(part[0])));

    /// <summary>Whether it must hold something.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The entry of a list that it is of; null: none.</summary>
    public string? EntryLabel { get; init; }

    /// <summary>Whether it holds a whole list.</summary>
    public bool HoldsList { get; init; }

    /// <summary>What is wrong with it.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>As faults point to it.</summary>
    public string Pointer => "/" + Name.Replace('.', '/');
}

/// <summary>What a field takes.</summary>
internal enum ItemFieldKind
{
    Text,
    Lines,
    Boolean,
    Day,
    Instant,
    Campaign,
    Creator,
    Brand,
}
