using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Attribution.Host.Reporting.Export;

/// <summary>
/// Writer of records as a table, with one column per JSON member. Members of nested records are flattened: <c>cost.fee</c>
/// becomes <c>costFee</c>; members of <c>row</c> and <c>engagement</c> keep their own names. A list becomes one cell
/// with semicolons. Null and absent members are empty.
/// </summary>
internal static class CsvTable
{
    private static readonly string[] UnprefixedMembers = ["row", "engagement"];

    /// <summary>Writes a file with one row per record.</summary>
    /// <param name="response">The response.</param>
    /// <param name="fileName">The name of the file, without its extension.</param>
    /// <param name="records">The records.</param>
    /// <param name="cancellation">Cancels the writing.</param>
    public static Task WriteAsync<T>(
        HttpResponse response, string fileName, IEnumerable<T> records, CancellationToken cancellation) =>
        TableWriter.WriteAsync(
            response, fileName, FindColumns(typeof(T), [], "").ToList(),
            records.Select(record => JsonSerializer.SerializeToNode(record, ReportJson.Options)), cancellation);

    private static IEnumerable<TableColumn<JsonNode?>> FindColumns(Type type, string[] path, string prefix)
    {
        foreach (var member in ReportJson.Options.GetTypeInfo(type).Properties.Where(member => member.Get is not null))
        {
            var name = prefix.Length == 0 ? member.Name
                : prefix + char.ToUpperInvariant(member.Name[0]) + member.Name[1..];
            string[] memberPath = [.. path, member.Name];
            if (ReportJson.Options.GetTypeInfo(member.PropertyType).Kind == JsonTypeInfoKind.Object)
                foreach (var inner in FindColumns(
                    member.PropertyType, memberPath, UnprefixedMembers.Contains(member.Name) ? "" : name))
                    yield return inner;
            else
            {
                var shape = Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType;
                yield return new(name, json => Read(memberPath.Aggregate(json, (node, part) => node?[part]), shape))
                {
                    HasDays = shape == typeof(DateOnly),
                };
            }
        }
    }

    private static object? Read(JsonNode? value, Type shape)
    {
        if (value is null) return null;
        var text = value is JsonArray list ? string.Join("; ", list.Select(entry => entry?.ToString())) : value.ToString();
        return shape == typeof(DateOnly) ? DateOnly.ParseExact(text, "O", CultureInfo.InvariantCulture)
            : TableCell.IsNumber(shape) && decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number
            : value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? value.GetValue<bool>()
            : text;
    }
}
