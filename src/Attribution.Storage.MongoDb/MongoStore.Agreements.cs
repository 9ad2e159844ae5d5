using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Payouts;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

// An agreement's book is one document with its adjustments; its accruals, of the generation of the journeys that made them, are one each. A book
// whose revision is not the one reckoned says that it is changed.
public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AgreementKey>> FindUnsettledAgreementsAsync(int limit, CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<AgreementKey>>(async session => (await session.FindAsync(Agreements, new("changed", true), cancellation, limit: limit)).ConvertAll(AgreementFromBson), cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AgreementKey>> ListAgreementsAsync(CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<AgreementKey>>(async session => (await session.FindAsync(Agreements, [], cancellation)).ConvertAll(AgreementFromBson), cancellation);

    /// <inheritdoc/>
    public ValueTask<AgreementState> ReadAgreementAsync(AgreementKey agreement, CancellationToken cancellation) =>
        ReadSnapshotAsync(
            async session =>
            {
                var book = await ReadAgreementDocumentAsync(session, agreement, cancellation);
                var accruals = await session.FindAsync(Accruals(await ReadGenerationAsync(session, cancellation)), AgreementFields(agreement), cancellation, sort: new("key", 1));
                return new AgreementState(
                    agreement, book.Number("revision"), book.Number("reckoned"), book.Number("booking"), accruals.ConvertAll(AccrualFromBson), [.. AdjustmentsFromBson(book)]);
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask<bool> CommitSettlementAsync(SettlementCommit change, CancellationToken cancellation)
    {
        var deltas = DeltasToBson(change.Deltas, change.At, new DocumentWriter());
        try
        {
            return await RunTransactionAsync(
                async session =>
                {
                    var book = await ReadAgreementDocumentAsync(session, change.ReadState.Key, cancellation);
                    if ((await ReadMetaAsync(session, cancellation)).Number("catalogVersion") > change.CatalogVersion || book.Number("booking") != change.ReadState.SettlementNumber)
                    {
                        session.Abandon();
                        return false;
                    }
                    book["reckoned"] = change.ReadState.Revision;
                    book["booking"] = change.ReadState.SettlementNumber + 1;
                    book["changed"] = book.Number("revision") != change.ReadState.Revision;
                    book["adjustments"] = new BsonArray(change.Adjustments.Select(AdjustmentToBson));
                    await UpsertAsync(session, Agreements, book, cancellation);
                    await InsertLedgerAsync(session, change.Ledger, cancellation);
                    await session.InsertAsync(Deltas, deltas, cancellation);
                    await EnterGateAsync(session, cancellation);
                    return true;
                },
                cancellation);
        }
        catch (MongoFaultException e) when (e.IsDuplicate)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> ReplaceAccrualsAsync(AgreementState read, IReadOnlyCollection<PeriodAccrual> right, CancellationToken cancellation) =>
        RunTransactionAsync(
            async session =>
            {
                var book = await ReadAgreementDocumentAsync(session, read.Key, cancellation);
                if (book.Number("revision") != read.Revision)
                {
                    session.Abandon();
                    return false;
                }
                book["revision"] = read.Revision + 1;
                book["changed"] = true;
                await UpsertAsync(session, Agreements, book, cancellation);
                var accruals = Accruals(await ReadGenerationAsync(session, cancellation));
                await session.DeleteAsync(accruals, AgreementFields(read.Key), cancellation);
                await session.InsertAsync(accruals, [.. right.Select(AccrualToBson)], cancellation);
                await EnterGateAsync(session, cancellation);
                return true;
            },
            cancellation);

    private async Task WriteAccrualsAsync(MongoSession session, JourneyCommit commit, long generation, CancellationToken cancellation)
    {
        if (commit.RemovedAccruals.Count > 0)
            await session.DeleteAsync(
                Accruals(generation), new("_id", BsonValues.MatchAny(commit.RemovedAccruals.Select(gone => (BsonValue)AccrualId(new(gone.Brand, gone.Agreement), gone.Key)))), cancellation);
        await session.WriteAsync(Accruals(generation), [.. commit.Accruals.Select(accrual => ToUpsert(AccrualToBson(accrual)))], cancellation);
        var changed = commit.RemovedAccruals.Select(gone => new AgreementKey(gone.Brand, gone.Agreement)).Concat(commit.Accruals.Select(accrual => new AgreementKey(accrual.Brand, accrual.Agreement)));
        await session.WriteAsync(Agreements, [.. changed.Distinct().Select(MarkChanged)], cancellation);
    }

    /// <summary>At the end of a rebuild its accruals are those of the generation, and every agreement is to be reckoned anew.</summary>
    private async Task MarkAgreementsChangedAsync(MongoSession session, List<AgreementKey> rebuilt, CancellationToken cancellation)
    {
        var known = (await session.FindAsync(Agreements, [], cancellation)).Select(AgreementFromBson);
        await session.WriteAsync(Agreements, [.. known.Union(rebuilt).Select(MarkChanged)], cancellation);
    }

    /// <summary>Adds what the booked adjustments are in the rollups.</summary>
    private async Task AddAdjustmentsAsync(MongoSession session, MeasureSums sums, int times, CancellationToken cancellation)
    {
        await foreach (var book in session.StreamAsync(Agreements, [], null, null, null, cancellation))
            foreach (var line in AdjustmentsFromBson(book)) sums.Add(line, times);
    }

    private async Task<BsonDocument> ReadAgreementDocumentAsync(MongoSession session, AgreementKey agreement, CancellationToken cancellation) =>
        await session.FirstAsync(Agreements, new("_id", AgreementId(agreement)), cancellation)
        ?? new BsonDocument("_id", AgreementId(agreement)).Merge(AgreementFields(agreement)).Merge(NewAgreementFields).Add("revision", 0L).Add("changed", false);

    private static UpdateOneModel<BsonDocument> MarkChanged(AgreementKey agreement) => new(
        new BsonDocument("_id", AgreementId(agreement)).Merge(AgreementFields(agreement)),
        new BsonDocument { { "$inc", new BsonDocument("revision", 1L) }, { "$set", new BsonDocument("changed", true) }, { "$setOnInsert", NewAgreementFields } }) { IsUpsert = true };

    private static BsonDocument NewAgreementFields => new() { { "reckoned", 0L }, { "booking", 0L }, { "adjustments", new BsonArray() } };

    private static Task<long> UpsertAsync(MongoSession session, IMongoCollection<BsonDocument> collection, BsonDocument document, CancellationToken cancellation) =>
        session.WriteAsync(collection, [ToUpsert(document)], cancellation);

    private static ReplaceOneModel<BsonDocument> ToUpsert(BsonDocument document) => new(new BsonDocument("_id", document["_id"]), document) { IsUpsert = true };

    // Ids hold no blank.
    private static string AgreementId(AgreementKey agreement) => $"{agreement.Brand} {agreement.Agreement}";

    private static string AccrualId(AgreementKey agreement, string key) => $"{AgreementId(agreement)} {key}";

    private static BsonDocument AgreementFields(AgreementKey agreement) => new() { { "brand", agreement.Brand }, { "agreement", agreement.Agreement } };

    private static AgreementKey AgreementFromBson(BsonDocument document) => new(document.Text("brand"), document.Text("agreement"));

    private static BsonDocument AccrualToBson(PeriodAccrual accrual) => new()
    {
        { "_id", AccrualId(new(accrual.Brand, accrual.Agreement), accrual.Key) }, { "brand", accrual.Brand }, { "agreement", accrual.Agreement }, { "key", accrual.Key },
        { "at", accrual.At.UnixMilliseconds }, { "day", accrual.Day.DayNumber }, { "kind", (int)accrual.Kind }, { "net", accrual.Net }, { "micros", accrual.Micros },
        { "commission", accrual.Commission },
    };

    private static PeriodAccrual AccrualFromBson(BsonDocument document) => new()
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

    private static BsonDocument AdjustmentToBson(BookedAdjustment line) => new()
    {
        { "period", line.Adjustment.Period }, { "day", line.Adjustment.Day.DayNumber }, { "reason", (int)line.Adjustment.Reason }, { "campaign", line.Placement.Campaign },
        { "creator", line.Placement.Creator }, { "amount", line.Adjustment.Amount },
    };

    private static IEnumerable<BookedAdjustment> AdjustmentsFromBson(BsonDocument book) =>
        book["adjustments"].AsBsonArray.Select(line => line.AsBsonDocument)
            .OrderBy(line => line.Text("period"), StringComparer.Ordinal).ThenBy(line => line.Number("day")).ThenBy(line => line.Number("reason"))
            .Select(line => new BookedAdjustment(
                book.Text("brand"), book.Text("agreement"), new Placement(line.Text("campaign"), line.Text("creator")),
                new Adjustment(line.Text("period"), line.Day("day"), (LedgerReason)line.Number("reason"), line.Number("amount"))));
}
