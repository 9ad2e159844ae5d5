using Attribution.Core.Payouts;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Payouts;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Payouts;

/// <summary>
/// Documents of closed payout statements, each with its lines. The payment is added once; the rest never changes.
/// </summary>
internal static class MongoPayoutStatementDocuments
{
    public static string IdOf(string brand, long number) => FormattableString.Invariant($"{brand} {number}");

    public static BsonDocument ToBson(
        string brand, long number, string creator, PayoutStatement statement, ActorStamp closed) => new BsonDocument
    {
        { "_id", IdOf(brand, number) }, { "brand", brand }, { "number", number }, { "creator", creator },
        { "month", statement.Month.DayNumber }, { "carriedIn", BsonValues.FromWide(statement.BroughtForward) },
        { "carriedOut", BsonValues.FromWide(statement.CarriedForward) }, { "closedAt", closed.At.UnixMilliseconds }, { "closedBy", closed.By },
        { "lines", new BsonArray(statement.Lines.Select(LineToBson)) },
    }.AddIfPresent("closedByKey", closed.KeyId);

    public static ClosedPayoutStatement FromBson(BsonDocument statement) => new(
        statement.Number("number"), statement.Text("creator"),
        new()
        {
            Month = statement.Day("month"),
            Lines = [.. LinesFromBson(statement)],
            BroughtForward = statement.Wide("carriedIn"),
        },
        new(statement.Text("closedBy"), statement.TextOrNull("closedByKey"), statement.Instant("closedAt")),
        statement.InstantOrNull("paidAt") is { } paid
            ? new(statement.Text("paidBy"), statement.TextOrNull("paidByKey"), paid)
            : null,
        statement.TextOrNull("reference"));

    /// <summary>Adds the payment to a statement.</summary>
    /// <returns>False if it is paid already; it is left unchanged.</returns>
    public static bool TryAddPayment(BsonDocument statement, ActorStamp paid, string? reference)
    {
        if (statement.Contains("paidAt")) return false;
        statement.Add("paidAt", paid.At.UnixMilliseconds).Add("paidBy", paid.By)
            .AddIfPresent("paidByKey", paid.KeyId).AddIfPresent("reference", reference);
        return true;
    }

    /// <summary>Returns the lines by day, item and campaign.</summary>
    public static IEnumerable<PayoutStatementLine> LinesFromBson(BsonDocument statement) =>
        statement["lines"].AsBsonArray.Select(line => line.AsBsonDocument)
            .Select(line => new PayoutStatementLine
            {
                Item = line.Text("item"),
                Campaign = line.Text("campaign"),
                Day = line.Day("day"),
                Agreement = line.TextOrNull("agreement"),
                Kind = (StatementLineKind)line.Number("kind"),
                Amount = line.Wide("amount"),
                ApprovedBy = line.Text("approvedBy"),
                ApprovedAt = line.InstantOrNull("approvedAt"),
            })
            .OrderBy(line => line.Day)
            .ThenBy(line => line.Item, StringComparer.Ordinal).ThenBy(line => line.Campaign, StringComparer.Ordinal);

    private static BsonDocument LineToBson(PayoutStatementLine line) => new BsonDocument
    {
        { "item", line.Item }, { "campaign", line.Campaign }, { "day", line.Day.DayNumber }, { "kind", (int)line.Kind },
        { "amount", BsonValues.FromWide(line.Amount) }, { "approvedBy", line.ApprovedBy },
    }.AddIfPresent("agreement", line.Agreement).AddIfPresent("approvedAt", line.ApprovedAt);
}
