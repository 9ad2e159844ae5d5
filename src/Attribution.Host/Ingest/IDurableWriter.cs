using Attribution.Contracts;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Host.Ingest;

/// <summary>
/// Makes messages durable before their senders are answered: in the spool (<see cref="SpoolWriter"/>, embedded mode), or with the broker and
/// in the spool while that does not confirm (<see cref="BrokerWriter"/>, server mode).
/// </summary>
internal interface IDurableWriter
{
    /// <summary>How many calls may be under way; what comes meanwhile is gathered into the next. At least 1.</summary>
    int MaxConcurrency { get; }

    /// <summary>Returns when every message is durable.</summary>
    /// <exception cref="SqliteFaultException">Some may not be; <see cref="SqliteFaultException.IsFull"/> when the spool has no room.</exception>
    Task WriteAsync(IReadOnlyList<EventPack> packs);
}

/// <summary>Into the spool, from where <see cref="SpoolDrain"/> takes them.</summary>
internal sealed class SpoolWriter(Spool spool) : IDurableWriter
{
    public int MaxConcurrency => 1;

    public Task WriteAsync(IReadOnlyList<EventPack> packs) => spool.AppendAsync(packs);
}

/// <summary>
/// To the broker, which confirms what a majority of the queue's nodes has on disk; what it did not confirm in time, or returned because
/// no queue wanted it, goes into the spool, from where <see cref="BrokerSpoolDrain"/> takes it. While the broker is known not to confirm,
/// nobody waits for it.
/// </summary>
internal sealed class BrokerWriter(Spool spool, BrokerCircuit line, Microsoft.Extensions.Options.IOptions<IngestOptions> options) : IDurableWriter
{
    public int MaxConcurrency => line.IsClosed ? options.Value.MaxPublishing : 1;

    public async Task WriteAsync(IReadOnlyList<EventPack> packs)
    {
        if (line.IsClosed)
        {
            var confirmed = await Task.WhenAll(packs.Select(pack => line.TryPublishAsync(pack, options.Value.ConfirmWithin)));
            packs = [.. packs.Where((_, i) => !confirmed[i])];
        }

        if (packs.Count > 0) await spool.AppendAsync(packs);
    }
}
