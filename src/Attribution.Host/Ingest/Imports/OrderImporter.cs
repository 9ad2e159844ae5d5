using System.IO.Pipelines;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Ingest.Webhooks;
using Attribution.Storage.Journeys;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest.Imports;

/// <summary>
/// Imports a shop's orders from its own export, or from documents of its API, through the mapping of its webhooks. Reads
/// and writes in bounded memory. An order is accepted with all of its events or with none. Importing a file again
/// changes nothing. Thread-safe.
/// </summary>
internal sealed class OrderImporter(
    EventValidator validator, BatchWriter writer, WebhookVendors vendors, IJourneyStore journeys, CatalogCache catalogs, IdGenerator ids,
    IngestMetrics metrics, TimeProvider time, IOptions<IngestOptions> options)
{
    /// <summary>Greatest number of batches of one import that are being written. At this number, reading pauses.</summary>
    private const int MaxPendingBatches = 4;

    /// <summary>Imports a file.</summary>
    /// <param name="request">The parameters.</param>
    /// <param name="isTable">True for CSV, false for documents.</param>
    /// <param name="body">The file.</param>
    /// <param name="cancellation">Cancels the import; accepted orders stay.</param>
    /// <returns>The result, and whether everything accepted is durable.</returns>
    /// <exception cref="RequestRejectedException">The file as a whole cannot be read.</exception>
    public async Task<(OrderImportAnswer Answer, WriteOutcome Outcome)> ImportAsync(
        OrderImportRequest request, bool isTable, PipeReader body, CancellationToken cancellation)
    {
        var planner = request.DryRun ? new ImportPlanner(journeys, catalogs, ids, request.Brand) : null;
        var results = new ImportResults();
        var pending = new Queue<Task<WriteOutcome>>(MaxPendingBatches);
        var open = OpenBatch(request);
        await foreach (var order in ReadOrdersAsync(request, isTable, body, cancellation))
        {
            await AddAsync(order, open, results, cancellation);
            if (open.Batch.Count < options.Value.PackEvents && open.Batch.Bytes < options.Value.PackBytes) continue;
            await FlushAsync(open, planner, pending, cancellation);
            open = OpenBatch(request);
            if (pending.Count == MaxPendingBatches && await pending.Dequeue() is not WriteOutcome.Durable and var early)
                return (results.ToAnswer(request, null), early);
        }

        await FlushAsync(open, planner, pending, cancellation);
        var outcome = WriteOutcome.Durable;
        foreach (var written in pending)
            if (await written is var last && outcome == WriteOutcome.Durable) outcome = last;
        if (outcome == WriteOutcome.Durable && planner is null) results.RecordTo(metrics);
        return (results.ToAnswer(request, planner?.ToPreview()), outcome);
    }

    private async IAsyncEnumerable<ImportedOrder> ReadOrdersAsync(
        OrderImportRequest request, bool isTable, PipeReader body,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var headers = new HeaderDictionary
        {
            ["X-Shopify-Topic"] = request.Format.Topic, ["X-WC-Webhook-Topic"] = request.Format.Topic,
        };
        var shop = new WebhookDelivery(request.Source, headers, default) { ReceivedAt = time.GetUtcNow() };
        if (!isTable)
        {
            await foreach (var order in OrderDocuments.ReadAsync(body, vendors.Find(request.Format.Vendor)!, shop, cancellation)) yield return order;
            yield break;
        }

        using var table = await OrderTable.OpenAsync(body.AsStream(), cancellation);
        await foreach (var order in request.Format.ReadTable!(table, shop, cancellation)) yield return order;
    }

    /// <summary>Validates the events of an order, and adds all of them to the batch or none.</summary>
    private async Task AddAsync(ImportedOrder order, OpenImport open, ImportResults results, CancellationToken cancellation)
    {
        if (order.Fault is { } fault)
        {
            results.AddFault(order, fault);
            return;
        }

        var validated = new List<ValidationResult>(order.Events.Count);
        foreach (var one in order.Events)
            validated.Add(await validator.ValidateAsync(one, open.Caller, open.Context, cancellation));
        var refusals = validated.Where(result => result.Refused is not null).Select(result => result.Refused!).ToList();
        if (refusals.FirstOrDefault(refused => refused.Reason != RejectionReason.TooLate) is { } refused)
            results.AddFault(order, new(order.Locate(refused.Pointer), refused.Reason, refused.Detail));
        else if (refusals.Count > 0)
            results.AddBeyondHorizon(FindTime(refusals[0], open.Context), open.Context.Horizon);
        else
        {
            validated.ForEach(open.Batch.Add);
            results.AddAccepted(order, validated);
        }
    }

    /// <summary>Returns the time of an event that is too old.</summary>
    private static DateTimeOffset FindTime(RefusedEvent refused, EventContext context) =>
        EventReader.ReadLenient(refused.Payload, context with { Horizon = TimeSpan.MaxValue }).Event?.At.ToDateTimeOffset() ?? context.ReceivedAt;

    /// <summary>Starts writing a batch, or plans it in a dry run.</summary>
    private async Task FlushAsync(
        OpenImport open, ImportPlanner? planner, Queue<Task<WriteOutcome>> pending, CancellationToken cancellation)
    {
        if (planner is null) pending.Enqueue(writer.WriteAsync(open.Batch));
        else await planner.AddAsync(open.Batch, open.Context, cancellation);
    }

    private OpenImport OpenBatch(OrderImportRequest request)
    {
        var receivedAt = EventBatch.TruncateTime(time.GetUtcNow(), EventBatch.DeliveryResolution);
        var caller = new Caller(request.Source, request.Brand.Id, MaySpeakForOthers: false) { OnlyBrand = request.Brand.Id };
        var horizon = request.HorizonDays is { } days ? TimeSpan.FromDays(days) : options.Value.Horizon;
        return new(
            caller, new EventBatch(caller, receivedAt, request.HorizonDays),
            new EventContext(caller.Source, caller.Brand, receivedAt, horizon) { Bots = null });
    }

    private sealed record OpenImport(Caller Caller, EventBatch Batch, EventContext Context);
}

/// <summary>The parameters of an import of orders.</summary>
/// <param name="Format">The format.</param>
/// <param name="Source">The shop, as in the address of its webhooks.</param>
/// <param name="Brand">The brand.</param>
/// <param name="DryRun">True to write nothing.</param>
/// <param name="HorizonDays">Greatest age of an order in days; null for <c>Ingest:Horizon</c>.</param>
internal sealed record OrderImportRequest(OrderFormat Format, string Source, BrandSettings Brand, bool DryRun, int? HorizonDays = null);
