using System.Collections.Concurrent;
using System.Net.Mime;
using System.Runtime.Serialization;
using System.Text.Json;
using Attribution.Contracts;
using MassTransit;
using MassTransit.Serialization;

namespace Attribution.Host.Messaging;

/// <summary>
/// Serializes packs for the bus by <see cref="EventPackJsonContext"/>, in one pass. MassTransit's own reader copies a
/// message and parses it as a document first, which is a tenth of the allocations per event.
/// </summary>
internal sealed class EventPackSerializer : ISerializerFactory, IMessageSerializer, IMessageDeserializer
{
    // Messages have no data outside their body.
    private const RawSerializerOptions RawOptions = RawSerializerOptions.AnyMessageType;

    public ContentType ContentType => SystemTextJsonRawMessageSerializer.JsonContentType;

    public IMessageSerializer CreateSerializer() => this;

    public IMessageDeserializer CreateDeserializer() => this;

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class =>
        context.Message is EventPack pack
            ? new BytesMessageBody(JsonSerializer.SerializeToUtf8Bytes(pack, EventPackJsonContext.Default.EventPack))
            : throw new NotSupportedException($"The bus carries packs of events only, not {typeof(T)}.");

    public MessageBody GetMessageBody(string text) => new StringMessageBody(text);

    public ConsumeContext Deserialize(ReceiveContext receiveContext) =>
        new BodyConsumeContext(receiveContext, Deserialize(
            receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress));

    /// <exception cref="SerializationException">The message is not a pack; retrying does not help.</exception>
    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null)
    {
        try
        {
            var pack = JsonSerializer.Deserialize(body.GetBytes(), EventPackJsonContext.Default.EventPack)
                ?? throw new SerializationException("The message is null.");
            if (pack.Schema < 1) throw new SerializationException("The message is not a pack of events: schema must be at least 1.");
            return new EventPackSerializerContext(
                pack, ContentType, new RawMessageContext(headers, destinationAddress, RawOptions));
        }
        catch (JsonException e)
        {
            throw new SerializationException($"The message is not a pack of events: {e.Message}", e);
        }
    }

    public void Probe(ProbeContext context) => context.CreateScope("json").Add("contentType", ContentType.MediaType);

    private sealed class EventPackSerializerContext(EventPack pack, ContentType contentType, MessageContext context)
        : SystemTextJsonSerializerContext(
            SystemTextJsonMessageSerializer.Instance, SystemTextJsonMessageSerializer.Options, contentType, context, [], message: pack)
    {
        public override bool IsSupportedMessageType<T>() => typeof(T) == typeof(EventPack);

        public override bool IsSupportedMessageType(Type messageType) => messageType == typeof(EventPack);
    }
}

/// <summary>
/// Messages that were put on the in-memory bus, and whether they have left it: consumed, or given up after all retries. As
/// long as the bus has a message, publishing it again would add a second copy and more work. Thread-safe.
/// </summary>
internal sealed class InMemoryDeliveries : IReceiveObserver
{
    private readonly ConcurrentDictionary<Guid, bool> hasLeft = new();

    /// <summary>Records that a message is put on the bus.</summary>
    public void Begin(Guid pack) => hasLeft[pack] = false;

    /// <summary>Returns whether the bus no longer has a message.</summary>
    public bool HasLeft(Guid pack) => hasLeft.GetValueOrDefault(pack, true);

    /// <summary>Forgets a message, because the store has it.</summary>
    public void End(Guid pack) => hasLeft.TryRemove(pack, out _);

    /// <inheritdoc/>
    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => ReportLeft(context);

    /// <inheritdoc/>
    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => ReportLeft(context);

    /// <inheritdoc/>
    public Task ReceiveFault(ReceiveContext context, Exception exception) => Task.CompletedTask;

    private Task ReportLeft<T>(ConsumeContext<T> context)
        where T : class
    {
        if (context.Message is EventPack pack) hasLeft.TryUpdate(pack.PackId, true, false);
        return Task.CompletedTask;
    }
}
