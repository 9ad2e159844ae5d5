using Attribution.Host.Reporting.Queries.Payouts;

namespace Attribution.Host.Reporting.Export;

/// <summary>Writers of payout statements as tables.</summary>
internal static class PayoutStatementCsv
{
    /// <summary>
    /// Writes a statement: its lines and the amount carried in, so that the amounts add up to the total.
    /// </summary>
    public static Task WriteAsync(HttpResponse response, StatementAnswer statement, CancellationToken cancellation)
    {
        // The amount carried in is a line without the members of one.
        IEnumerable<StatementLineAnswer?> lines = statement.CarriedIn.Minor < 0 ? statement.Lines.Prepend(null) : statement.Lines;
        return TableWriter.WriteAsync<StatementLineAnswer?>(
            response, $"statement-{statement.CreatorId}-{statement.Month}",
            [
                new("number", _ => statement.Number),
                new("month", _ => statement.Month),
                new("creatorId", _ => statement.CreatorId),
                new("kind", line => line is null ? "carried_in" : SnakeCase.NameOf(line.Kind)),
                new("day", line => line?.Day) { HasDays = true },
                new("conversionId", line => line?.ConversionId),
                new("campaignId", line => line?.CampaignId),
                new("agreementId", line => line?.AgreementId),
                new("reason", line => line?.Reason is { } reason ? SnakeCase.NameOf(reason) : null),
                new("currency", _ => statement.Currency),
                new("amount", line => line is null ? statement.CarriedIn : line.Amount),
                new("state", line => line is null ? null : SnakeCase.NameOf(line.State)),
                new("approvedBy", line => line?.ApprovedBy),
                new("approvedAt", line => line?.ApprovedAt),
            ],
            lines, cancellation);
    }

    /// <summary>Writes the statements of a month, one per line, without the totals.</summary>
    public static Task WriteAsync(HttpResponse response, StatementMonth month, CancellationToken cancellation) =>
        TableWriter.WriteAsync<StatementRow>(
            response, $"statements-{month.Month}",
            [
                new("month", _ => month.Month),
                new("creatorId", row => row.CreatorId),
                new("creatorName", row => row.CreatorName),
                new("number", row => row.Number),
                new("status", row => SnakeCase.NameOf(row.Status)),
                new("currency", _ => month.Currency),
                new("commission", row => row.Amounts.Commission),
                new("adjustments", row => row.Amounts.Adjustments),
                new("clawBacks", row => row.Amounts.ClawBacks),
                new("carriedIn", row => row.Amounts.CarriedIn),
                new("total", row => row.Amounts.Total),
                new("payable", row => row.Amounts.Payable),
                new("carriedOut", row => row.Amounts.CarriedOut),
                new("notYet", row => row.Amounts.NotYet),
                new("toApprove", row => row.ToApprove),
                new("closedAt", row => row.ClosedAt),
                new("closedBy", row => row.ClosedBy),
                new("paidAt", row => row.PaidAt),
                new("paidBy", row => row.PaidBy),
                new("reference", row => row.Reference),
            ],
            month.Rows, cancellation);
}
