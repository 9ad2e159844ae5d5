using System.Globalization;
using System.Text.Json.Nodes;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Reporting.CatalogEditing;
using Microsoft.Extensions.Primitives;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>
/// Conversion between a catalog record and the fields of a form. A posted form becomes the JSON body that the API
/// accepts, so that the API's reader validates it. A field has the name of an import column (<c>commission.kind</c>);
/// a field of a list entry also has the entry's number (<c>handles.0.platform</c>).
/// </summary>
internal static class ItemForm
{
    private const int SpareRows = 2;

    /// <summary>Returns the fields of a record, filled with an item's values and its validation errors.</summary>
    public static IEnumerable<ItemField> GetFields(Type record, JsonObject item, IReadOnlyList<CatalogFault> faults) =>
        ItemColumns.ForType(record).SelectMany(column => CreateFields(record, column, item)).Select(field => field with
        {
            Words = FieldLabels.GetLabel(field.Member, record == typeof(FxRateItem)),
            Faults = [.. faults.Where(fault => AppliesTo(fault, field)).Select(fault => fault.Detail)],
        });

    /// <summary>Returns the validation errors that no field shows.</summary>
    public static IEnumerable<string> GetUnplacedFaults(
        Type record, JsonObject item, IReadOnlyList<CatalogFault> faults)
    {
        var placed = GetFields(record, item, faults)
            .SelectMany(field => field.Faults)
            .ToHashSet(StringComparer.Ordinal);
        return faults.Select(fault => fault.Detail).Where(detail => !placed.Contains(detail));
    }

    /// <summary>Reads an item from a posted form. Members of empty fields are absent.</summary>
    public static JsonObject Read(Type record, IFormCollection form)
    {
        var item = new JsonObject();
        foreach (var column in ItemColumns.ForType(record))
        {
            if (!column.IsList) SetValue(item, column, GetText(form, column.Name));
            else if (FindEntryType(column) is { } entryType) SetRows(item, column, entryType, form);
            else if (GetLines(form, column.Name) is { Length: > 0 } lines)
                item[column.Name] = new JsonArray([.. lines.Select(line => JsonValue.Create(line))]);
        }

        return item;
    }

    private static bool AppliesTo(CatalogFault fault, ItemField field) =>
        fault.Pointer == field.Pointer
        || (field.HoldsList && fault.Pointer.StartsWith(field.Pointer + "/", StringComparison.Ordinal));

    private static IEnumerable<ItemField> CreateFields(Type record, ItemColumn column, JsonObject item)
    {
        if (!column.IsList) return [CreateField(record, column, column.Name, column.GetCell(item))];
        var entries = item[column.Name] as JsonArray;
        if (FindEntryType(column) is not { } entryType)
        {
            var lines = string.Join('\n', entries?.Select(entry => entry!.ToString()) ?? []);
            return [new(column.Name, ItemFieldKind.Lines, lines) { HoldsList = true }];
        }

        return Enumerable.Range(0, (entries?.Count ?? 0) + SpareRows).SelectMany(index =>
            CreateEntryFields(column, entryType, index, entries?.ElementAtOrDefault(index) as JsonObject));
    }

    private static IEnumerable<ItemField> CreateEntryFields(
        ItemColumn list, Type entryType, int index, JsonObject? entry)
    {
        foreach (var column in ItemColumns.ForType(entryType).Where(column => !column.IsList))
        {
            var value = entry is null ? "" : column.GetCell(entry);
            yield return CreateField(entryType, column, $"{list.Name}.{index}.{column.Name}", value) with
            {
                EntryLabel = FieldLabels.GetEntryLabel(list.Name, index + 1),
                IsRequired = false,
            };
        }
    }

    private static ItemField CreateField(Type record, ItemColumn column, string name, string value) =>
        new(name, GetKind(column), value)
        {
            Choices = CatalogRules.AllowedValues(record, column.Name),
            IsRequired = !column.Name.Contains('.', StringComparison.Ordinal) && HasNoDefault(record, column.Name),
        };

    private static bool HasNoDefault(Type record, string member) =>
        ReportJson.Options.GetTypeInfo(record).Properties.First(property => property.Name == member)
            .AssociatedParameter is { HasDefaultValue: false };

    private static ItemFieldKind GetKind(ItemColumn column)
    {
        if (column.Type == typeof(bool)) return ItemFieldKind.Boolean;
        if (column.Type == typeof(DateOnly)) return ItemFieldKind.Day;
        if (column.Type == typeof(DateTimeOffset)) return ItemFieldKind.Instant;
        if (column.Name.EndsWith("campaignId", StringComparison.Ordinal)) return ItemFieldKind.Campaign;
        return column.Name switch
        {
            "creatorId" => ItemFieldKind.Creator,
            "brandId" => ItemFieldKind.Brand,
            _ => ItemFieldKind.Text,
        };
    }

    private static void SetRows(JsonObject item, ItemColumn column, Type entryType, IFormCollection form)
    {
        var rows = new JsonArray();
        for (var index = 0; HasRow(index); index++)
        {
            var row = new JsonObject();
            foreach (var inner in ItemColumns.ForType(entryType))
                SetValue(row, inner, GetText(form, $"{column.Name}.{index}.{inner.Name}"));
            if (row.Count > 0) rows.Add(row);
        }

        if (rows.Count > 0) item[column.Name] = rows;

        bool HasRow(int index) =>
            form.Keys.Any(key => key.StartsWith($"{column.Name}.{index}.", StringComparison.Ordinal));
    }

    /// <summary>
    /// Sets a member from the text of a field; an empty text sets nothing. A text that is not a number remains a text
    /// in a numeric member, and the API's reader reports the expected type.
    /// </summary>
    private static void SetValue(JsonObject item, ItemColumn column, string text)
    {
        if (text.Length == 0) return;
        if (column.SetCell(item, text) is not null || column.Type != typeof(long) && column.Type != typeof(int)) return;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            item[column.Name] = number;
    }

    private static string GetText(IFormCollection form, string name) =>
        form.TryGetValue(name, out StringValues values) ? values.ToString().Trim() : "";

    private static string[] GetLines(IFormCollection form, string name) =>
        GetText(form, name).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static Type? FindEntryType(ItemColumn column) =>
        ItemReader.GetElementType(column.Type) is { } type && type != typeof(string) ? type : null;
}
