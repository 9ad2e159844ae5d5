using Attribution.Core.Payouts;
using Attribution.Core.Planning;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Payouts;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Payouts;

/// <summary>
/// Documents of accruals, one per accrual. They belong to the generation of the journeys that produced them.
/// </summary>
internal static class MongoAccruals
{
    /// <summary>Writes the accruals of a commit and marks their agreements as changed.</summary>
    public static async Task WriteAsync(
        MongoSession session, MongoCollections collections, JourneyCommit commit, long generation,
        CancellationToken cancellation)
    {
        var accruals = collections.Accruals(generation);
        if (commit.RemovedAccruals.Count > 0)
        {
            var ids = commit.RemovedAccruals.Select(removed => (BsonValue)IdOf(new(removed.Brand, removed.Agreement), removed.Key));
            await session.DeleteAsync(accruals, new("_id", BsonValues.MatchAny(ids)), cancellation);
        }
        await session.WriteAsync(
            accruals, [.. commit.Accruals.Select(accrual => BsonUpdates.ToUpsert(ToBson(accrual)))], cancellation);
        await MongoAgreementDocuments.MarkChangedAsync(session, collections, commit.FindChangedAgreements(), cancellation);
    }

    public static BsonDocument ToBson(PeriodAccrual accrual) => new()
    {
        { "_id", IdOf(new(accrual.Brand, accrual.Agreement), accrual.Key) }, { "brand", accrual.Brand },
        { "agreement", accrual.Agreement }, { "key", accrual.Key }, { "at", accrual.At.UnixMilliseconds },
        { "day", accrual.Day.DayNumber }, { "kind", (int)accrual.Kind }, { "net", accrual.Net },
        { "micros", accrual.Micros }, { "commission", accrual.Commission },
    };

    public static PeriodAccrual FromBson(BsonDocument document) => new()
    {
        Brand = document.Text("brand"),
        Agreement = document.Text("agreement"),
        Key = document.Text("key"),
        At = document.Instant("at"),
        Day = document.Day("day"),
        Kind = (AccrualKind)document.Number("kind"),
        Net = document.Number("net"),
        Micros = document.Number("micros"),
        Commission = document.Number("commission"),
    };

    private static string IdOf(AgreementKey agreement, string key) => $"{MongoAgreementDocuments.IdOf(agreement)} {key}";
}
