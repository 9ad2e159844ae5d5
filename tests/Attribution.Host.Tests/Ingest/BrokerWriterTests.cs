using Attribution.Contracts;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Ingest;
using Attribution.Storage.Sqlite.Database;
using Attribution.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Tests.Ingest;

/// <summary>Server mode's writer: to the broker, or to the spool. The bus is in memory, behind an observer that blocks publishing while the connection is cut.</summary>
public sealed class BrokerWriterTests : IAsyncLifetime, IPublishObserver
{
    private readonly TempFolder folder = new();
    private readonly List<Guid> published = [];
    private readonly IOptions<IngestOptions> options = Options.Create(new IngestOptions
    {
        ConfirmWithin = TimeSpan.FromSeconds(10),
        Spool = { RetryAfter = TimeSpan.FromMilliseconds(5), Synchronous = SqliteSynchronous.Normal },
    });

    private ServiceProvider services = null!;
    private Spool spool = null!;
    private BrokerCircuit circuit = null!;
    private BrokerSpoolDrain drain = null!;
    private volatile bool brokerIsDown;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private BrokerWriter Writer => new(spool, circuit, options);

    public async ValueTask InitializeAsync()
    {
        services = new ServiceCollection().AddLogging().AddMassTransit(bus => bus.UsingInMemory()).BuildServiceProvider();
        var bus = services.GetRequiredService<IBusControl>();
        bus.ConnectPublishObserver(this);
        await bus.StartAsync(Cancellation);
        var host = new HostSettings(new HashSet<Role> { Role.Ingest }, "0", folder.Path);
        spool = new Spool(host, options, new DataLossLog(host), TimeProvider.System);
        await spool.OpenAsync(Cancellation);
        circuit = new BrokerCircuit(bus, TimeProvider.System, NullLogger<BrokerCircuit>.Instance);
        drain = new BrokerSpoolDrain(spool, circuit, TimeProvider.System, options, NullLogger<BrokerSpoolDrain>.Instance);
    }

    [Fact]
    public async Task Confirmed_message_is_not_spooled()
    {
        await Writer.WriteAsync([Pack(), Pack()]);
        published.Count.ShouldBe(2);
        spool.Depth.ShouldBe(0);
    }

    [Fact]
    public async Task Unconfirmed_message_is_spooled_and_later_ones_do_not_wait()
    {
        brokerIsDown = true;
        await Writer.WriteAsync([Pack(), Pack()]);
        spool.Depth.ShouldBe(2);
        circuit.IsClosed.ShouldBeFalse();
        brokerIsDown = false;
        await Writer.WriteAsync([Pack()]);
        published.ShouldBeEmpty();
        spool.Depth.ShouldBe(3);
    }

    [Fact]
    public async Task Message_leaves_the_spool_only_when_confirmed_and_keeps_its_id()
    {
        brokerIsDown = true;
        var packs = Enumerable.Range(0, 5).Select(_ => Pack()).ToList();
        await Writer.WriteAsync(packs);
        await drain.StartAsync(Cancellation);
        await Eventually.IsTrueAsync(() => attempts > packs.Count + 3, "the drain has tried");
        spool.Depth.ShouldBe(5);

        brokerIsDown = false;
        await Eventually.IsTrueAsync(() => spool.Depth == 0, "the spool is empty");
        published.ShouldBe(packs.Select(pack => pack.PackId), ignoreOrder: true);
        circuit.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public async Task Open_circuit_with_an_empty_spool_is_retried()
    {
        await drain.StartAsync(Cancellation);
        brokerIsDown = true;
        (await circuit.TryPublishAsync(Pack(), TimeSpan.FromSeconds(10))).ShouldBeFalse();
        brokerIsDown = false;
        await Eventually.IsTrueAsync(() => circuit.IsClosed, "the line is tried again");
    }

    public async ValueTask DisposeAsync()
    {
        brokerIsDown = false;
        await drain.StopAsync(Cancellation);
        drain.Dispose();
        await spool.DisposeAsync();
        await services.GetRequiredService<IBusControl>().StopAsync(Cancellation);
        await services.DisposeAsync();
        folder.Dispose();
    }

    private int attempts;

    Task IPublishObserver.PrePublish<T>(PublishContext<T> context)
    {
        Interlocked.Increment(ref attempts);
        if (brokerIsDown) throw new InvalidOperationException("The line is cut.");
        lock (published) published.Add(context.MessageId!.Value);
        return Task.CompletedTask;
    }

    Task IPublishObserver.PostPublish<T>(PublishContext<T> context) => Task.CompletedTask;

    Task IPublishObserver.PublishFault<T>(PublishContext<T> context, Exception exception) => Task.CompletedTask;

    private static EventPack Pack() => new()
    {
        PackId = Guid.CreateVersion7(), Schema = EventPack.CurrentSchema, Source = "shop", ReceivedAt = DateTimeOffset.UnixEpoch, Events = [[1]],
    };
}
