using Attribution.Contracts;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest;

/// <summary>
/// Publishes messages to the broker, which confirms a message when a majority of the queue's nodes has it on disk.
/// Messages that were not confirmed in time, or were returned because no queue accepts them, go to the spool, and
/// <see cref="BrokerSpoolDrain"/> publishes them later. While the circuit is open, messages go to the spool at once.
/// </summary>
internal sealed class BrokerWriter(Spool spool, BrokerCircuit circuit, IOptions<IngestOptions> options) : IDurableWriter
{
    /// <inheritdoc/>
    public int MaxConcurrency => circuit.IsClosed ? options.Value.MaxPublishing : 1;

    /// <inheritdoc/>
    public async Task WriteAsync(IReadOnlyList<EventPack> packs)
    {
        if (circuit.IsClosed)
        {
            var confirmed = await Task.WhenAll(
                packs.Select(pack => circuit.TryPublishAsync(pack, options.Value.ConfirmWithin)));
            packs = [.. packs.Where((_, i) => !confirmed[i])];
        }

        if (packs.Count > 0) await spool.WriteAsync(packs);
    }
}
