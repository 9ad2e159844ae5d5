using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>A column of an import: a member of the item or of a nested object.</summary>
/// <param name="Name">Path of the member: <c>slug</c>, <c>utm.source</c>, <c>commission.kind</c>.</param>
/// <param name="Type">Type of the value.</param>
/// <param name="IsList">
/// True if the cell contains a JSON array (<c>handles</c>, <c>customerKeys</c>, <c>goals</c>, <c>tiers</c>).
/// </param>
internal sealed record ItemColumn(string Name, Type Type, bool IsList)
{
    /// <summary>Sets the member of an item from a non-empty cell.</summary>
    /// <returns>Null if the cell is valid; otherwise the expected format.</returns>
    public string? SetCell(JsonObject item, string cell)
    {
        JsonNode? value;
        if (IsList)
        {
            try
            {
                value = JsonNode.Parse(
                    cell, documentOptions: new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
            }
            catch (JsonException)
            {
                return "Must be a JSON array, for example [\"cus_1\",\"cus_2\"]";
            }
        }
        else if (Type == typeof(bool))
        {
            if (!bool.TryParse(cell, out var truth)) return "Must be true or false";
            value = truth;
        }
        else if (Type == typeof(int))
        {
            if (!int.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out var number)) return "Must be a whole number";
            value = number;
        }
        else value = cell;

        var dot = Name.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) item[Name] = value;
        else
        {
            if (item[Name[..dot]] is not JsonObject inner) item[Name[..dot]] = inner = [];
            inner[Name[(dot + 1)..]] = value;
        }
        return null;
    }

    /// <summary>
    /// Returns the cell that <see cref="SetCell"/> reads back; empty if the member is absent or null.
    /// </summary>
    public string GetCell(JsonObject item)
    {
        JsonNode? value = item;
        foreach (var part in Name.Split('.')) value = value?[part];
        return value switch
        {
            null => "",
            JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>(),
            _ => value.ToJsonString(ReportJson.Options),
        };
    }
}

/// <summary>The columns of catalog items.</summary>
internal static class ItemColumns
{
    /// <summary>Returns all columns of a record, in the order of its members.</summary>
    public static IReadOnlyList<ItemColumn> ForType(Type type) => [.. FindColumns("", type)];

    private static IEnumerable<ItemColumn> FindColumns(string prefix, Type type)
    {
        foreach (var property in ReportJson.Options.GetTypeInfo(type).Properties)
        {
            var memberType = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (ItemReader.GetElementType(memberType) is not null)
                yield return new(prefix + property.Name, memberType, IsList: true);
            else if (ReportJson.Options.GetTypeInfo(memberType).Kind == JsonTypeInfoKind.Object)
                foreach (var inner in FindColumns($"{prefix}{property.Name}.", memberType)) yield return inner;
            else yield return new(prefix + property.Name, memberType, IsList: false);
        }
    }
}
