using Attribution.Core.Payouts;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Ledger;
using Attribution.Storage.MongoDb.Rollups;
using Attribution.Storage.Payouts;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Payouts;

/// <summary>Agreements that are settled per period, with their accruals and adjustments.</summary>
internal sealed class MongoAgreementStore(MongoStoreContext context) : IAgreementStore
{
    private readonly MongoTransactions transactions = context.Transactions;
    private readonly MongoCollections collections = context.Collections;

    public ValueTask<IReadOnlyList<AgreementKey>> FindUnsettledAgreementsAsync(
        int limit, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyList<AgreementKey>>(
            async session => (await session.FindAsync(collections.Agreements, new("changed", true), cancellation, limit: limit))
                .ConvertAll(MongoAgreementDocuments.KeyFromBson),
            cancellation);

    public ValueTask<IReadOnlyList<AgreementKey>> ListAgreementsAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyList<AgreementKey>>(
            async session => (await session.FindAsync(collections.Agreements, [], cancellation))
                .ConvertAll(MongoAgreementDocuments.KeyFromBson),
            cancellation);

    public ValueTask<AgreementState> ReadAgreementAsync(AgreementKey agreement, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session =>
            {
                var state = await MongoAgreementDocuments.ReadAsync(session, collections, agreement, cancellation);
                var generation = await MongoMeta.ReadGenerationAsync(session, collections, cancellation);
                var accruals = await session.FindAsync(
                    collections.Accruals(generation), MongoAgreementDocuments.FieldsOf(agreement), cancellation, sort: new("key", 1));
                return new AgreementState(
                    agreement, state.Number("revision"), state.Number("reckoned"), state.Number("booking"),
                    accruals.ConvertAll(MongoAccruals.FromBson), [.. MongoAgreementDocuments.AdjustmentsFromBson(state)]);
            },
            cancellation);

    public async ValueTask<bool> CommitSettlementAsync(SettlementCommit change, CancellationToken cancellation)
    {
        var deltas = MongoDeltas.ToBson(change.Deltas, change.At, new DocumentWriter());
        try
        {
            return await transactions.RunTransactionAsync(
                async session =>
                {
                    var written = await WriteSettlementAsync(session, change, deltas, cancellation);
                    if (!written) session.Abandon();
                    return written;
                },
                cancellation);
        }
        catch (MongoFaultException e) when (e.IsDuplicate)
        {
            return false;
        }
    }

    public ValueTask<bool> ReplaceAccrualsAsync(
        AgreementState read, IReadOnlyCollection<PeriodAccrual> right, CancellationToken cancellation) =>
        transactions.RunTransactionAsync(
            async session =>
            {
                var state = await MongoAgreementDocuments.ReadAsync(session, collections, read.Key, cancellation);
                if (state.Number("revision") != read.Revision)
                {
                    session.Abandon();
                    return false;
                }
                state["revision"] = read.Revision + 1;
                state["changed"] = true;
                await session.UpsertAsync(collections.Agreements, state, cancellation);
                var accruals = collections.Accruals(await MongoMeta.ReadGenerationAsync(session, collections, cancellation));
                await session.DeleteAsync(accruals, MongoAgreementDocuments.FieldsOf(read.Key), cancellation);
                await session.InsertAsync(accruals, [.. right.Select(MongoAccruals.ToBson)], cancellation);
                await context.Gates.EnterGateAsync(session, cancellation);
                return true;
            },
            cancellation);

    private async Task<bool> WriteSettlementAsync(
        MongoSession session, SettlementCommit change, List<BsonDocument> deltas, CancellationToken cancellation)
    {
        var read = change.ReadState;
        var state = await MongoAgreementDocuments.ReadAsync(session, collections, read.Key, cancellation);
        var meta = await MongoMeta.ReadAsync(session, collections, cancellation);
        if (meta.Number("catalogVersion") > change.CatalogVersion || state.Number("booking") != read.SettlementNumber) return false;
        state["reckoned"] = read.Revision;
        state["booking"] = read.SettlementNumber + 1;
        state["changed"] = state.Number("revision") != read.Revision;
        state["adjustments"] = new BsonArray(change.Adjustments.Select(MongoAgreementDocuments.AdjustmentToBson));
        await session.UpsertAsync(collections.Agreements, state, cancellation);
        await MongoLedgerEntries.InsertAsync(session, collections, change.Ledger, cancellation);
        await session.InsertAsync(collections.Deltas, deltas, cancellation);
        await context.Gates.EnterGateAsync(session, cancellation);
        return true;
    }
}
