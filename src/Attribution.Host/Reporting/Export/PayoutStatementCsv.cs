using Attribution.Host.Reporting.Queries.Payouts;

namespace Attribution.Host.Reporting.Export;

/// <summary>Writers of payout statements as CSV.</summary>
internal static class PayoutStatementCsv
{
    private const string StatementHeader =
        "number,month,creatorId,kind,day,conversionId,campaignId,agreementId,reason,currency,amount,state,approvedBy,"
        + "approvedAt";

    private const string MonthHeader =
        "month,creatorId,creatorName,number,status,currency,commission,adjustments,clawBacks,carriedIn,total,payable,"
            + "carriedOut,notYet,toApprove,closedAt,closedBy,paidAt,paidBy,reference";

    /// <summary>
    /// Writes a statement: its lines and the amount carried in, so that the amounts add up to the total.
    /// </summary>
    public static Task WriteAsync(HttpResponse response, StatementAnswer statement, CancellationToken cancellation) =>
        CsvFormat.WriteLinesAsync(
        response, $"statement-{statement.CreatorId}-{statement.Month}.csv", StatementHeader, FormatLines(statement),
        cancellation);

    /// <summary>Writes the statements of a month, one per line, without the totals.</summary>
    public static Task WriteAsync(HttpResponse response, StatementMonth month, CancellationToken cancellation) =>
        CsvFormat.WriteLinesAsync(
        response, $"statements-{month.Month}.csv", MonthHeader, month.Rows.Select(row => FormatRow(month, row)),
        cancellation);

    private static IEnumerable<string> FormatLines(StatementAnswer statement)
    {
        var head = $"{statement.Number},{statement.Month},{CsvFormat.EscapeCell(statement.CreatorId)}";
        if (statement.CarriedIn.Minor < 0)
            yield return $"{head},carried_in,,,,,,{statement.Currency},{statement.CarriedIn},,,";
        foreach (var line in statement.Lines)
            yield return $"{head},{SnakeCase.NameOf(line.Kind)},{line.Day:O},{CsvFormat.EscapeCell(line.ConversionId)},"
                + $"{CsvFormat.EscapeCell(line.CampaignId)},"
                + $"{CsvFormat.EscapeCell(line.AgreementId)},"
                    + $"{(line.Reason is { } reason ? SnakeCase.NameOf(reason) : "")},{statement.Currency},"
                    + $"{line.Amount},"
                + $"{SnakeCase.NameOf(line.State)},{CsvFormat.EscapeCell(line.ApprovedBy)},{line.ApprovedAt}";
    }

    private static string FormatRow(StatementMonth month, StatementRow row)
    {
        var amounts = row.Amounts;
        return $"{month.Month},{CsvFormat.EscapeCell(row.CreatorId)},{CsvFormat.EscapeCell(row.CreatorName)},"
            + $"{row.Number},{SnakeCase.NameOf(row.Status)},{month.Currency},"
            + $"{amounts.Commission},{amounts.Adjustments},{amounts.ClawBacks},{amounts.CarriedIn},{amounts.Total},"
                + $"{amounts.Payable},{amounts.CarriedOut},{amounts.NotYet},"
            + $"{row.ToApprove},{row.ClosedAt},{CsvFormat.EscapeCell(row.ClosedBy)},{row.PaidAt},"
                + $"{CsvFormat.EscapeCell(row.PaidBy)},{CsvFormat.EscapeCell(row.Reference)}";
    }
}
