using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Storage;
using MassTransit;

namespace Attribution.Tests.Ingest;

/// <summary>
/// The far end of the bus: the consumer writes its messages down here, and the ingest asks here which it has. Only what the ingest uses of the
/// store is there. Thread-safe.
/// </summary>
public sealed class Recorder : IJourneyStore, ICatalogStore
{
    private readonly object gate = new();
    private readonly List<EventPack> delivered = [];
    private readonly Dictionary<Guid, EventPack> committed = [];
    private readonly List<string> brands = ["default"];
    private volatile bool commits = true;

    /// <summary>Whether messages are committed; if not they are delivered, and the consumer throws.</summary>
    public bool Commits
    {
        get => commits;
        set => commits = value;
    }

    /// <summary>Every delivery, doubled ones included, in order.</summary>
    public IReadOnlyList<EventPack> Delivered
    {
        get
        {
            lock (gate)
                return [.. delivered];
        }
    }

    /// <summary>Every message committed, once.</summary>
    public IReadOnlyList<EventPack> Committed
    {
        get
        {
            lock (gate)
                return [.. committed.Values];
        }
    }

    /// <summary>The ids of all accepted events committed, in order.</summary>
    public IReadOnlyList<string> EventIds => [.. Committed.SelectMany(p => p.Events).Select(e => JsonDocument.Parse(e).RootElement.GetProperty("id").GetString()!)];

    /// <summary>All accepted events committed, as text, in order.</summary>
    public IReadOnlyList<string> Events => [.. Committed.SelectMany(p => p.Events).Select(Encoding.UTF8.GetString)];

    /// <summary>All rejections committed.</summary>
    public IReadOnlyList<RefusedEvent> Refused => [.. Committed.SelectMany(p => p.Refused ?? [])];

    public void AddBrand(string id)
    {
        lock (gate)
            brands.Add(id);
    }

    public void Take(EventPack pack)
    {
        lock (gate)
        {
            delivered.Add(pack);
            if (commits)
                committed[pack.PackId] = pack;
        }

        if (!commits)
            throw new InvalidOperationException("The store is away.");
    }

    public ValueTask<IReadOnlySet<Guid>> CommittedPacksAsync(IReadOnlyCollection<Guid> packs, CancellationToken cancellation)
    {
        lock (gate)
            return ValueTask.FromResult<IReadOnlySet<Guid>>(packs.Where(committed.ContainsKey).ToHashSet());
    }

    public ValueTask<long> VersionAsync(CancellationToken cancellation)
    {
        lock (gate)
            return ValueTask.FromResult((long)brands.Count);
    }

    public ValueTask<CatalogContents> LoadAsync(CancellationToken cancellation)
    {
        lock (gate)
            return ValueTask.FromResult(new CatalogContents(
                brands.Count,
                brands.ToImmutableDictionary(b => new CatalogRef(CatalogKind.Brands, b), b => (ICatalogItem)new BrandItem(b, b)),
                []));
    }

    public ValueTask<bool> WriteAsync(CatalogChange change, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<JourneyLoad> LoadAsync(IReadOnlyCollection<Guid> packs, IReadOnlyCollection<AliasKey> aliases, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<CommitOutcome> CommitAsync(JourneyCommit commit, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<StoredJourney>> FindStaleAsync(long catalogVersion, int limit, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<StoredJourney?> FindAsync(AliasKey alias, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<LedgerEntry>> LedgerAsync(string brand, string conversion, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<(IReadOnlyList<RejectionDocument> Rejections, string? Cursor)> RejectionsAsync(
        string? brand, string? cursor, int limit, CancellationToken cancellation) => throw new NotSupportedException();
}

/// <summary>Consumes as the Attribute stage does: from its queue, one kind of message.</summary>
public sealed class RecordingConsumer(Recorder recorder) : IConsumer<EventPack>
{
    public static void Add(IBusRegistrationConfigurator bus) => bus.AddConsumer<RecordingConsumer, RecordingConsumerDefinition>();

    public Task Consume(ConsumeContext<EventPack> context)
    {
        context.MessageId.ShouldBe(context.Message.PackId);
        recorder.Take(context.Message);
        return Task.CompletedTask;
    }
}

public sealed class RecordingConsumerDefinition : ConsumerDefinition<RecordingConsumer>
{
    public RecordingConsumerDefinition()
    {
        EndpointName = Attribution.Host.Hosting.Bus.AttributeQueue;
        ConcurrentMessageLimit = 1;
    }
}
