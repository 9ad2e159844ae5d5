using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>A column of an import: a member of the item, or of an object inside it.</summary>
/// <param name="Name">Flat: <c>slug</c>, <c>utm.source</c>, <c>commission.kind</c>.</param>
/// <param name="Type">What the cell holds.</param>
/// <param name="IsList">Whether the cell holds a JSON array (<c>handles</c>, <c>customerKeys</c>, <c>goals</c>, <c>tiers</c>).</param>
internal sealed record ItemColumn(string Name, Type Type, bool IsList)
{
    /// <summary>Puts a cell that is not empty into the item. Null when it can be read; else what it should be.</summary>
    public string? SetCell(JsonObject item, string cell)
    {
        JsonNode? value;
        if (IsList)
        {
            try
            {
                value = JsonNode.Parse(cell, documentOptions: new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
            }
            catch (JsonException)
            {
                return "Must be a JSON array, e.g. [\"cus_1\",\"cus_2\"]";
            }
        }
        else if (Type == typeof(bool))
        {
            if (!bool.TryParse(cell, out var truth)) return "Must be true or false";
            value = truth;
        }
        else if (Type == typeof(int))
        {
            if (!int.TryParse(cell, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number)) return "Must be a whole number";
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

    /// <summary>The cell that <see cref="SetCell"/> reads back; empty for an absent member and for null.</summary>
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

/// <summary>The columns of a kind.</summary>
internal static class ItemColumns
{
    /// <summary>All columns of a record, in its own order.</summary>
    public static IReadOnlyList<ItemColumn> ForType(Type type) => [.. FindColumns("", type)];

    private static IEnumerable<ItemColumn> FindColumns(string prefix, Type type)
    {
        foreach (var property in ReportJson.Options.GetTypeInfo(type).Properties)
        {
            var held = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (ItemReader.GetElementType(held) is not null) yield return new(prefix + property.Name, held, IsList: true);
            else if (ReportJson.Options.GetTypeInfo(held).Kind == JsonTypeInfoKind.Object)
                foreach (var inner in FindColumns($"{prefix}{property.Name}.", held)) yield return inner;
            else yield return new(prefix + property.Name, held, IsList: false);
        }
    }
}
