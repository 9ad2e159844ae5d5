using System.IO.Compression;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using System.Xml;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Queries;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>
/// The import of many items. Lines are read in order, and each is validated against the catalog with the previous lines
/// applied. Valid lines are written together, in one transaction and one catalog version; invalid lines are returned
/// with their faults and change nothing. An import can be repeated: unchanged items are not written.
/// </summary>
internal static class CatalogImporter
{
    /// <summary>Maximum number of bytes of an import.</summary>
    public const int MaxImportBytes = 32 * 1024 * 1024;

    /// <summary>Maximum number of lines of an import.</summary>
    public const int MaxLines = 100_000;

    /// <summary>Imports lines.</summary>
    /// <param name="kind">Kind of the items.</param>
    /// <param name="body">The lines in UTF-8.</param>
    /// <param name="isCsv">True for CSV, false for one JSON object per line; null to detect the format.</param>
    /// <param name="dryRun">True to validate without writing.</param>
    /// <param name="caller">The caller.</param>
    /// <param name="writer">Writer of the catalog.</param>
    /// <param name="cancellation">Cancels the import before the write.</param>
    public static async Task<QueryResult<ImportAnswer>> ImportAsync(
        CatalogKindInfo kind, ReadOnlyMemory<byte> body, bool? isCsv, bool dryRun, Caller caller, CatalogWriter writer,
        CancellationToken cancellation)
    {
        if (kind.ItemType == typeof(FxRateItem) && body.Span.StartsWith("PK\u0003\u0004"u8))
        {
            if (ReadZip(body) is not { } unzipped)
                return QueryProblem.BadRequest(
                    "The import cannot be read", "The ZIP archive must contain one file of at most 32 MiB");
            (body, isCsv) = (unzipped, null);
        }

        if (!Utf8.IsValid(body.Span))
            return QueryProblem.BadRequest(
                "The import cannot be read", "The body is not UTF-8. Save the file as UTF-8");
        var start = body.Span.TrimStart("\uFEFF \t\r\n"u8);
        isCsv ??= !start.StartsWith("{"u8);
        var lines = new List<ImportLine>();
        var since = writer.FindFirstRateDay();
        var bank = new EcbRateReader(since, lines);
        if (kind.ItemType == typeof(FxRateItem) && start.StartsWith("<"u8))
        {
            try
            {
                bank.ReadXml(body, MaxLines);
            }
            catch (XmlException e)
            {
                return QueryProblem.BadRequest("The import cannot be read", $"The body is not XML: {e.Message}");
            }
        }
        else if (!isCsv.Value) ReadNdjson(kind.ItemType, body, lines);
        else if (CsvImportReader.Read(kind.ItemType, body, lines, MaxLines, bank) is { } problem) return problem;
        if (lines.Count > MaxLines)
            return QueryProblem.BadRequest(
                "The import is too long", $"The maximum is {MaxLines} lines. Split the import");
        var answer = await writer.EditAsync(caller, edit => ApplyLines(edit, lines, dryRun), cancellation, dryRun);
        return bank.LeftOutDays == 0 ? answer : answer with { LeftOutDays = bank.LeftOutDays, LeftOutBefore = since };
    }

    /// <summary>Returns the only file of a ZIP archive; null if it cannot be read.</summary>
    private static ReadOnlyMemory<byte>? ReadZip(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(body.ToArray()));
            if (archive.Entries is not [{ Length: <= MaxImportBytes } entry]) return null;
            using var file = entry.Open();
            var bytes = new byte[entry.Length];
            file.ReadExactly(bytes);
            if (file.ReadByte() >= 0) return null;
            return bytes;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            return null;
        }
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
                    : [new(IdDuplicate, "/id",
                        $"The id is already used on line {seen[item.Id]}. Import each item once")];
            }
            results.Add(new ImportResult(line.Number, line.Item?.Id, faults.Count == 0 ? "accepted" : "rejected",
                faults.Count == 0 ? null : faults));
        }
        var rejected = results.Count(result => result.Errors is not null);
        return new ImportAnswer(results.Count - rejected, rejected, results) { DryRun = dryRun };
    }

    private static void ReadNdjson(Type type, ReadOnlyMemory<byte> body, List<ImportLine> lines)
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
    }
}

/// <summary>A line of an import: the item, or the faults that prevent it from being read.</summary>
internal sealed record ImportLine(int Number, ICatalogItem? Item, IReadOnlyList<CatalogFault> Faults);

/// <summary>The result of an import.</summary>
/// <param name="Accepted">Number of lines whose items the catalog now contains.</param>
/// <param name="Rejected">Number of lines that changed nothing.</param>
/// <param name="Results">One result per line, in order.</param>
internal sealed record ImportAnswer(int Accepted, int Rejected, IReadOnlyList<ImportResult> Results)
{
    /// <summary>True if nothing was written; <c>accepted</c> then counts the lines that would be accepted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DryRun { get; init; }

    /// <summary>
    /// Number of days of a file of the European Central Bank that were left out: no amount of these days can need a rate.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int LeftOutDays { get; init; }

    /// <summary>The day before which days were left out; absent if none was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateOnly? LeftOutBefore { get; init; }
}

/// <summary>The result of a line.</summary>
/// <param name="Line">Number of the line in the file, starting with 1; a CSV header is line 1.</param>
/// <param name="Id">Id of the item, if it could be read.</param>
/// <param name="Status"><c>accepted</c> or <c>rejected</c>.</param>
/// <param name="Errors">Reasons for the rejection; absent if the line was accepted.</param>
internal sealed record ImportResult(
    int Line, string? Id, string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<CatalogFault>? Errors);
