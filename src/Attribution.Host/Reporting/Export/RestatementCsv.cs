using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries;

namespace Attribution.Host.Reporting.Export;

/// <summary>Writer of restatements as a table.</summary>
internal static class RestatementCsv
{
    /// <summary>Writes a file with one line per restatement.</summary>
    public static Task WriteAsync(
        HttpResponse response, string fileName, Currency currency, IAsyncEnumerable<RestatementLine> lines,
        CancellationToken cancellation) =>
        TableWriter.WriteAsync(response, fileName, GetColumns(currency), lines, cancellation);

    private static IReadOnlyList<TableColumn<RestatementLine>> GetColumns(Currency currency) =>
    [
        new("day", line => line.Day) { HasDays = true },
        new("closedAt", line => line.ClosedAt),
        new("conversionId", line => line.ConversionId),
        new("campaignId", line => line.CampaignId),
        new("creatorId", line => line.CreatorId),
        new("orderDay", line => line.OrderDay) { HasDays = true },
        new("entryDay", line => line.EntryDay) { HasDays = true },
        new("currency", _ => currency.Code),
        new("amount", line => line.Amount),
        new("share", line => line.Share),
        new("commission", line => line.Commission),
        new("reason", line => SnakeCase.NameOf(line.Reason)),
        new("causedBy", line => line.CausedBy),
        new("recordedAt", line => line.RecordedAt),
    ];
}
