using System.Diagnostics;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

// Every access passes here: a transaction, or reads as of one moment without one.
public sealed partial class MongoStore
{
    private static readonly TransactionOptions SnapshotTransaction = new(ReadConcern.Snapshot, ReadPreference.Primary, WriteConcern.WMajority);

    // A conflict is over as soon as the other transaction is; a fault that stays longer than this is told.
    private static readonly TimeSpan RetryTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Runs the work in a transaction and commits it; what conflicts with another, or is in the way of an exclusive one, is begun again. If the
    /// work throws or abandons it, nothing is written.
    /// </summary>
    /// <exception cref="MongoFaultException">The server refused something, or is away. Out of the commit itself: it may have happened.</exception>
    private async ValueTask<T> RunTransactionAsync<T>(Func<MongoSession, Task<T>> work, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RunTransactionOnceAsync(work, cancellation);
            }
            catch (GateBarredException)
            {
                await AwaitGatesAsync(cancellation);
            }
            catch (MongoException e) when (e.HasErrorLabel("TransientTransactionError") && Stopwatch.GetElapsedTime(began) < RetryTimeout)
            {
                await Task.Delay(Math.Min(attempt, 20), cancellation);
            }
            catch (Exception e) when (MongoFaultException.IsDriverFault(e))
            {
                throw new MongoFaultException(e);
            }
        }
    }

    private async Task<T> RunTransactionOnceAsync<T>(Func<MongoSession, Task<T>> work, CancellationToken cancellation)
    {
        using var handle = await client.StartSessionAsync(cancellationToken: cancellation);
        handle.StartTransaction(SnapshotTransaction);
        try
        {
            var session = new MongoSession(handle, beforeStatement);
            var result = await work(session);
            if (session.Abandoned) return result;
            beforeStatement?.Invoke("commit");
            await CommitTransactionAsync(handle, cancellation);
            beforeStatement?.Invoke("committed");
            return result;
        }
        finally
        {
            // A server that cannot be told gives it up by itself.
            if (handle.IsInTransaction) await handle.AbortTransactionAsync(CancellationToken.None);
        }
    }

    /// <summary>A commit may be asked for again: it happens once.</summary>
    private static async Task CommitTransactionAsync(IClientSessionHandle handle, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await handle.CommitTransactionAsync(cancellation);
                return;
            }
            catch (MongoException e) when (e.HasErrorLabel("UnknownTransactionCommitResult") && Stopwatch.GetElapsedTime(began) < RetryTimeout)
            {
                await Task.Delay(20, cancellation);
            }
        }
    }

    /// <summary>Runs reads as of one moment. They may take as long as the server keeps history (<c>minSnapshotHistoryWindowInSeconds</c>).</summary>
    private async ValueTask<T> ReadSnapshotAsync<T>(Func<MongoSession, Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            using var handle = await client.StartSessionAsync(new ClientSessionOptions { Snapshot = true }, cancellation);
            return await work(new MongoSession(handle, null));
        }
        catch (Exception e) when (MongoFaultException.IsDriverFault(e))
        {
            throw new MongoFaultException(e);
        }
    }

    /// <summary>Runs a write of a single document, which needs no transaction.</summary>
    private async ValueTask<T> WriteSingleAsync<T>(Func<Task<T>> write)
    {
        try
        {
            beforeStatement?.Invoke("write");
            var result = await write();
            beforeStatement?.Invoke("committed");
            return result;
        }
        catch (Exception e) when (MongoFaultException.IsDriverFault(e))
        {
            throw new MongoFaultException(e);
        }
    }
}
