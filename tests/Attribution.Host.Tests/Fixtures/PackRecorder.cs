using System.Text;
using System.Text.Json;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Host.Messaging;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Sqlite;
using MassTransit;

namespace Attribution.Host.Tests.Fixtures;

/// <summary>
/// Consumer side of the bus: records messages and commits them to the store without attribution. Thread-safe.
/// </summary>
public sealed class PackRecorder
{
    private readonly Lock gate = new();
    private readonly List<EventPack> delivered = [];
    private readonly Dictionary<Guid, EventPack> committed = [];
    private volatile bool commits = true;

    /// <summary>Indicates whether messages are committed; if not, the consumer throws.</summary>
    public bool Commits
    {
        get => commits;
        set => commits = value;
    }

    /// <summary>Task that each message waits for after it was recorded.</summary>
    public Task Hold { get; init; } = Task.CompletedTask;

    /// <summary>Indicates whether messages are recorded; long runs only commit them.</summary>
    public bool RecordsDeliveries { get; init; } = true;

    /// <summary>Gets all deliveries, including duplicates, in order.</summary>
    public IReadOnlyList<EventPack> Delivered
    {
        get
        {
            lock (gate)
                return [.. delivered];
        }
    }

    /// <summary>Gets each committed message once, in order.</summary>
    public IReadOnlyList<EventPack> Committed
    {
        get
        {
            lock (gate)
                return [.. committed.Values];
        }
    }

    /// <summary>Gets the ids of all accepted, committed events, in order.</summary>
    public IReadOnlyList<string> EventIds => [.. Committed.SelectMany(p => p.Events).Select(e => JsonDocument.Parse(e).RootElement.GetProperty("id").GetString()!)];

    /// <summary>Gets all accepted, committed events as text, in order.</summary>
    public IReadOnlyList<string> Events => [.. Committed.SelectMany(p => p.Events).Select(Encoding.UTF8.GetString)];

    /// <summary>Gets all committed rejections.</summary>
    public IReadOnlyList<RefusedEvent> Refused => [.. Committed.SelectMany(p => p.Refused ?? [])];

    public async Task RecordAsync(EventPack pack, SqliteStore store, CancellationToken cancellation)
    {
        var commit = commits;
        if (RecordsDeliveries)
            lock (gate)
                delivered.Add(pack);
        await Hold.WaitAsync(cancellation);
        if (!commit)
            throw new InvalidOperationException("The store is away.");
        var known = await store.Journeys.FindCommittedPacksAsync([pack.PackId], cancellation);
        if (known.Count == 0)
        {
            var outcome = await store.Journeys.CommitAsync(
                new JourneyCommit { CatalogVersion = await store.Catalog.ReadCatalogVersionAsync(cancellation), Packs = [pack], At = new Timestamp(0) }, cancellation);
            outcome.ShouldBe(CommitOutcome.Committed);
        }

        if (RecordsDeliveries)
            lock (gate)
                committed.TryAdd(pack.PackId, pack);
    }
}

/// <summary>Consumer of one kind of message, on the queue of the attribution stage.</summary>
public sealed class RecordingConsumer(PackRecorder recorder, SqliteStore store) : IConsumer<EventPack>
{
    public static void Register(IBusRegistrationConfigurator bus) => bus.AddConsumer<RecordingConsumer, RecordingConsumerDefinition>();

    public Task Consume(ConsumeContext<EventPack> context)
    {
        context.MessageId.ShouldBe(context.Message.PackId);
        return recorder.RecordAsync(context.Message, store, context.CancellationToken);
    }
}

public sealed class RecordingConsumerDefinition : ConsumerDefinition<RecordingConsumer>
{
    public RecordingConsumerDefinition()
    {
        EndpointName = BusNames.AttributeQueue;
        ConcurrentMessageLimit = 1;
    }
}

/// <summary>Writes brands, the only catalog items that ingest uses.</summary>
public static class CatalogStoreExtensions
{
    public static async Task AddAsync(this ICatalogStore store, string id, string currency = "USD")
    {
        var written = await store.WriteChangeAsync(
            new CatalogChange
            {
                ExpectedVersion = await store.ReadCatalogVersionAsync(TestContext.Current.CancellationToken),
                Puts = [new(new CatalogRef(CatalogKind.Brands, id), new BrandItem(id, id, currency))],
                At = new Timestamp(0),
            },
            TestContext.Current.CancellationToken);
        written.ShouldBeTrue();
    }
}
