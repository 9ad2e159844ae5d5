using System.Diagnostics;
using System.Security.Cryptography;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Database;

/// <summary>
/// The accesses to the database: transactions, reads as of one moment, and writes of one document. Each throws
/// <see cref="MongoFaultException"/> for a failure of the driver.
/// </summary>
internal sealed class MongoTransactions(IMongoClient client, MongoCommitGates gates, Action<string>? beforeStatement)
{
    /// <summary>Number of times that reads as of one moment are begun.</summary>
    private const int MaxReads = 3;

    private static readonly TransactionOptions SnapshotTransaction =
        new(ReadConcern.Snapshot, ReadPreference.Primary, WriteConcern.WMajority);

    /// <summary>
    /// Gets the time for which a failed statement is retried. A conflict ends as soon as the other transaction does; a
    /// fault that lasts longer than this is reported.
    /// </summary>
    public static TimeSpan RetryTimeout { get; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Runs the work in a transaction and commits it. The transaction is restarted if it conflicts with another or if
    /// the gates are barred. If the work throws or abandons the transaction, nothing is written.
    /// </summary>
    /// <exception cref="MongoFaultException">
    /// The server rejected a statement or is unavailable. If the commit itself failed, it may have been applied.
    /// </exception>
    public async ValueTask<T> RunTransactionAsync<T>(Func<MongoSession, Task<T>> work, CancellationToken cancellation)
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
                await gates.AwaitGatesAsync(cancellation);
            }
            catch (MongoException e)
                when (e.HasErrorLabel("TransientTransactionError") && Stopwatch.GetElapsedTime(began) < RetryTimeout)
            {
                await DelayAsync(attempt, cancellation);
            }
            catch (Exception e) when (MongoFaultException.IsDriverFault(e))
            {
                throw new MongoFaultException(e);
            }
        }
    }

    /// <summary>
    /// Runs reads as of one moment. They must end within the time for which the server keeps history
    /// (<c>minSnapshotHistoryWindowInSeconds</c>). If the server loses the moment or the cursor, the work starts again
    /// from its beginning, in a new session.
    /// </summary>
    /// <param name="work">The reads.</param>
    /// <param name="cancellation">Cancels the reads.</param>
    /// <param name="mayRepeat">
    /// Returns false once the work has had effects that a repetition would double. Null: the work has none.
    /// </param>
    public ValueTask<T> ReadSnapshotAsync<T>(
        Func<MongoSession, Task<T>> work, CancellationToken cancellation, Func<bool>? mayRepeat = null) =>
        TranslateFaultsAsync(async () =>
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    using var handle = await client.StartSessionAsync(
                        new ClientSessionOptions { Snapshot = true }, cancellation);
                    return await work(new MongoSession(handle, null));
                }
                catch (MongoException e)
                    when (attempt < MaxReads && MongoFaultException.IsLostSnapshot(e) && mayRepeat?.Invoke() != false)
                {
                    await DelayAsync(attempt, cancellation);
                }
            }
        });

    /// <summary>Runs a write of a single document, which needs no transaction.</summary>
    public ValueTask<T> WriteSingleAsync<T>(Func<Task<T>> write) =>
        TranslateFaultsAsync(async () =>
        {
            beforeStatement?.Invoke("write");
            var result = await write();
            beforeStatement?.Invoke("committed");
            return result;
        });

    /// <summary>Inserts a document without a transaction.</summary>
    /// <returns>False if a document with the same key exists; it is left unchanged.</returns>
    public ValueTask<bool> TryInsertAsync(
        IMongoCollection<BsonDocument> collection, BsonDocument document, CancellationToken cancellation) =>
        WriteSingleAsync(async () =>
        {
            try
            {
                await collection.InsertOneAsync(document, cancellationToken: cancellation);
                return true;
            }
            catch (MongoWriteException e) when (e.WriteError.Category == ServerErrorCategory.DuplicateKey)
            {
                return false;
            }
        });

    /// <summary>Runs work and translates exceptions of the driver into <see cref="MongoFaultException"/>.</summary>
    public static async ValueTask<T> TranslateFaultsAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (MongoFaultException.IsDriverFault(e))
        {
            throw new MongoFaultException(e);
        }
    }

    /// <summary>Waits for a random time, so that transactions that conflicted do not meet again.</summary>
    private static Task DelayAsync(int attempt, CancellationToken cancellation) =>
        Task.Delay(RandomNumberGenerator.GetInt32(1, 2 + (1 << Math.Min(attempt, 6))), cancellation);

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
            // If the server is unavailable, it aborts the transaction itself in time.
            if (handle.IsInTransaction) await handle.AbortTransactionAsync(CancellationToken.None);
        }
    }

    /// <summary>Commits a transaction. A commit may be sent again: the server applies it once.</summary>
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
            catch (MongoException e)
                when (e.HasErrorLabel("UnknownTransactionCommitResult") && Stopwatch.GetElapsedTime(began) < RetryTimeout)
            {
                await Task.Delay(20, cancellation);
            }
        }
    }
}
