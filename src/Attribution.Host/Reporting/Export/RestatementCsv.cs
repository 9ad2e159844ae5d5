using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries;

namespace Attribution.Host.Reporting.Export;

/// <summary>Writer of restatements as CSV.</summary>
internal static class RestatementCsv
{
    private const string Header =
        "day,closedAt,conversionId,campaignId,creatorId,orderDay,entryDay,currency,amount,share,commission,reason,"
        + "causedBy,recordedAt";

    /// <summary>Writes a file with one line per restatement.</summary>
    public static async Task WriteAsync(
        HttpResponse response, string fileName, Currency currency, IAsyncEnumerable<RestatementLine> lines,
        CancellationToken cancellation)
    {
        await using var text = CsvFormat.OpenWriter(response, fileName);
        await text.WriteLineAsync(Header.AsMemory(), cancellation);
        await foreach (var line in lines.WithCancellation(cancellation)) await text.WriteLineAsync(
            FormatLine(line, currency).AsMemory(), cancellation);
        await text.FlushAsync(cancellation);
    }

    private static string FormatLine(RestatementLine line, Currency currency) =>
        $"{line.Day:O},{line.ClosedAt},{CsvFormat.EscapeCell(line.ConversionId)},"
            + $"{CsvFormat.EscapeCell(line.CampaignId)},{CsvFormat.EscapeCell(line.CreatorId)},"
        + $"{line.OrderDay:O},{line.EntryDay:O},{currency.Code},{line.Amount},{line.Share},{line.Commission},"
            + $"{SnakeCase.NameOf(line.Reason)},"
        + $"{CsvFormat.EscapeCell(line.CausedBy)},{line.RecordedAt}";
}
