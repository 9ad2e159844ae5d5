using System.Text.Json.Serialization;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Access;
using Attribution.Host.Reporting.CatalogEditing;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Host.Reporting.Api;

/// <summary>
/// Many items at once. Lines are read in order, each checked against the catalog as the lines before it left it. Those that pass are
/// written together, in one transaction and one catalog version; those that do not are answered with their faults and change nothing.
/// An import may be sent again: what is there already, word for word, changes nothing.
/// </summary>
internal static class CatalogImport
{
    /// <summary>Most bytes of an import.</summary>
    public const int MaxImportBytes = 32 * 1024 * 1024;
    private const int MaxLines = 100_000;

    public static string Describe(CatalogKindInfo kind) =>
        "Lines are read in order, each checked against the catalog as the lines before it left it. Valid lines are written together; invalid ones are answered and change nothing. "
        + $"At most {MaxLines} lines and {MaxImportBytes / 1024 / 1024} MiB. CSV: comma, semicolon or tab; an empty cell is an absent member; columns: {string.Join(", ", ItemColumns.ForType(kind.ItemType).Select(DescribeColumn))}."
        + (kind.ItemType == typeof(FxRateItem) ? " The European Central Bank's eurofxref.csv and eurofxref-hist.csv are taken as they come: a result a rate." : "");

    public static async Task<IResult> ImportAsync(CatalogKindInfo kind, string? dryRunText, HttpRequest request, CatalogWriter writer, CancellationToken cancellation)
    {
        if (dryRunText is not (null or "true" or "false")) return ApiProblems.BadParameter("dryRun", "true or false");
        var dryRun = dryRunText == "true";
        var media = RequestBody.MediaType(request);
        if (media is not ("text/csv" or "application/x-ndjson" or "application/ndjson" or "application/jsonl"))
            return ApiProblems.Create(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type", "Send text/csv with a header, or application/x-ndjson");
        var (body, tooLong) = await RequestBody.ReadAsync(request, MaxImportBytes, cancellation);
        if (tooLong is not null) return tooLong;
        var (answer, fault) = await ImportAsync(kind, body, media == "text/csv", dryRun, Caller.FromContext(request.HttpContext), writer, cancellation);
        return fault ?? Results.Json(answer, ReportJson.Options);
    }

    /// <summary>Imports lines. Exactly one of the answers is not null.</summary>
    /// <param name="kind">Of what.</param>
    /// <param name="body">UTF-8.</param>
    /// <param name="isCsv">CSV, else a JSON object a line; null: whatever it looks like.</param>
    /// <param name="dryRun">Checks and writes nothing.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="writer">Writes.</param>
    /// <param name="cancellation">Stops before the write.</param>
    public static async Task<(ImportAnswer? Answer, IResult? Fault)> ImportAsync(
        CatalogKindInfo kind, ReadOnlyMemory<byte> body, bool? isCsv, bool dryRun, Caller caller, CatalogWriter writer, CancellationToken cancellation)
    {
        if (!System.Text.Unicode.Utf8.IsValid(body.Span)) return (null, ApiProblems.BadRequest("The import cannot be read", "The body is not UTF-8; save the file as UTF-8"));
        isCsv ??= !body.Span.TrimStart("\uFEFF \t\r\n"u8).StartsWith("{"u8);
        var lines = new List<ImportLine>();
        var fault = isCsv.Value ? CsvImportReader.Read(kind.ItemType, body, lines, MaxLines) : ReadNdjson(kind.ItemType, body, lines);
        if (fault is not null) return (null, fault);
        if (lines.Count > MaxLines) return (null, ApiProblems.BadRequest("The import is too long", $"At most {MaxLines} lines; send it in parts"));
        return (await writer.EditAsync(caller, edit => ApplyLines(edit, lines, dryRun), cancellation, dryRun), null);
    }

    private static ImportAnswer ApplyLines(CatalogEdit edit, List<ImportLine> lines, bool dryRun)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var results = new List<ImportResult>(lines.Count);
        foreach (var line in lines)
        {
            var faults = line.Faults;
            if (line.Item is { } item)
            {
                faults = seen.TryAdd(item.Id, line.Number)
                    ? edit.Put(item).Faults
                    : [new(IdDuplicate, "/id", $"The id stands on line {seen[item.Id]} already; give each item once")];
            }
            results.Add(new ImportResult(line.Number, line.Item?.Id, faults.Count == 0 ? "accepted" : "rejected", faults.Count == 0 ? null : faults));
        }
        var rejected = results.Count(result => result.Errors is not null);
        return new ImportAnswer(results.Count - rejected, rejected, results) { DryRun = dryRun };
    }

    private static IResult? ReadNdjson(Type type, ReadOnlyMemory<byte> body, List<ImportLine> lines)
    {
        if (body.Span.StartsWith("\uFEFF"u8)) body = body[3..];
        for (var number = 1; body.Length > 0 && lines.Count <= MaxLines; number++)
        {
            var end = body.Span.IndexOf((byte)'\n');
            var line = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            if (line.Span.Trim(" \t\r"u8).IsEmpty) continue;
            var (item, faults) = ItemReader.Read(type, line, id: null);
            lines.Add(new ImportLine(number, item, faults));
        }
        return null;
    }

    private static string DescribeColumn(ItemColumn column) => column.IsList ? $"{column.Name} (a JSON array)" : column.Name;
}

/// <summary>A line as read: the item, or why there is none.</summary>
internal sealed record ImportLine(int Number, ICatalogItem? Item, IReadOnlyList<CatalogFault> Faults);

/// <summary>What became of an import.</summary>
/// <param name="Accepted">Lines whose items stand in the catalog now.</param>
/// <param name="Rejected">Lines that changed nothing.</param>
/// <param name="Results">One a line, in order.</param>
internal sealed record ImportAnswer(int Accepted, int Rejected, IReadOnlyList<ImportResult> Results)
{
    /// <summary>Nothing was written: <c>accepted</c> says what would be.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DryRun { get; init; }
}

/// <summary>What became of a line.</summary>
/// <param name="Line">The line's number in the file, from 1; a CSV header is line 1.</param>
/// <param name="Id">The item's id, where one could be read.</param>
/// <param name="Status"><c>accepted</c> or <c>rejected</c>.</param>
/// <param name="Errors">Why it was rejected; absent when it was not.</param>
internal sealed record ImportResult(
    int Line, string? Id, string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<CatalogFault>? Errors);
