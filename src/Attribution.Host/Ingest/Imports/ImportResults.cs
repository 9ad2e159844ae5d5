using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Host.Ingest.Imports;

/// <summary>Results of an import, in bounded memory: the first 10,000 faults are listed. Not thread-safe.</summary>
internal sealed class ImportResults
{
    private const int MaxListed = 10_000;

    private readonly List<ImportResult> listed = [];
    private readonly Dictionary<string, long> types = new(StringComparer.Ordinal);
    private long accepted, withoutEvents, notCounted, rejected, omitted, beyondHorizon;
    private DateTimeOffset oldest = DateTimeOffset.MaxValue;
    private TimeSpan horizon;

    /// <summary>Adds an order that cannot be accepted.</summary>
    public void AddFault(ImportedOrder order, ImportFault fault)
    {
        var isNotCounted = fault.Reason == RejectionReason.NotCounted;
        if (isNotCounted) notCounted++;
        else rejected++;
        List(order, fault.Place, isNotCounted ? "not_counted" : "rejected", fault.Reason, fault.Detail);
    }

    /// <summary>Adds an order that is older than the horizon.</summary>
    public void AddBeyondHorizon(DateTimeOffset at, TimeSpan horizon)
    {
        this.horizon = horizon;
        beyondHorizon++;
        if (at < oldest) oldest = at;
    }

    /// <summary>Adds an accepted order.</summary>
    public void AddAccepted(ImportedOrder order, IReadOnlyList<ValidationResult> events)
    {
        if (events.Count == 0) withoutEvents++;
        else accepted++;
        foreach (var one in events) types[one.Type] = types.GetValueOrDefault(one.Type) + 1;
        foreach (var fault in order.Events.SelectMany(one => one.LeftOut))
            List(order, order.Locate(fault.Pointer), "left_out", fault.Reason, $"The order is accepted without it: it {fault.Detail}");
    }

    /// <summary>Counts the accepted events by type.</summary>
    public void RecordTo(IngestMetrics metrics)
    {
        foreach (var (type, count) in types) metrics.RecordEvents(type, null, count);
    }

    /// <summary>Returns the answer.</summary>
    public OrderImportAnswer ToAnswer(OrderImportRequest request, ImportPreview? preview) => new(
        request.Format.Name, request.Source, request.DryRun, accepted + withoutEvents + notCounted + rejected + beyondHorizon,
        accepted, withoutEvents, notCounted, rejected,
        beyondHorizon == 0 ? null : new(beyondHorizon, oldest, IsoDuration.Format(horizon)), listed, omitted, preview);

    private void List(ImportedOrder order, ImportPlace place, string status, RejectionReason reason, string detail)
    {
        if (listed.Count < MaxListed) listed.Add(new(place.Row, place.Column, order.Name, status, reason, detail));
        else omitted++;
    }
}
