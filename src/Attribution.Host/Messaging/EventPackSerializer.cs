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
