using System.Diagnostics;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

// A transaction of MongoDB reads a snapshot: two may each read what the other writes, and both commit. What a commit only reads (the catalog's
// version, the generation, which days are closed) is therefore kept still by gates. A commit writes one of them, any, as its last statement;
// who changes what commits read bars them all first, which waits for those about to end, and opens them within its own transaction. So the
// two never overlap, commits do not meet each other, and a bar whose owner died is taken away by whoever waits for it.
public sealed partial class MongoStore
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(5);
    private int nextGate = ObjectId.GenerateNewId().GetHashCode();

    /// <summary>The last statement of a transaction that must not overlap an exclusive one.</summary>
    private async Task EnterGateAsync(MongoSession session, CancellationToken cancellation)
    {
        var gate = Interlocked.Increment(ref nextGate) & (MongoSchema.GateCount - 1);
        var passed = await session.UpdateAsync(Gates, new() { { "_id", gate }, { "bar", BsonNull.Value } }, new("$inc", new BsonDocument("passed", 1L)), cancellation);
        if (passed == 0) throw new GateBarredException();
    }

    /// <summary>Runs work that no commit overlaps. It reads first, and ends with one transaction that begins with <see cref="ReopenGatesAsync"/>.</summary>
    private async ValueTask<T> RunExclusiveAsync<T>(Func<ObjectId, Task<T>> work, CancellationToken cancellation)
    {
        while (true)
        {
            var bar = ObjectId.GenerateNewId();
            using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var beating = Task.CompletedTask;
            try
            {
                if (!await TryBarGatesAsync(bar, cancellation)) continue;
                beating = HeartbeatAsync(bar, done.Token);
                return await work(bar);
            }
            catch (GateBarLostException)
            {
                // It was silent for so long that somebody took the bar away.
            }
            catch (Exception e) when (MongoFaultException.IsDriverFault(e))
            {
                throw new MongoFaultException(e);
            }
            finally
            {
                await done.CancelAsync();
                await beating;
                await RemoveBarAsync(bar);
            }
        }
    }

    /// <summary>The first statement of an exclusive transaction.</summary>
    private async Task ReopenGatesAsync(MongoSession session, ObjectId bar, CancellationToken cancellation)
    {
        var opened = await session.UpdateAsync(Gates, new("bar", bar), new("$unset", new BsonDocument { { "bar", 1 }, { "beat", 1 } }), cancellation);
        if (opened < MongoSchema.GateCount) throw new GateBarLostException();
    }

    /// <summary>False: another was faster, and is done now.</summary>
    private async Task<bool> TryBarGatesAsync(ObjectId bar, CancellationToken cancellation)
    {
        // The first gate says who has them all: it is barred first and opened last.
        var set = new BsonDocument("$set", new BsonDocument("bar", bar));
        beforeStatement?.Invoke("bar");
        var first = await Gates.UpdateOneAsync(new BsonDocument { { "_id", 0 }, { "bar", BsonNull.Value } }, set, cancellationToken: cancellation);
        if (first.MatchedCount == 0)
        {
            await AwaitGatesAsync(cancellation);
            return false;
        }
        var others = await Gates.UpdateManyAsync(new BsonDocument { { "_id", new BsonDocument("$gt", 0) }, { "bar", BsonNull.Value } }, set, cancellationToken: cancellation);
        return others.MatchedCount == MongoSchema.GateCount - 1;
    }

    private async Task RemoveBarAsync(ObjectId bar)
    {
        try
        {
            var open = new BsonDocument("$unset", new BsonDocument { { "bar", 1 }, { "beat", 1 } });
            await Gates.UpdateManyAsync(new BsonDocument { { "_id", new BsonDocument("$gt", 0) }, { "bar", bar } }, open);
            await Gates.UpdateOneAsync(new BsonDocument { { "_id", 0 }, { "bar", bar } }, open);
        }
        catch (Exception e) when (MongoFaultException.IsDriverFault(e))
        {
            // Who waits takes it away in time.
        }
    }

    private async Task HeartbeatAsync(ObjectId bar, CancellationToken done)
    {
        try
        {
            while (true)
            {
                await Task.Delay(HeartbeatInterval, done);
                await Gates.UpdateOneAsync(new BsonDocument { { "_id", 0 }, { "bar", bar } }, new BsonDocument("$inc", new BsonDocument("beat", 1L)), cancellationToken: done);
            }
        }
        catch (Exception e) when (e is OperationCanceledException || MongoFaultException.IsDriverFault(e))
        {
            // Done; or silent from now on, and whoever waits draws the conclusion.
        }
    }

    /// <summary>Waits until the gates are open. A bar that nobody was heard of for <see cref="RetryTimeout"/>, by this process's own clock, is taken away.</summary>
    private async Task AwaitGatesAsync(CancellationToken cancellation)
    {
        var (seen, since) = ((BsonDocument?)null, Stopwatch.GetTimestamp());
        while (true)
        {
            var gate = await Gates.Find(new BsonDocument("_id", 0)).Project<BsonDocument>(new BsonDocument { { "bar", 1 }, { "beat", 1 } }).SingleAsync(cancellation);
            if (!gate.TryGetValue("bar", out var bar)) return;
            if (!gate.Equals(seen)) (seen, since) = (gate, Stopwatch.GetTimestamp());
            else if (Stopwatch.GetElapsedTime(since) > RetryTimeout) await RemoveBarAsync(bar.AsObjectId);
            await Task.Delay(10, cancellation);
        }
    }

    private sealed class GateBarredException : Exception;

    private sealed class GateBarLostException : Exception;
}
