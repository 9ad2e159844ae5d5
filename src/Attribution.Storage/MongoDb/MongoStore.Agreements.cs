using Attribution.Core.Crediting;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

// An agreement's book is one document with its adjustments; its accruals, of the generation of the journeys that made them, are one each. A book
// whose revision is not the one reckoned says that it is changed.
public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AgreementKey>> ChangedAgreementsAsync(int limit, CancellationToken cancellation) =>
        ReadAsync<IReadOnlyList<AgreementKey>>(async session => (await session.FindAsync(Agreements, new("changed", true), cancellation, limit: limit)).ConvertAll(AgreementOf), cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AgreementKey>> KnownAgreementsAsync(CancellationToken cancellation) =>
        ReadAsync<IReadOnlyList<AgreementKey>>(async session => (await session.FindAsync(Agreements, [], cancellation)).ConvertAll(AgreementOf), cancellation);

    /// <inheritdoc/>
    public ValueTask<AgreementBook> AgreementBookAsync(AgreementKey agreement, CancellationToken cancellation) =>
        ReadAsync(
            async session =>
            {
                var book = await BookAsync(session, agreement, cancellation);
                var accruals = await session.FindAsync(Accruals(await GenerationAsync(session, cancellation)), Of(agreement), cancellation, sort: new("key", 1));
                return new AgreementBook(
                    agreement, book.Number("revision"), book.Number("reckoned"), book.Number("booking"), accruals.ConvertAll(AccrualOf), [.. AdjustmentsOf(book)]);
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask<bool> AdjustAsync(AgreementChange change, CancellationToken cancellation)
    {
        var deltas = DeltasOf(change.Deltas, change.At, new DocumentWriter());
        try
        {
            return await TransactAsync(
                async session =>
                {
                    var book = await BookAsync(session, change.Read.Key, cancellation);
                    if ((await MetaAsync(session, cancellation)).Number("catalogVersion") > change.CatalogVersion || book.Number("booking") != change.Read.Booking)
                    {
                        session.Abandon();
                        return false;
                    }
                    book["reckoned"] = change.Read.Revision;
                    book["booking"] = change.Read.Booking + 1;
                    book["changed"] = book.Number("revision") != change.Read.Revision;
                    book["adjustments"] = new BsonArray(change.Adjustments.Select(AdjustmentOf));
                    await PutAsync(session, Agreements, book, cancellation);
                    await InsertLedgerAsync(session, change.Ledger, cancellation);
                    await session.InsertAsync(Deltas, deltas, cancellation);
                    await PassGateAsync(session, cancellation);
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
    public ValueTask<bool> ReplaceAccrualsAsync(AgreementBook read, IReadOnlyCollection<PeriodAccrual> right, CancellationToken cancellation) =>
        TransactAsync(
            async session =>
            {
                var book = await BookAsync(session, read.Key, cancellation);
                if (book.Number("revision") != read.Revision)
                {
                    session.Abandon();
                    return false;
                }
                book["revision"] = read.Revision + 1;
                book["changed"] = true;
                await PutAsync(session, Agreements, book, cancellation);
                var accruals = Accruals(await GenerationAsync(session, cancellation));
                await session.DeleteAsync(accruals, Of(read.Key), cancellation);
                await session.InsertAsync(accruals, [.. right.Select(AccrualOf)], cancellation);
                await PassGateAsync(session, cancellation);
                return true;
            },
            cancellation);

    private async Task WriteAccrualsAsync(MongoSession session, JourneyCommit commit, long generation, CancellationToken cancellation)
    {
        if (commit.RemovedAccruals.Count > 0)
            await session.DeleteAsync(
                Accruals(generation), new("_id", Documents.In(commit.RemovedAccruals.Select(gone => (BsonValue)IdOf(new(gone.Brand, gone.Agreement), gone.Key)))), cancellation);
        await session.WriteAsync(Accruals(generation), [.. commit.Accruals.Select(accrual => Putting(AccrualOf(accrual)))], cancellation);
        var changed = commit.RemovedAccruals.Select(gone => new AgreementKey(gone.Brand, gone.Agreement)).Concat(commit.Accruals.Select(accrual => new AgreementKey(accrual.Brand, accrual.Agreement)));
        await session.WriteAsync(Agreements, [.. changed.Distinct().Select(Changed)], cancellation);
    }

    /// <summary>At the end of a rebuild its accruals are those of the generation, and every agreement is to be reckoned anew.</summary>
    private async Task ChangeAgreementsAsync(MongoSession session, List<AgreementKey> rebuilt, CancellationToken cancellation)
    {
        var known = (await session.FindAsync(Agreements, [], cancellation)).Select(AgreementOf);
        await session.WriteAsync(Agreements, [.. known.Union(rebuilt).Select(Changed)], cancellation);
    }

    /// <summary>Adds what the booked adjustments are in the rollups.</summary>
    private async Task AddAdjustmentsAsync(MongoSession session, MeasureSums sums, int times, CancellationToken cancellation)
    {
        await foreach (var book in session.EachAsync(Agreements, [], null, null, null, cancellation))
            foreach (var line in AdjustmentsOf(book)) sums.Add(line, times);
    }

    private async Task<BsonDocument> BookAsync(MongoSession session, AgreementKey agreement, CancellationToken cancellation) =>
        await session.FirstAsync(Agreements, new("_id", IdOf(agreement)), cancellation)
        ?? new BsonDocument("_id", IdOf(agreement)).Merge(Of(agreement)).Merge(New).Add("revision", 0L).Add("changed", false);

    private static UpdateOneModel<BsonDocument> Changed(AgreementKey agreement) => new(
        new BsonDocument("_id", IdOf(agreement)).Merge(Of(agreement)),
        new BsonDocument { { "$inc", new BsonDocument("revision", 1L) }, { "$set", new BsonDocument("changed", true) }, { "$setOnInsert", New } }) { IsUpsert = true };

    private static BsonDocument New => new() { { "reckoned", 0L }, { "booking", 0L }, { "adjustments", new BsonArray() } };

    private static Task<long> PutAsync(MongoSession session, IMongoCollection<BsonDocument> collection, BsonDocument document, CancellationToken cancellation) =>
        session.WriteAsync(collection, [Putting(document)], cancellation);

    private static ReplaceOneModel<BsonDocument> Putting(BsonDocument document) => new(new BsonDocument("_id", document["_id"]), document) { IsUpsert = true };

    // Ids hold no blank.
    private static string IdOf(AgreementKey agreement) => $"{agreement.Brand} {agreement.Agreement}";

    private static string IdOf(AgreementKey agreement, string key) => $"{IdOf(agreement)} {key}";

    private static BsonDocument Of(AgreementKey agreement) => new() { { "brand", agreement.Brand }, { "agreement", agreement.Agreement } };

    private static AgreementKey AgreementOf(BsonDocument document) => new(document.Text("brand"), document.Text("agreement"));

    private static BsonDocument AccrualOf(PeriodAccrual accrual) => new()
    {
        { "_id", IdOf(new(accrual.Brand, accrual.Agreement), accrual.Key) }, { "brand", accrual.Brand }, { "agreement", accrual.Agreement }, { "key", accrual.Key },
        { "at", accrual.At.UnixMilliseconds }, { "day", accrual.Day.DayNumber }, { "kind", (int)accrual.Kind }, { "net", accrual.Net }, { "micros", accrual.Micros },
        { "commission", accrual.Commission },
    };

    private static PeriodAccrual AccrualOf(BsonDocument document) => new()
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

    private static BsonDocument AdjustmentOf(BookedAdjustment line) => new()
    {
        { "period", line.Adjustment.Period }, { "day", line.Adjustment.Day.DayNumber }, { "reason", (int)line.Adjustment.Reason }, { "campaign", line.Placement.Campaign },
        { "creator", line.Placement.Creator }, { "amount", line.Adjustment.Amount },
    };

    private static IEnumerable<BookedAdjustment> AdjustmentsOf(BsonDocument book) =>
        book["adjustments"].AsBsonArray.Select(line => line.AsBsonDocument)
            .OrderBy(line => line.Text("period"), StringComparer.Ordinal).ThenBy(line => line.Number("day")).ThenBy(line => line.Number("reason"))
            .Select(line => new BookedAdjustment(
                book.Text("brand"), book.Text("agreement"), new Placement(line.Text("campaign"), line.Text("creator")),
                new Adjustment(line.Text("period"), line.Day("day"), (LedgerReason)line.Number("reason"), line.Number("amount"))));
}
