using System.Runtime.Serialization;
using System.Text;
using Attribution.Contracts;
using Attribution.Host.Messaging;
using MassTransit;
using MassTransit.Serialization;

namespace Attribution.Host.Tests.Messaging;

/// <summary>Messages that are accepted, and messages that are permanently rejected.</summary>
public sealed class PackSerializationTests
{
    private const string Id = "019af3b0-0000-7000-8000-000000000001";

    [Theory]
    [InlineData("""{"packId":"019af3b0-0000-7000-8000-000000000001","schema":1,"source":"shop","receivedAt":"2026-03-02T10:00:00Z","events":["e30="]}""")]
    [InlineData("""{"PackId":"019af3b0-0000-7000-8000-000000000001","SCHEMA":1,"source":"shop","receivedAt":"2026-03-02T12:00:00+02:00","events":["e30="],"newer":{"than":["this"]}}""")]
    public void Minimal_pack_from_any_client_is_accepted(string json)
    {
        var pack = Read(json);
        (pack.PackId, pack.Schema, pack.Source, pack.BrandId, pack.ReceivedAt).ShouldBe((Guid.Parse(Id), 1, "shop", null, new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero)));
        Encoding.UTF8.GetString(pack.Events.ShouldHaveSingleItem()).ShouldBe("{}");
    }

    [Theory]
    [InlineData("", "not a pack")]
    [InlineData("null", "null")]
    [InlineData("[]", "not a pack")]
    [InlineData("{}", "packId")]
    [InlineData("""{"packId":"019af3b0-0000-7000-8000-000000000001","schema":1,"source":"shop","receivedAt":"2026-03-02T10:00:00Z","events":null}""", "events")]
    [InlineData("""{"packId":"019af3b0-0000-7000-8000-000000000001","schema":1,"source":"shop","receivedAt":"2026-03-02T10:00:00Z","events":["§"]}""", "events")]
    [InlineData("""{"packId":"1","schema":1,"source":"shop","receivedAt":"2026-03-02T10:00:00Z","events":[]}""", "packId")]
    public void Invalid_pack_is_rejected_with_its_position(string json, string word) =>
        Should.Throw<SerializationException>(() => Read(json)).Message.ShouldContain(word);

    private static EventPack Read(string json)
    {
        var context = new EventPackSerializer().Deserialize(new BytesMessageBody(Encoding.UTF8.GetBytes(json)), EmptyHeaders.Instance);
        context.IsSupportedMessageType<EventPack>().ShouldBeTrue();
        context.IsSupportedMessageType<Fault<EventPack>>().ShouldBeFalse();
        return context.TryGetMessage<EventPack>(out var pack) && pack is not null ? pack : throw new InvalidOperationException("It is none.");
    }
}
