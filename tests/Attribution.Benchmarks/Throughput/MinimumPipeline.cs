using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Attribution.Benchmarks.Throughput;

/// <summary>
/// The least that could be called the same job, by hand: a request's body is read and not looked into, packed with what waits beside it into messages
/// of at most <see cref="PackEvents"/> lines, published raw and confirmed to a quorum queue, answered 202, consumed, and inserted line by line into a table
/// with a unique and a visitor index, a transaction a message, flushed to disk as the product does. It validates, matches, credits, folds and answers
/// nothing. Without a broker a message goes straight to the table; without a store it ends at the consumer. <c>GET /count</c> says how many events arrived.
/// </summary>
internal static class MinimumPipeline
{
    private const string Queue = "minimum";
    private const int PackEvents = 500;
    private const int MaxConcurrentPublishes = 16;
    private static long count;

    /// <param name="args">The folder, <c>store</c> or <c>no-store</c>, and the broker's address where there is one.</param>
    public static async Task RunAsync(string[] args)
    {
        using var table = args[1] == "store" ? new Table(Path.Combine(args[0], "minimum.db")) : null;
        var broker = args.Length > 2 ? await new ConnectionFactory { Uri = new Uri(args[2]) }.CreateConnectionAsync() : null;
        Func<PendingRequest[], Task> keep = broker is null ? waiting => Task.Run(() => Store(table, Body(waiting))) : await PublisherAsync(broker);
        if (broker is not null) await ConsumeAsync(broker, table);
        var gathering = Channel.CreateUnbounded<PendingRequest>(new() { SingleReader = true });
        _ = Task.Run(() => BatchAsync(gathering.Reader, keep, broker is null ? 1 : MaxConcurrentPublishes));

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/count", () => Interlocked.Read(ref count));
        app.MapPost("/v1/events", async (HttpRequest request) =>
        {
            var body = new byte[(int)request.ContentLength!.Value];
            await request.Body.ReadExactlyAsync(body);
            var waiting = new PendingRequest(body);
            gathering.Writer.TryWrite(waiting);
            await waiting.Written.Task;
            return Results.Accepted();
        });
        await app.StartAsync();
        Console.WriteLine($"listens on {app.Urls.Single()}");
        await Console.In.ReadToEndAsync();
    }

    /// <summary>What waits is kept at once; what comes while as much is under way as may be waits for the next, as in the product.</summary>
    private static async Task BatchAsync(ChannelReader<PendingRequest> reader, Func<PendingRequest[], Task> keep, int atOnce)
    {
        using var free = new SemaphoreSlim(atOnce);
        while (await reader.WaitToReadAsync())
        {
            await free.WaitAsync();
            var (pack, lines) = (new List<PendingRequest>(), 0);
            while (lines < PackEvents && reader.TryRead(out var waiting))
            {
                pack.Add(waiting);
                lines += waiting.Lines;
            }

            _ = KeepAsync([.. pack]);
        }

        async Task KeepAsync(PendingRequest[] pack)
        {
            await keep(pack);
            free.Release();
            foreach (var one in pack) one.Written.SetResult();
        }
    }

    private static async Task<Func<PendingRequest[], Task>> PublisherAsync(IConnection broker)
    {
        var channel = await broker.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        var properties = new BasicProperties { Persistent = true };
        return async waiting => await channel.BasicPublishAsync("", Queue, mandatory: true, properties, Body(waiting));
    }

    private static async Task ConsumeAsync(IConnection broker, Table? table)
    {
        var channel = await broker.CreateChannelAsync();
        await channel.BasicQosAsync(0, 128, global: false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            Store(table, message.Body.Span);
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
        };
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer);
    }

    private static void Store(Table? table, ReadOnlySpan<byte> body)
    {
        table?.Insert(body);
        Interlocked.Add(ref count, body.Count((byte)'\n') + 1);
    }

    private static byte[] Body(PendingRequest[] pack) => pack.Length == 1 ? pack[0].Body : [.. pack.SelectMany((one, i) => i == 0 ? one.Body : [(byte)'\n', .. one.Body])];

    private sealed class PendingRequest(byte[] body)
    {
        public byte[] Body => body;
        public int Lines { get; } = body.AsSpan().Count((byte)'\n') + 1;
        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>One row an event: its id, its visitor and its bytes.</summary>
    private sealed class Table : IDisposable
    {
        private readonly SqliteConnection connection;
        private readonly SqliteCommand insert;

        public Table(string path)
        {
            connection = new SqliteConnection($"Data Source={path};Pooling=false");
            connection.Open();
            using var make = connection.CreateCommand();
            make.CommandText = """
                PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 32768;
                CREATE TABLE events (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, visitor TEXT, body BLOB NOT NULL);
                CREATE INDEX events_visitor ON events (visitor);
                """;
            make.ExecuteNonQuery();
            insert = connection.CreateCommand();
            insert.CommandText = "INSERT INTO events (id, visitor, body) VALUES ($id, $visitor, $body) ON CONFLICT DO NOTHING";
            foreach (var name in (string[])["$id", "$visitor", "$body"]) insert.Parameters.Add(new SqliteParameter { ParameterName = name });
            insert.Prepare();
        }

        public void Insert(ReadOnlySpan<byte> body)
        {
            lock (insert)
            {
                using var transaction = connection.BeginTransaction();
                insert.Transaction = transaction;
                foreach (var range in body.Split((byte)'\n'))
                {
                    var line = body[range];
                    var (id, visitor) = Keys(line);
                    insert.Parameters[0].Value = id;
                    insert.Parameters[1].Value = (object?)visitor ?? DBNull.Value;
                    insert.Parameters[2].Value = line.ToArray();
                    insert.ExecuteNonQuery();
                }

                transaction.Commit();
            }
        }

        public void Dispose()
        {
            insert.Dispose();
            connection.Dispose();
        }

        private static (string? Id, string? Visitor) Keys(ReadOnlySpan<byte> line)
        {
            var reader = new Utf8JsonReader(line);
            string? id = null, visitor = null;
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1) continue;
                var (isId, isVisitor) = (reader.ValueTextEquals("id"u8), reader.ValueTextEquals("visitorId"u8));
                reader.Read();
                if (isId) id = reader.GetString();
                else if (isVisitor) visitor = reader.GetString();
                else reader.Skip();
            }

            return (id, visitor);
        }
    }
}
