using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Database;

/// <summary>Documents that keep commits from overlapping work that changes data which commits only read.</summary>
/// <remarks>
/// A transaction of MongoDB reads a snapshot: two may each read data that the other writes, and both commit. Gates
/// therefore protect the data that a commit only reads: the catalog's version, the generation and the closed days.
/// A commit writes any one of the gates as its last statement. Exclusive work bars all of them first, which waits for
/// commits that are about to end, and opens them in its own transaction. The two never overlap, and commits do not
/// conflict with each other. If the owner of a bar dies, a waiting process removes the bar.
/// </remarks>
internal sealed class MongoCommitGates(IMongoCollection<BsonDocument> gates, Action<string>? beforeStatement)
{
    /// <summary>
    /// Number of gates: so many commits can end at the same moment without a conflict. A power of two.
    /// </summary>
    public const int Count = 64;

    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(5);
    private int nextGate = ObjectId.GenerateNewId().GetHashCode();

    /// <summary>Writes a gate: the last statement of a transaction that must not overlap an exclusive one.</summary>
    /// <exception cref="GateBarredException">The gates are barred.</exception>
    public async Task EnterGateAsync(MongoSession session, CancellationToken cancellation)
    {
        var gate = Interlocked.Increment(ref nextGate) & (Count - 1);
        var passed = await session.UpdateAsync(
            gates, new() { { "_id", gate }, { "bar", BsonNull.Value } }, new("$inc", new BsonDocument("passed", 1L)), cancellation);
        if (passed == 0) throw new GateBarredException();
    }

    /// <summary>
    /// Runs work that no commit overlaps. The work reads first and ends with one transaction, whose first statement is
    /// <see cref="ReopenGatesAsync"/>.
    /// </summary>
    public async ValueTask<T> RunExclusiveAsync<T>(Func<GateBar, Task<T>> work, CancellationToken cancellation)
    {
        while (true)
        {
            var bar = new GateBar();
            using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var beating = Task.CompletedTask;
            try
            {
                if (!await TryBarGatesAsync(bar.Id, cancellation)) continue;
                beating = HeartbeatAsync(bar.Id, done.Token);
                var result = await work(bar);
                bar.IsRemoved = bar.Reopening is { Abandoned: false };
                return result;
            }
            catch (GateBarLostException)
            {
                // The heartbeat was silent for so long that another process removed the bar.
            }
            catch (Exception e) when (MongoFaultException.IsDriverFault(e))
            {
                throw new MongoFaultException(e);
            }
            finally
            {
                await done.CancelAsync();
                await beating;
                if (!bar.IsRemoved) await RemoveBarAsync(bar.Id);
            }
        }
    }

    /// <summary>Opens the gates: the first statement of an exclusive transaction.</summary>
    /// <exception cref="GateBarLostException">Another process removed the bar.</exception>
    public async Task ReopenGatesAsync(MongoSession session, GateBar bar, CancellationToken cancellation)
    {
        bar.Reopening = session;
        var open = new BsonDocument("$unset", new BsonDocument { { "bar", 1 }, { "beat", 1 } });
        var opened = await session.UpdateAsync(gates, new("bar", bar.Id), open, cancellation);
        if (opened < Count) throw new GateBarLostException();
    }

    /// <summary>
    /// Waits until the gates are open. Removes a bar without a heartbeat for <see
    /// cref="MongoTransactions.RetryTimeout"/>, measured by this process's own clock.
    /// </summary>
    public async Task AwaitGatesAsync(CancellationToken cancellation)
    {
        var (seen, since) = ((BsonDocument?)null, Stopwatch.GetTimestamp());
        var projection = new BsonDocument { { "bar", 1 }, { "beat", 1 } };
        while (true)
        {
            var gate = await gates.Find(
                new BsonDocument("_id", 0)).Project<BsonDocument>(projection).SingleAsync(cancellation);
            if (!gate.TryGetValue("bar", out var bar)) return;
            if (!gate.Equals(seen)) (seen, since) = (gate, Stopwatch.GetTimestamp());
            else if (Stopwatch.GetElapsedTime(since) > MongoTransactions.RetryTimeout) await RemoveBarAsync(bar.AsObjectId);
            await Task.Delay(10, cancellation);
        }
    }

    /// <summary>Bars all gates.</summary>
    /// <returns>False if another process barred them first. By then its work has ended.</returns>
    private async Task<bool> TryBarGatesAsync(ObjectId bar, CancellationToken cancellation)
    {
        // The first gate names the owner of all gates: it is barred first and opened last.
        var set = new BsonDocument("$set", new BsonDocument("bar", bar));
        beforeStatement?.Invoke("bar");
        var first = await gates.UpdateOneAsync(
            new BsonDocument { { "_id", 0 }, { "bar", BsonNull.Value } }, set, cancellationToken: cancellation);
        if (first.MatchedCount == 0)
        {
            await AwaitGatesAsync(cancellation);
            return false;
        }
        var others = await gates.UpdateManyAsync(
            new BsonDocument { { "_id", new BsonDocument("$gt", 0) }, { "bar", BsonNull.Value } }, set, cancellationToken: cancellation);
        return others.MatchedCount == Count - 1;
    }

    private async Task RemoveBarAsync(ObjectId bar)
    {
        try
        {
            var open = new BsonDocument("$unset", new BsonDocument { { "bar", 1 }, { "beat", 1 } });
            await gates.UpdateManyAsync(
                new BsonDocument { { "_id", new BsonDocument("$gt", 0) }, { "bar", bar } }, open);
            await gates.UpdateOneAsync(new BsonDocument { { "_id", 0 }, { "bar", bar } }, open);
        }
        catch (Exception e) when (MongoFaultException.IsDriverFault(e))
        {
            // A process that waits at the gates removes the bar after the timeout.
        }
    }

    private async Task HeartbeatAsync(ObjectId bar, CancellationToken done)
    {
        var owner = new BsonDocument { { "_id", 0 }, { "bar", bar } };
        var beat = new BsonDocument("$inc", new BsonDocument("beat", 1L));
        try
        {
            while (true)
            {
                await Task.Delay(HeartbeatInterval, done);
                await gates.UpdateOneAsync(owner, beat, cancellationToken: done);
            }
        }
        catch (Exception e) when (e is OperationCanceledException || MongoFaultException.IsDriverFault(e))
        {
            // The work has ended, or the server is unavailable: without a heartbeat, a waiting process removes the bar.
        }
    }
}
