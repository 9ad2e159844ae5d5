using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace Attribution.TestKit.Stores;

/// <summary>
/// Endpoint that speaks MongoDB's wire protocol and answers each command as a script says. It stores nothing and is no
/// server: tests use it for faults that a server cannot be made to have.
/// </summary>
public sealed class ScriptedMongoEndpoint : IAsyncDisposable
{
    private const int OpReply = 1;
    private const int OpQuery = 2004;
    private const int OpMessage = 2013;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<BsonDocument> commands = new();
    private readonly Func<BsonDocument, ScriptedAnswer?> script;
    private readonly int wireVersion;
    private readonly bool replicaSet;
    private readonly Task accepting;

    /// <summary>Starts the endpoint.</summary>
    /// <param name="script">Answer to a command; null for success without contents. The handshake is answered without it.</param>
    /// <param name="wireVersion">Version of the protocol that the handshake names: 17 is MongoDB 6.0, 13 is 5.0.</param>
    /// <param name="replicaSet">True for the primary of a replica set, false for a standalone server.</param>
    public ScriptedMongoEndpoint(Func<BsonDocument, ScriptedAnswer?> script, int wireVersion = 21, bool replicaSet = true)
    {
        (this.script, this.wireVersion, this.replicaSet) = (script, wireVersion, replicaSet);
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Gets the connection string.</summary>
    public string ConnectionString => $"mongodb://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/?directConnection=true&serverSelectionTimeoutMS=3000";

    /// <summary>Gets the names of the commands so far, in order, without those of the handshake and of monitoring.</summary>
    public IReadOnlyList<string> Commands => [.. commands.Select(command => command.GetElement(0).Name)];

    /// <summary>Gets those commands whole. The documents of a write are a member of their own, as the protocol's reference names it.</summary>
    public IReadOnlyList<BsonDocument> Requests => [.. commands];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync(stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                return;
            }

            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                while (await ReadAsync(client.GetStream()) is var (request, operation, command))
                {
                    var answer = Answer(command);
                    if (answer.HangsUp) return;
                    if (answer.Hangs) await Task.Delay(Timeout.Infinite, stop.Token);
                    await WriteAsync(client.GetStream(), request, operation, answer.Document);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client or the test ended.
            }
        }
    }

    private ScriptedAnswer Answer(BsonDocument command)
    {
        var name = command.GetElement(0).Name;
        if (name is "hello" or "isMaster" or "ismaster") return new(Hello());
        if (name is "endSessions" or "ping" or "getLastError") return new(new BsonDocument("ok", 1));
        commands.Enqueue(command);
        return script(command) ?? new(new BsonDocument("ok", 1));
    }

    private BsonDocument Hello()
    {
        var address = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        var hello = new BsonDocument
        {
            { "ismaster", true }, { "isWritablePrimary", true }, { "helloOk", true }, { "maxBsonObjectSize", 16777216 },
            { "maxMessageSizeBytes", 48000000 }, { "maxWriteBatchSize", 100000 }, { "localTime", new BsonDateTime(0) },
            { "logicalSessionTimeoutMinutes", 30 }, { "minWireVersion", 0 }, { "maxWireVersion", wireVersion }, { "readOnly", false }, { "ok", 1 },
        };
        if (replicaSet) hello.Merge(new BsonDocument { { "setName", "rs0" }, { "setVersion", 1 }, { "hosts", new BsonArray { address } }, { "me", address }, { "primary", address } });
        return hello;
    }

    private async Task<(int Request, int Operation, BsonDocument Command)?> ReadAsync(NetworkStream stream)
    {
        var header = new byte[16];
        if (await stream.ReadAtLeastAsync(header, 16, throwOnEndOfStream: false, stop.Token) < 16) return null;
        var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(header) - 16];
        await stream.ReadExactlyAsync(body, stop.Token);
        var operation = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12));
        // The first handshake is a query of the collection $cmd: flags, name, two numbers, document. Later commands are
        // messages: flags, kind of section 0, document; other sections contain the documents of a write.
        var start = operation == OpQuery ? 4 + Array.IndexOf(body, (byte)0, 4) - 4 + 1 + 8 : 5;
        var length = BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(start));
        var command = BsonSerializer.Deserialize<BsonDocument>(body[start..(start + length)]);
        if (operation == OpMessage) AddSequences(command, body.AsSpan(start + length));
        return (BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4)), operation, command);
    }

    /// <summary>Adds the sequences of documents that follow a command: kind 1, length, name, documents.</summary>
    private static void AddSequences(BsonDocument command, ReadOnlySpan<byte> rest)
    {
        while (rest.Length > 5 && rest[0] == 1)
        {
            var sequence = rest.Slice(1, BinaryPrimitives.ReadInt32LittleEndian(rest[1..]));
            rest = rest[(1 + sequence.Length)..];
            var end = sequence[4..].IndexOf((byte)0) + 4;
            var documents = new BsonArray();
            for (var left = sequence[(end + 1)..]; left.Length > 4;)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(left);
                documents.Add(BsonSerializer.Deserialize<BsonDocument>(left[..length].ToArray()));
                left = left[length..];
            }
            command.Add(System.Text.Encoding.UTF8.GetString(sequence[4..end]), documents);
        }
    }

    private async Task WriteAsync(NetworkStream stream, int request, int operation, BsonDocument answer)
    {
        var document = answer.ToBson();
        var before = operation == OpQuery ? 20 : 5;
        var message = new byte[16 + before + document.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(8), request);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), operation == OpQuery ? OpReply : OpMessage);
        if (operation == OpQuery) BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(32), 1);
        document.CopyTo(message, 16 + before);
        await stream.WriteAsync(message, stop.Token);
    }
}

/// <summary>Answer of a script.</summary>
/// <param name="Document">The answer.</param>
/// <param name="Hangs">True if there is none, and the connection stays open.</param>
/// <param name="HangsUp">True if the connection is closed instead.</param>
public sealed record ScriptedAnswer(BsonDocument Document, bool Hangs = false, bool HangsUp = false)
{
    /// <summary>Gets an answer that never comes.</summary>
    public static ScriptedAnswer Never { get; } = new([], Hangs: true);

    /// <summary>Gets a connection that is closed instead of an answer.</summary>
    public static ScriptedAnswer Closed { get; } = new([], HangsUp: true);

    /// <summary>Returns the only batch of a cursor.</summary>
    public static ScriptedAnswer Batch(params BsonDocument[] documents) => new(new BsonDocument
    {
        { "cursor", new BsonDocument { { "id", 0L }, { "ns", "attribution.x" }, { "firstBatch", new BsonArray(documents) } } }, { "ok", 1 },
    });

    /// <summary>Returns a refusal.</summary>
    public static ScriptedAnswer Refusal(int code, string name, string message) => new(new BsonDocument
    {
        { "ok", 0 }, { "errmsg", message }, { "code", code }, { "codeName", name },
    });
}
