using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Payouts;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Payouts;

/// <summary>
/// Documents of agreements that are settled per period. Each holds the state of an agreement with its adjustments. It
/// is marked as changed while its revision is not the settled one.
/// </summary>
internal static class MongoAgreementDocuments
{
    private static BsonDocument NewFields => new() { { "reckoned", 0L }, { "booking", 0L }, { "adjustments", new BsonArray() } };

    /// <summary>Returns the id of a document. Ids of brands and agreements contain no blank.</summary>
    public static string IdOf(AgreementKey agreement) => $"{agreement.Brand} {agreement.Agreement}";

    public static BsonDocument FieldsOf(AgreementKey agreement) =>
        new() { { "brand", agreement.Brand }, { "agreement", agreement.Agreement } };

    public static AgreementKey KeyFromBson(BsonDocument document) => new(document.Text("brand"), document.Text("agreement"));

    /// <summary>Reads the document of an agreement; a new one, which is not stored, if there is none.</summary>
    public static async Task<BsonDocument> ReadAsync(
        MongoSession session, MongoCollections collections, AgreementKey agreement, CancellationToken cancellation) =>
        await session.FirstAsync(collections.Agreements, new("_id", IdOf(agreement)), cancellation)
        ?? new BsonDocument("_id", IdOf(agreement)).Merge(FieldsOf(agreement)).Merge(NewFields)
            .Add("revision", 0L).Add("changed", false);

    /// <summary>Raises the revision of agreements, so that they are settled again.</summary>
    public static Task MarkChangedAsync(
        MongoSession session, MongoCollections collections, IEnumerable<AgreementKey> agreements,
        CancellationToken cancellation) =>
        session.WriteAsync(collections.Agreements, [.. agreements.Select(ToChangedMark)], cancellation);

    /// <summary>Adds the contribution of all booked adjustments to sums of measures.</summary>
    public static async Task AddAdjustmentsAsync(
        MongoSession session, MongoCollections collections, MeasureSums sums, int times, CancellationToken cancellation)
    {
        await foreach (var document in session.StreamAsync(collections.Agreements, [], null, null, null, cancellation))
            foreach (var adjustment in AdjustmentsFromBson(document)) sums.Add(adjustment, times);
    }

    public static BsonDocument AdjustmentToBson(BookedAdjustment booked) => new()
    {
        { "period", booked.Adjustment.Period }, { "day", booked.Adjustment.Day.DayNumber },
        { "reason", (int)booked.Adjustment.Reason }, { "campaign", booked.Placement.Campaign },
        { "creator", booked.Placement.Creator }, { "amount", BsonValues.FromWide(booked.Adjustment.Amount) },
    };

    /// <summary>Returns an agreement's adjustments by period, day and reason.</summary>
    public static IEnumerable<BookedAdjustment> AdjustmentsFromBson(BsonDocument document) =>
        document["adjustments"].AsBsonArray.Select(adjustment => adjustment.AsBsonDocument)
            .OrderBy(adjustment => adjustment.Text("period"), StringComparer.Ordinal)
            .ThenBy(adjustment => adjustment.Number("day")).ThenBy(adjustment => adjustment.Number("reason"))
            .Select(adjustment => new BookedAdjustment(
                document.Text("brand"), document.Text("agreement"),
                new Placement(adjustment.Text("campaign"), adjustment.Text("creator")),
                new Adjustment(
                    adjustment.Text("period"), adjustment.Day("day"), (LedgerReason)adjustment.Number("reason"),
                    adjustment.Wide("amount"))));

    private static UpdateOneModel<BsonDocument> ToChangedMark(AgreementKey agreement) => new(
        new BsonDocument("_id", IdOf(agreement)).Merge(FieldsOf(agreement)),
        new BsonDocument
        {
            { "$inc", new BsonDocument("revision", 1L) }, { "$set", new BsonDocument("changed", true) },
            { "$setOnInsert", NewFields },
        }) { IsUpsert = true };
}
