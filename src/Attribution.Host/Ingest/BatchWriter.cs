using System.Threading.Channels;
using Attribution.Core.Values;
using Attribution.Storage.Sqlite.Database;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest;

/// <summary>
/// Makes messages of the batches of all requests and has them kept. What waits is kept at once; what comes while as many are being kept as
/// may be (<see cref="IDurableWriter.MaxConcurrency"/>) waits for the next. So a lone request never waits for company, and under load the disk or broker
/// sets the pace at which company gathers: the more requests, the fuller the messages. A fixed delay would cost every sender that posts
/// one event after the other, and gain nothing.
/// </summary>
internal sealed partial class BatchWriter(
    Spool spool, IDurableWriter keeper, IdGenerator ids, IOptions<IngestOptions> options, IngestMetrics metrics, ILogger<BatchWriter> logger) : IHostedService
{
    /// <summary>What is kept together is whole batches, until they have this many bytes.</summary>
    private const long MaxGroupBytes = 8 << 20;

    private readonly Channel<EventBatch> queue = Channel.CreateUnbounded<EventBatch>(new UnboundedChannelOptions { SingleReader = true });
    private long queuedBytes;
    private Task? writeLoop;

    /// <summary>Keeps the batch; ends when all of it is durable, or none of it will be for sure. A batch without events is kept already.</summary>
    public Task<WriteOutcome> KeepAsync(EventBatch batch)
    {
        if (batch.Count == 0)
            batch.Complete(WriteOutcome.Durable);
        else if (Interlocked.Add(ref queuedBytes, batch.Bytes) > options.Value.MaxWaitingBytes && batch.Bytes < Interlocked.Read(ref queuedBytes))
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

    /// <summary>The web server has answered its last request by now; what still waits is written.</summary>
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
            if (underWay.Count >= keeper.MaxConcurrency)
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
        var outcome = await KeepAsync(group);
        Interlocked.Add(ref queuedBytes, -bytes);
        foreach (var batch in group)
            batch.Complete(outcome);
    }

    private async Task<WriteOutcome> KeepAsync(List<EventBatch> group)
    {
        try
        {
            var packs = PackBuilder.Build(group, ids, options.Value.PackEvents, options.Value.PackBytes);
            await keeper.WriteAsync(packs);
            foreach (var pack in packs)
                metrics.RecordPack(pack.Events.Count + (pack.Refused?.Count ?? 0));
            return WriteOutcome.Durable;
        }
        catch (SqliteFaultException e) when (e.IsFull)
        {
            LogFull(group.Count, spool.Depth);
            return WriteOutcome.Full;
        }
        catch (Exception e)
        {
            // Whatever it was, nothing of the group is durable and every request must hear so; the next group may fare better.
            LogFailed(e, group.Count);
            return WriteOutcome.Failed;
        }
    }
}
