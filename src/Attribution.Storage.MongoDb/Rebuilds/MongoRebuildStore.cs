using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rebuilds;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Rebuilds;

/// <summary>Opens, discards and finds rebuilds.</summary>
/// <remarks>
/// A rebuild writes the journeys, aliases and accruals of the next generation while the current one is in use. The
/// other documents that its commits need are in collections that only the rebuild reads.
/// </remarks>
internal sealed class MongoRebuildStore(MongoStoreContext context) : IRebuildStore
{
    private readonly MongoTransactions transactions = context.Transactions;
    private readonly MongoCollections collections = context.Collections;

    public ValueTask<IRebuild> OpenRebuildAsync(string mark, CancellationToken cancellation) =>
        MongoTransactions.TranslateFaultsAsync<IRebuild>(async () =>
        {
            var generation = await ReadGenerationAsync(cancellation) + 1;
            if (await MongoMeta.FindOpenRebuild(collections).FirstOrDefaultAsync(cancellation) is { } open
                && (open.Text("mark") != mark || open.Number("generation") != generation))
                await DiscardRebuildAsync(cancellation);
            await MongoSchema.CreateRebuildAsync(context.Database, generation, mark, cancellation);
            // An erasure that did not see the rebuild has ended once the gates are passed. A later one sees it.
            var forgotten = await transactions.RunTransactionAsync(
                async session =>
                {
                    var meta = await MongoMeta.ReadAsync(session, collections, cancellation);
                    await context.Gates.EnterGateAsync(session, cancellation);
                    return meta.InstantOrNull("packsForgotten");
                },
                cancellation);
            if (forgotten is { } before)
            {
                await DiscardRebuildAsync(cancellation);
                throw new ArchiveIncompleteException(before);
            }
            return new MongoRebuild(context, context.ForRebuild(generation));
        });

    public async ValueTask DiscardRebuildAsync(CancellationToken cancellation) =>
        await MongoTransactions.TranslateFaultsAsync(async () =>
        {
            var database = context.Database;
            var generation = await ReadGenerationAsync(cancellation);
            var names = await (await database.ListCollectionNamesAsync(cancellationToken: cancellation)).ToListAsync(cancellation);
            // The document that marks a rebuild as open is dropped last, when nothing else is left of it.
            var left = names.Where(name => IsLeft(name, generation)).OrderBy(name => name == MongoSchema.RebuildPrefix + "meta");
            foreach (var name in left) await database.DropCollectionAsync(name, cancellation);
            return generation;
        });

    public ValueTask<RebuildOutcome?> FindRebuildAsync(Guid run, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session =>
                MongoRebuildOutcomes.Find(await MongoMeta.ReadAsync(session, collections, cancellation), run),
            cancellation);

    private ValueTask<long> ReadGenerationAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            session => MongoMeta.ReadGenerationAsync(session, collections, cancellation), cancellation);

    private static bool IsLeft(string name, long generation) =>
        name.StartsWith(MongoSchema.RebuildPrefix, StringComparison.Ordinal)
        || (name.StartsWith("journeys.", StringComparison.Ordinal) && name != MongoSchema.Journeys(generation))
        || (name.StartsWith("aliases.", StringComparison.Ordinal) && name != MongoSchema.Aliases(generation))
        || (name.StartsWith("accruals.", StringComparison.Ordinal) && name != MongoSchema.Accruals(generation));
}
