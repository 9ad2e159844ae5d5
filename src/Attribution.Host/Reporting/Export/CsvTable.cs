using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Attribution.Host.Reporting.Export;

/// <summary>
/// Records of an answer as CSV: the columns are the members of their JSON. A member of an inner record stands under both names (<c>cost.fee</c> is
/// <c>costFee</c>), those of <c>row</c> and <c>engagement</c> under their own; of a list all stands in one cell, with semicolons. What is null or absent is empty.
/// </summary>
internal static class CsvTable
{
    private static readonly string[] UnprefixedMembers = ["row", "engagement"];

    /// <summary>Writes a file with a row a record.</summary>
    public static async Task<IResult> WriteAsync<T>(HttpResponse response, string fileName, IEnumerable<T> records, CancellationToken cancellation)
    {
        var columns = FindColumns(typeof(T), [], "").ToList();
        await using var text = CsvFormat.OpenWriter(response, fileName);
        await text.WriteLineAsync(string.Join(',', columns.Select(column => column.Name)).AsMemory(), cancellation);
        foreach (var record in records)
        {
            var json = JsonSerializer.SerializeToNode(record, ReportJson.Options);
            await text.WriteLineAsync(string.Join(',', columns.Select(column => FormatCell(column.Path.Aggregate(json, (node, name) => node?[name])))).AsMemory(), cancellation);
        }
        await text.FlushAsync(cancellation);
        return Results.Empty;
    }

    private static IEnumerable<(string Name, string[] Path)> FindColumns(Type type, string[] path, string prefix)
    {
        foreach (var member in ReportJson.Options.GetTypeInfo(type).Properties.Where(member => member.Get is not null))
        {
            var name = prefix.Length == 0 ? member.Name : prefix + char.ToUpperInvariant(member.Name[0]) + member.Name[1..];
            string[] here = [.. path, member.Name];
            if (ReportJson.Options.GetTypeInfo(member.PropertyType).Kind == JsonTypeInfoKind.Object)
                foreach (var inner in FindColumns(member.PropertyType, here, UnprefixedMembers.Contains(member.Name) ? "" : name))
                    yield return inner;
            else
                yield return (name, here);
        }
    }

    /// <summary>A number is no formula, though it begins with a minus.</summary>
    private static string FormatCell(JsonNode? value)
    {
        var text = value is JsonArray list ? string.Join("; ", list.Select(each => each?.ToString())) : value?.ToString() ?? "";
        return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _) ? text : CsvFormat.EscapeCell(text);
    }
}
