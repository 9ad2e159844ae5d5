using System.Diagnostics.Metrics;
using System.Globalization;
using Attribution.Contracts;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;
using Attribution.Storage;
using Attribution.Storage.Formats;
using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Attribution;

/// <summary>
/// Commits messages, one transaction after the other. Waiting messages share a transaction, and messages that arrive
/// meanwhile share the next. A single message therefore never waits for others, and under load the store sets the pace.
/// While one transaction is written, the next is planned on its expected result; the plan is discarded if the result
/// differs. The data of a plan is loaded between two writes, when the store's writing connection is free, which has the
/// data in its cache. Meanwhile the documents of the previous commit are encoded. When a message cannot be committed,
/// the other messages of its transaction are committed without it. When the host stops, the transaction under way ends and
/// the other messages stay on the bus. Thread-safe.
/// </summary>
internal sealed partial class CommitQueue(
    Attributor attributor, IOptions<AttributionOptions> options, IHostApplicationLifetime lifetime, CommitProgress progress,
    ILogger<CommitQueue> logger)
{
    private readonly Lock sync = new();
    private readonly Queue<PendingPack> queue = [];
    private bool running;

    /// <summary>Commits a message. Returns when it is committed, by this call or an earlier one.</summary>
    /// <exception cref="StoreFaultException">The store is unavailable or rejects the message.</exception>
    /// <exception cref="OperationCanceledException">It is not known whether the message is committed.</exception>
    public Task EnqueueAsync(EventPack pack, CancellationToken cancellation)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) throw new CommitsStoppedException();
        var waiting = new PendingPack(pack);
        progress.Begin();
        lock (sync)
        {
            queue.Enqueue(waiting);
            if (!running) _ = Task.Run(RunAsync, CancellationToken.None);
            running = true;
        }

        return WaitAsync(waiting, cancellation);
    }

    private async Task WaitAsync(PendingPack waiting, CancellationToken cancellation)
    {
        try
        {
            await waiting.Committed.WaitAsync(cancellation);
            progress.End(null);
        }
        catch (Exception e)
        {
            progress.End(e);
            throw;
        }
    }

    private async Task RunAsync()
    {
        var (planned, written) = (default(PlannedGroup), Task.FromResult(true));
        while (true)
        {
            var mayEnd = planned is null && written.IsCompleted;
            var group = DequeueGroup(mayEnd);
            if (group.Count == 0 && mayEnd) return;

            var loading = group.Count == 0 ? null : LoadGroupAsync(group, written);
            if (!await written && planned is not null)
            {
                await CommitGroupAsync(planned.Group, encoded: null);
                planned = null;
            }

            if (loading is not null) await Task.WhenAny(loading);
            var ahead = planned;
            written = ahead is null ? Task.FromResult(true) : Task.Run(
                () => CommitGroupAsync(ahead.Group, ahead.Encoded));
            planned = loading is null ? null : await PlanGroupAsync(group, loading, ahead?.Plan);
            if (planned is null && group.Count > 0)
            {
                await written;
                await CommitGroupAsync(group, encoded: null);
            }
        }
    }

    /// <summary>Parses messages while others are written, and then loads their journeys.</summary>
    private async Task<Attributor.LoadedPacks> LoadGroupAsync(List<PendingPack> group, Task written)
    {
        var packs = attributor.ParsePacks(group.Select(pending => pending.Pack));
        await written;
        return await attributor.LoadAsync(packs, CancellationToken.None);
    }

    /// <summary>Plans the commit of a group on what the commit under way will have written.</summary>
    /// <returns>
    /// Null when the group cannot be planned. <see cref="CommitGroupAsync"/> then starts again from the load, and a
    /// fault that persists reaches the messages that it concerns.
    /// </returns>
    private async Task<PlannedGroup?> PlanGroupAsync(
        List<PendingPack> group, Task<Attributor.LoadedPacks> loading, Attributor.CommitPlan? ahead)
    {
        try
        {
            return attributor.PlanCommit(await loading, ahead) is { } plan
                ? new(group, plan, Task.Run(() => attributor.EncodePlan(plan))) : null;
        }
        catch (Exception e)
        {
            LogPlanFailed(e, group.Count);
            return null;
        }
    }

    private List<PendingPack> DequeueGroup(bool mayEnd)
    {
        lock (sync)
        {
            var (group, events) = (new List<PendingPack>(), 0);
            if (lifetime.ApplicationStopping.IsCancellationRequested)
                while (queue.TryDequeue(out var left)) left.Complete(new CommitsStoppedException());
            while (group.Count < options.Value.MessagesPerBatch && queue.TryPeek(out var next)
                && (group.Count == 0 || events + next.Pack.Events.Count <= options.Value.EventsPerCommit))
            {
                events += next.Pack.Events.Count;
                group.Add(queue.Dequeue());
            }

            running = group.Count > 0 || !mayEnd;
            return group;
        }
    }

    /// <summary>Commits as planned, or starting with the load when there is no plan or the plan is outdated.</summary>
    /// <returns>Whether exactly the plan was written.</returns>
    private async Task<bool> CommitGroupAsync(List<PendingPack> group, Task<Attributor.CommitPlan>? encoded)
    {
        try
        {
            var asPlanned = encoded is not null && await attributor.TryCommitAsync(
                await encoded, CancellationToken.None);
            if (!asPlanned)
                await attributor.AttributeAsync(group.ConvertAll(pending => pending.Pack), CancellationToken.None);
            group.ForEach(pending => pending.Complete(null));
            return asPlanned;
        }
        // Only the messages that need a newer format wait for it.
        catch (Exception e) when (
            group.Count == 1 || e is StoreFaultException { IsTransient: true } and not FormatNotAgreedException)
        {
            group.ForEach(pending => pending.Complete(e));
        }
        catch (Exception)
        {
            // Committed one by one, only the faulty messages fail.
            foreach (var pending in group) await CommitGroupAsync([pending], encoded: null);
        }

        return false;
    }

    [LoggerMessage(
        EventIds.PlanFailed, LogLevel.Warning, "A commit of {Messages} messages could not be planned ahead; it starts again from the load")]
    private partial void LogPlanFailed(Exception exception, int messages);

    private sealed record PlannedGroup(
        List<PendingPack> Group, Attributor.CommitPlan Plan, Task<Attributor.CommitPlan> Encoded);

    private sealed class PendingPack(EventPack pack)
    {
        private readonly TaskCompletionSource committed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EventPack Pack => pack;

        public Task Committed => committed.Task;

        public void Complete(Exception? failure)
        {
            if (failure is null) committed.SetResult();
            else committed.SetException(failure);
        }
    }
}

/// <summary>
/// The host stops before it has committed a message. As a transient fault of the store, it keeps the message on the bus.
/// </summary>
internal sealed class CommitsStoppedException() : StoreFaultException("The host is stopping; the message stays on the bus.")
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}

/// <summary>
/// Consumes packs from the bus. A pack is acknowledged after its commit. The definition owns retries and concurrency.
/// </summary>
internal sealed class EventPackConsumer(CommitQueue commits, RedeliveredPacks redelivered) : IConsumer<EventPack>
{
    /// <inheritdoc/>
    public Task Consume(ConsumeContext<EventPack> context)
    {
        if (context.Message.Schema > EventPack.CurrentSchema) throw new NewerSchemaException(context.Message.Schema);
        var received = context.ReceiveContext;
        return received.Redelivered || received.TransportHeaders.TryGetHeader(RedeliveredPacks.RenewedHeader, out _)
            ? redelivered.ConsumeAsync(context)
            : commits.EnqueueAsync(context.Message, context.CancellationToken);
    }
}

/// <summary>Queue, retries and concurrency of <see cref="EventPackConsumer"/>.</summary>
internal sealed class EventPackConsumerDefinition : ConsumerDefinition<EventPackConsumer>
{
    private readonly AttributionOptions options;
    private readonly bool onBroker;

    /// <summary>Sets the queue's name.</summary>
    public EventPackConsumerDefinition(IOptions<AttributionOptions> options, IOptions<BusOptions> bus)
    {
        this.options = options.Value;
        onBroker = bus.Value.Transport == Transport.RabbitMq;
        EndpointName = BusNames.AttributeQueue;
    }

    /// <inheritdoc/>
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<EventPackConsumer> consumerConfigurator, IRegistrationContext context)
    {
        // The messages of one transaction, and those of the next.
        endpointConfigurator.PrefetchCount = options.MessagesPerBatch * 2;
        endpointConfigurator.ConcurrentMessageLimit = options.MessagesPerBatch * 2;

        // While the store is unavailable, the message stays on the broker without an acknowledgement. When the consumer
        // is killed, another one gets it. In embedded mode the spool publishes it again.
        if (onBroker)
        {
            endpointConfigurator.UseMessageRetry(retry =>
            {
                retry.Handle<StoreFaultException>(fault => fault.IsTransient);
                retry.Exponential(
                    int.MaxValue, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(200));
            });
        }

        endpointConfigurator.UseMessageRetry(retry =>
        {
            if (onBroker) retry.Ignore<StoreFaultException>(fault => fault.IsTransient);
            retry.Ignore<NewerSchemaException>();
            retry.Ignore<PoisonMessageException>();
            retry.Intervals(100, 500, 2_000, 5_000);
        });
    }
}

/// <summary>Number of messages that wait in this process, the time without a commit, and its cause. Thread-safe.</summary>
internal sealed class CommitProgress
{
    /// <summary>
    /// Time for which a message counts as waiting after a failure. The pauses of retries, in which no message waits here, are
    /// shorter.
    /// </summary>
    public static readonly TimeSpan RetryWindow = TimeSpan.FromMinutes(1);

    private readonly Lock sync = new();
    private readonly TimeProvider time;
    private int waiting;
    private long since;
    private long? failedAt;
    private string? fault;

    /// <summary>Creates the instrument.</summary>
    public CommitProgress(TimeProvider time, IMeterFactory meters)
    {
        this.time = time;
        meters.Create(AttributionMetrics.MeterName).CreateObservableGauge(
            "attribution.attribute.stalled", () => Read().Stalled.TotalSeconds, "s",
            "Time for which messages have waited in this process and none was committed; 0 if none waits.");
    }

    /// <summary>Returns the number of waiting messages, the time without a commit, and the last fault since then.</summary>
    public (int Waiting, TimeSpan Stalled, string? Fault) Read()
    {
        lock (sync) return IsWaiting() ? (waiting, time.GetElapsedTime(since), fault) : (0, TimeSpan.Zero, null);
    }

    /// <summary>Counts a message that waits for its commit.</summary>
    public void Begin()
    {
        lock (sync)
        {
            if (!IsWaiting()) (since, fault, failedAt) = (time.GetTimestamp(), null, null);
            waiting++;
        }
    }

    /// <summary>Counts a message that was committed, or failed.</summary>
    public void End(Exception? failure)
    {
        lock (sync)
        {
            waiting--;
            if (failure is null) (since, fault, failedAt) = (time.GetTimestamp(), null, null);
            else if (failure is not OperationCanceledException)
                fault = failure is StoreFaultException stored ? stored.Summary : failure.Message;
            // Only such a message is tried again; others are given up.
            if (failure is StoreFaultException { IsTransient: true } and not CommitsStoppedException) failedAt = time.GetTimestamp();
        }
    }

    private bool IsWaiting() => waiting > 0 || (failedAt is { } at && time.GetElapsedTime(at) < RetryWindow);
}

/// <summary>Reports the stage as not ready while messages wait and none was committed for half a minute.</summary>
internal sealed class CommitProgressHealthCheck(CommitProgress progress) : IHealthCheck
{
    /// <summary>Time without a commit after which the stage is not ready. A commit takes seconds at most.</summary>
    public static readonly TimeSpan MaxStall = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (waiting, stalled, fault) = progress.Read();
        return Task.FromResult(stalled < MaxStall
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy(string.Create(
                CultureInfo.InvariantCulture,
                $"Messages wait, {waiting} of them now, and nothing was committed for {stalled.TotalSeconds:0} s{(fault is null ? "." : $": {fault}")}")));
    }
}
