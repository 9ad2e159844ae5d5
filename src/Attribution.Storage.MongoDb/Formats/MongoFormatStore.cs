using Attribution.Core.Values;
using Attribution.Storage.Formats;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Formats;

/// <summary>Processes and agreed versions of formats.</summary>
internal sealed class MongoFormatStore(MongoTransactions transactions, MongoCollections collections, FormatVersions known)
    : FormatStore(known)
{
    public override async ValueTask RemoveProcessAsync(string id, CancellationToken cancellation) =>
        await transactions.RunTransactionAsync(
            session => session.DeleteAsync(collections.Processes, new("_id", id), cancellation), cancellation);

    public override ValueTask<FormatState> ReadFormatsAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(session => ReadAsync(session, cancellation), cancellation);

    protected override ValueTask<FormatState> UpdateStateAsync(
        RegisteredProcess? process, Timestamp now, CancellationToken cancellation) =>
        transactions.RunTransactionAsync(
            async session =>
            {
                var before = await ReadAsync(session, cancellation);
                var state = before.Update(Known, process, now);
                if (state.MakesJourneysStale(before)) await MongoMeta.MakeJourneysStaleAsync(session, collections, cancellation);
                // Concurrent updates conflict at this document: otherwise one could register while another raises.
                var agreed = new BsonDocument
                {
                    { "$set", new BsonDocument("agreed", state.Agreed.ToString()) }, { "$inc", new BsonDocument("updates", 1L) },
                };
                await session.UpdateAsync(collections.Meta, MongoMeta.FormatsFilter, agreed, cancellation);
                await session.DeleteAsync(collections.Processes, new BsonDocument(), cancellation);
                await session.InsertAsync(collections.Processes, [.. state.Processes.Select(ToBson)], cancellation);
                return state;
            },
            cancellation);

    private async Task<FormatState> ReadAsync(MongoSession session, CancellationToken cancellation)
    {
        var agreed = await session.FirstAsync(collections.Meta, MongoMeta.FormatsFilter, cancellation);
        var processes = await session.FindAsync(collections.Processes, new BsonDocument(), cancellation, sort: new("_id", 1));
        return new(
            FormatVersions.Parse(agreed?.Text("agreed") ?? ""),
            [.. processes.Select(process => new RegisteredProcess(
                process.Text("_id"), process.Text("build"), FormatVersions.Parse(process.Text("formats")), process.Instant("until")))]);
    }

    private static BsonDocument ToBson(RegisteredProcess process) => new()
    {
        { "_id", process.Id }, { "build", process.Build }, { "formats", process.Known.ToString() },
        { "until", process.Until.UnixMilliseconds },
    };
}
