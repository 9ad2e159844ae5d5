using System.Threading.Channels;
using Attribution.Host.Hosting;
using Attribution.Storage.Sqlite;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest;

/// <summary>
/// Makes messages of the batches of all requests and has them kept. What waits is kept at once; what comes while as many are being kept as
/// may be (<see cref="IKeeper.MaxConcurrency"/>) waits for the next. So a lone request never waits for company, and under load the disk or broker
/// sets the pace at which company gathers: the more requests, the fuller the messages. A fixed delay would cost every sender that posts
/// one event after the other, and gain nothing.
/// </summary>
internal sealed partial class Gatherer(
    Spool spool, IKeeper keeper, IdSource ids, IOptions<IngestOptions> options, IngestMetrics metrics, ILogger<Gatherer> logger) : IHostedService
{
    /// <summary>What is kept together is whole batches, until they have this many bytes.</summary>
    private const long MaxGroupBytes = 8 << 20;

    private readonly Channel<Batch> waiting = Channel.CreateUnbounded<Batch>(new UnboundedChannelOptions { SingleReader = true });
    private long waitingBytes;
    private Task? writing;

    /// <summary>Keeps the batch; ends when all of it is durable, or none of it will be for sure. A batch without events is kept already.</summary>
    public Task<Kept> KeepAsync(Batch batch)
    {
        if (batch.Count == 0)
            batch.End(Kept.Durable);
        else if (Interlocked.Add(ref waitingBytes, batch.Bytes) > options.Value.MaxWaitingBytes && batch.Bytes < Interlocked.Read(ref waitingBytes))
            Refuse(batch, Kept.Busy);
        else if (!waiting.Writer.TryWrite(batch))
            Refuse(batch, Kept.Stopping);
        return batch.Kept;
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await spool.OpenAsync(cancellationToken);
        LogOpened(spool.Depth);
        writing = Task.Run(WriteAsync, CancellationToken.None);
    }

    /// <summary>The web server has answered its last request by now; what still waits is written.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        waiting.Writer.TryComplete();
        if (writing is not null)
            await writing.WaitAsync(cancellationToken);
    }

    private void Refuse(Batch batch, Kept outcome)
    {
        Interlocked.Add(ref waitingBytes, -batch.Bytes);
        batch.End(outcome);
    }

    private async Task WriteAsync()
    {
        var underWay = new List<Task>();
        while (await waiting.Reader.WaitToReadAsync())
        {
            underWay.RemoveAll(task => task.IsCompleted);
            if (underWay.Count >= keeper.MaxConcurrency)
            {
                await Task.WhenAny(underWay);
                continue;
            }

            var (group, bytes) = (new List<Batch>(), 0L);
            while (bytes < MaxGroupBytes && waiting.Reader.TryRead(out var batch))
            {
                group.Add(batch);
                bytes += batch.Bytes;
            }

            underWay.Add(EndAsync(group, bytes));
        }

        await Task.WhenAll(underWay);
    }

    private async Task EndAsync(List<Batch> group, long bytes)
    {
        var outcome = await KeepAsync(group);
        Interlocked.Add(ref waitingBytes, -bytes);
        foreach (var batch in group)
            batch.End(outcome);
    }

    private async Task<Kept> KeepAsync(List<Batch> group)
    {
        try
        {
            var packs = Packing.Form(group, ids, options.Value.PackEvents, options.Value.PackBytes);
            await keeper.KeepAsync(packs);
            foreach (var pack in packs)
                metrics.Packed(pack.Events.Count + (pack.Refused?.Count ?? 0));
            return Kept.Durable;
        }
        catch (SqliteFaultException e) when (e.IsFull)
        {
            LogFull(group.Count, spool.Depth);
            return Kept.Full;
        }
        catch (Exception e)
        {
            // Whatever it was, nothing of the group is durable and every request must hear so; the next group may fare better.
            LogFailed(e, group.Count);
            return Kept.Failed;
        }
    }
}
