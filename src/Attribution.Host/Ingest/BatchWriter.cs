using System.Threading.Channels;
using Attribution.Core.Values;
using Attribution.Storage.Sqlite.Database;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest;

/// <summary>
/// Packs the batches of all requests into messages and writes them. Waiting batches are written at once. Batches that
/// arrive while <see cref="IDurableWriter.MaxConcurrency"/> writes are under way share the next write. A single request
/// never waits for others, and under load the pace of the disk or broker sets the size of messages. A fixed delay would
/// slow senders that post one event after the other.
/// </summary>
internal sealed partial class BatchWriter(
    Spool spool, IDurableWriter durable, IdGenerator ids, IOptions<IngestOptions> options, IngestMetrics metrics, ILogger<BatchWriter> logger) : IHostedService
{
    /// <summary>Size in bytes from which a write takes no further batch.</summary>
    private const long MaxGroupBytes = 8 << 20;

    private readonly Channel<EventBatch> queue = Channel.CreateUnbounded<EventBatch>(
        new UnboundedChannelOptions { SingleReader = true });
    private long queuedBytes;
    private int isFaultLogged;
    private Task? writeLoop;

    /// <summary>
    /// Writes a batch. Ends when the whole batch is durable, or when it is not certain that it is. An empty batch is
    /// durable at once.
    /// </summary>
    public Task<WriteOutcome> WriteAsync(EventBatch batch)
    {
        if (batch.Count == 0)
            batch.Complete(WriteOutcome.Durable);
        else if (
            Interlocked.Add(ref queuedBytes, batch.Bytes) > options.Value.MaxWaitingBytes
                && batch.Bytes < Interlocked.Read(ref queuedBytes))
            Reject(batch, WriteOutcome.Busy);
        else if (!queue.Writer.TryWrite(batch))
            Reject(batch, WriteOutcome.Stopping);
        return batch.Completion;
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await spool.OpenAsync(cancellationToken);
        LogOpened(spool.Depth);
        writeLoop = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Writes the batches that still wait. The web server has answered its last request by now.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        if (writeLoop is not null)
            await writeLoop.WaitAsync(cancellationToken);
    }

    private void Reject(EventBatch batch, WriteOutcome outcome)
    {
        Interlocked.Add(ref queuedBytes, -batch.Bytes);
        batch.Complete(outcome);
    }

    private async Task RunAsync()
    {
        var underWay = new List<Task>();
        while (await queue.Reader.WaitToReadAsync())
        {
            underWay.RemoveAll(task => task.IsCompleted);
            if (underWay.Count >= durable.MaxConcurrency)
            {
                await Task.WhenAny(underWay);
                continue;
            }

            var (group, bytes) = (new List<EventBatch>(), 0L);
            while (bytes < MaxGroupBytes && queue.Reader.TryRead(out var batch))
            {
                group.Add(batch);
                bytes += batch.Bytes;
            }

            underWay.Add(WriteGroupAsync(group, bytes));
        }

        await Task.WhenAll(underWay);
    }

    private async Task WriteGroupAsync(List<EventBatch> group, long bytes)
    {
        var outcome = await TryWriteAsync(group);
        Interlocked.Add(ref queuedBytes, -bytes);
        foreach (var batch in group)
            batch.Complete(outcome);
    }

    private async Task<WriteOutcome> TryWriteAsync(List<EventBatch> group)
    {
        try
        {
            var packs = PackBuilder.Build(group, ids, options.Value.PackEvents, options.Value.PackBytes);
            await durable.WriteAsync(packs);
            if (Interlocked.Exchange(ref isFaultLogged, 0) == 1) LogWritable();
            foreach (var pack in packs)
                metrics.RecordPack(pack.Events.Count + (pack.Refused?.Count ?? 0));
            return WriteOutcome.Durable;
        }
        catch (SqliteFaultException e) when (e.IsFull)
        {
            if (Interlocked.Exchange(ref isFaultLogged, 1) == 0) LogFull(e.Summary, spool.Depth);
            return WriteOutcome.Full;
        }
        catch (SqliteFaultException e)
        {
            if (Interlocked.Exchange(ref isFaultLogged, 1) == 0) LogUnwritable(e.Summary, spool.Depth);
            return WriteOutcome.Failed;
        }
        catch (Exception e)
        {
            // Durability of the group is uncertain, so every request gets a 503. The next group may succeed.
            LogFailed(e, group.Count);
            return WriteOutcome.Failed;
        }
    }
}
