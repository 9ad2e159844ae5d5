using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Attribution.Host.Reporting.Export;

/// <summary>
/// Writer of records as CSV, with one column per JSON member. Members of nested records are flattened: <c>cost.fee</c>
/// becomes <c>costFee</c>; members of <c>row</c> and <c>engagement</c> keep their own names. A list becomes one cell
/// with semicolons. Null and absent members are empty.
/// </summary>
internal static class CsvTable
{
    private static readonly string[] UnprefixedMembers = ["row", "engagement"];

    /// <summary>Writes a file with one row per record.</summary>
    public static async Task WriteAsync<T>(
        HttpResponse response, string fileName, IEnumerable<T> records, CancellationToken cancellation)
    {
        var columns = FindColumns(typeof(T), [], "").ToList();
        await using var text = CsvFormat.OpenWriter(response, fileName);
        await text.WriteLineAsync(string.Join(',', columns.Select(column => column.Name)).AsMemory(), cancellation);
        foreach (var record in records)
        {
            var json = JsonSerializer.SerializeToNode(record, ReportJson.Options);
            var cells = columns.Select(column => FormatCell(column.Path.Aggregate(json, (node, name) => node?[name])));
            await text.WriteLineAsync(string.Join(',', cells).AsMemory(), cancellation);
        }
        await text.FlushAsync(cancellation);
    }

    private static IEnumerable<(string Name, string[] Path)> FindColumns(Type type, string[] path, string prefix)
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
                yield return (name, memberPath);
        }
    }

    /// <summary>
    /// Formats a value as a cell. A number is not treated as a formula, even if it begins with a minus sign.
    /// </summary>
    private static string FormatCell(JsonNode? value)
    {
        var text = value is JsonArray list ? string.Join("; ", list.Select(entry => entry?.ToString()))
            : value?.ToString() ?? "";
        return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out _) ? text : CsvFormat.EscapeCell(text);
    }
}
