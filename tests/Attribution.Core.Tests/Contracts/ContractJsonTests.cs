using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Tests.Events;

namespace Attribution.Core.Tests.Contracts;

public class ContractJsonTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 10, 15, 0, TimeSpan.FromHours(1));

    [Fact]
    public void Written_event_starts_with_its_type_and_omits_absent_members() =>
        JsonSerializer.Serialize(new ClickEvent("c-1", At, "mia-spring", VisitorId: "v-77"), ContractsJson.Default.ClickEvent)
            .ShouldBe("""{"type":"click","id":"c-1","occurredAt":"2026-03-02T10:15:00+01:00","link":"mia-spring","visitorId":"v-77"}""");

    [Fact]
    public void Every_event_written_by_a_client_is_readable()
    {
        Reads<Click>(new ClickEvent("1", At, "a", Label: "bot"), ContractsJson.Default.ClickEvent);
        Reads<Visit>(new VisitEvent("1", At, "https://shop.example/?utm_source=a"), ContractsJson.Default.VisitEvent);
        var order = Reads<ReportedConversion>(new RedemptionEvent("1", At, "o", ["MIA10"], "USD", 100.00m, Discount: 0.10m), ContractsJson.Default.RedemptionEvent);
        (order.Gross, order.Discount).ShouldBe((10000, 10));
        Reads<ReportedConversion>(new ConversionEvent("1", At, "lead", ConversionId: "n"), ContractsJson.Default.ConversionEvent);
        Reads<ReportedRefund>(new RefundEvent("1", At, "o", "r", "cancel"), ContractsJson.Default.RefundEvent);
        Reads<ReportedPayment>(new PaymentEvent("1", At, "o", "p"), ContractsJson.Default.PaymentEvent);
        Reads<PostSnapshot>(new EngagementEvent("1", At, "p", "tiktok", Views: 5), ContractsJson.Default.EngagementEvent);
    }

    [Theory]
    [InlineData("""{"id":"a","code":"A","campaignId":"c","creatorId":"m","novelty":1}""", "novelty")]
    [InlineData("""{"id":"a","code":"A","code":"B","campaignId":"c","creatorId":"m"}""", "code")]
    [InlineData("""{"id":"a","campaignId":"c","creatorId":"m"}""", "code")]
    [InlineData("""{"id":"a","code":null,"campaignId":"c","creatorId":"m"}""", "code")]
    [InlineData("""{"id":"a","code":5,"campaignId":"c","creatorId":"m"}""", "code")]
    public void Catalog_item_with_a_wrong_member_is_rejected_by_member_name(string json, string member) =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize(json, ContractsJson.Default.CodeItem)).Message.ShouldContain(member, Case.Insensitive);

    [Fact]
    public void Optional_catalog_members_may_be_absent_or_null()
    {
        var item = JsonSerializer.Deserialize("""{"id":"a","campaignId":"c","kind":"fee","currency":"USD","amount":"300.00","on":"2026-03-02","to":null}""", ContractsJson.Default.CostItem);
        item.ShouldBe(new CostItem("a", "c", "fee", "USD", 300.00m, On: new DateOnly(2026, 3, 2)));
        JsonSerializer.Serialize(item, ContractsJson.Default.CostItem).ShouldContain("\"amount\":\"300.00\"");
    }

    [Fact]
    public void Pack_round_trips()
    {
        var pack = new EventPack
        {
            PackId = Guid.Parse("01890000-0000-7000-8000-000000000001"), Schema = EventPack.CurrentSchema, Source = "shop", ReceivedAt = At,
            Events = ["{}"u8.ToArray()],
            Refused = [new RefusedEvent { Reason = RejectionReason.TooLate, Pointer = "/occurredAt", Detail = "late", Payload = [1, 2] }],
        };
        var json = JsonSerializer.Serialize(pack, ContractsJson.Default.EventPack);
        json.ShouldContain("\"reason\":\"too_late\"");
        var read = JsonSerializer.Deserialize(json, ContractsJson.Default.EventPack)!;
        read.Events.Single().ShouldBe("{}"u8.ToArray());
        read.Refused!.Single().Payload.ShouldBe([1, 2]);
        (read with { Events = pack.Events, Refused = pack.Refused }).ShouldBe(pack);
    }

    private static T Reads<T>(object @event, JsonTypeInfo type) where T : JourneyEvent
    {
        var json = JsonSerializer.Serialize(@event, type);
        var result = EventReader.ReadStrict(Encoding.UTF8.GetBytes(json), EventReaderTests.Context);
        result.Fault.ShouldBeNull(json);
        return result.Event.ShouldBeOfType<T>();
    }
}
