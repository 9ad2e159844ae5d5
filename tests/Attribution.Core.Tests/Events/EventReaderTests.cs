using System.Text;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Quality;
using Attribution.Core.Values;

namespace Attribution.Core.Tests.Events;

public class EventReaderTests
{
    internal static readonly EventContext Context =
        new("shop", "default", new DateTimeOffset(2026, 3, 10, 0, 0, 0, TimeSpan.Zero), EventContext.DefaultHorizon);

    [Fact]
    public void Reads_a_click()
    {
        var click = Read<Click>("""
            {"type":"click","id":"c-1","occurredAt":"2026-03-02T10:15:00Z","link":"Mia-spring","visitorId":"v-77","clickId":"k-1",
             "referrer":"https://www.instagram.com/","userAgent":"Mozilla/5.0 (iPhone)","ip":"203.0.113.9"}
            """);
        click.ShouldBe(new Click
        {
            Id = new EventId("shop", "c-1"), Brand = "default", At = Time("2026-03-02T10:15:00Z"), Slug = "Mia-spring", VisitorId = "v-77", ClickId = "k-1",
        });
    }

    [Fact]
    public void Reads_a_visit_with_utm_parameters_and_click()
    {
        var visit = Read<Visit>("""
            {"type":"visit","id":"p-1","occurredAt":"2026-03-02T10:15:02Z","visitorId":"v-77",
             "url":"https://shop.example/?utm_source=insta+gram&utm_medium=first&utm_medium=Influencer&UTM_campaign=no&utm_content=%20mi%C3%A4%20&utm_term=&atr_cid=k-1#&utm_id=9"}
            """);
        visit.ShouldBe(new Visit
        {
            Id = new EventId("shop", "p-1"), Brand = "default", At = Time("2026-03-02T10:15:02Z"), VisitorId = "v-77", ClickId = "k-1",
            Utm = new Utm("INSTA GRAM", "INFLUENCER", "NO", "MIÄ", Id: "9"),
        });
    }

    [Fact]
    public void Explicit_click_id_takes_precedence_over_the_one_in_the_url()
    {
        Read<Visit>("""{"type":"visit","id":"p","occurredAt":"2026-03-02T10:15:02Z","clickId":"k-2","url":"http://a?atr_cid=k-1"}""").ClickId.ShouldBe("k-2");
        var bare = Read<Visit>("""{"type":"visit","id":"p","occurredAt":"2026-03-02T10:15:02Z","url":"http://a?atr_cid="}""");
        bare.ClickId.ShouldBeNull();
        bare.Utm.ShouldBeNull();
    }

    [Fact]
    public void Reads_a_redemption_as_an_order_with_codes_in_minor_units()
    {
        var order = Read<ReportedConversion>("""
            {"type":"redemption","id":"e-1","occurredAt":"2026-03-03T09:00:00Z","orderId":"1001","codes":[" mia10 ","Zo\u0065\u0308"],"currency":"USD","gross":"100.00",
             "discount":10,"tax":"7.20","shipping":5.00,"customerKey":"cus_9f","isNewCustomer":true,"visitorId":"v-77","clickId":"k-1"}
            """);
        order.Codes.ShouldBe(["MIA10", "ZO\u00CB"]);
        (order with { Codes = null }).ShouldBe(new ReportedConversion
        {
            Id = new EventId("shop", "e-1"), Brand = "default", At = Time("2026-03-03T09:00:00Z"), Kind = ConversionKind.Order, ConversionId = "1001",
            Currency = "USD", Gross = 10000, Discount = 1000, TaxAndShipping = 1220, CustomerKey = "cus_9f", IsNewCustomer = true, VisitorId = "v-77", ClickId = "k-1",
        });
    }

    [Fact]
    public void Sign_up_requires_no_amount()
    {
        var signup = Read<ReportedConversion>(
            """{"type":"conversion","id":"e-3","occurredAt":"2026-03-03T09:05:00Z","kind":"signup","conversionId":"s-5","orderId":null,"visitorId":"v-77"}""");
        signup.ShouldBe(new ReportedConversion
        {
            Id = new EventId("shop", "e-3"), Brand = "default", At = Time("2026-03-03T09:05:00Z"), Kind = ConversionKind.Signup, ConversionId = "s-5", VisitorId = "v-77",
        });
    }

    [Fact]
    public void Reads_a_refund()
    {
        var refund = Read<ReportedRefund>(
            """{"type":"refund","id":"e-4","occurredAt":"2026-03-09T12:00:00Z","orderId":"1001","refundId":"r-1","kind":"refund","currency":"JPY","amount":"45"}""");
        refund.ShouldBe(new ReportedRefund
        {
            Id = new EventId("shop", "e-4"), Brand = "default", At = Time("2026-03-09T12:00:00Z"), OrderId = "1001", RefundId = "r-1",
            Kind = RefundKind.Refund, Currency = "JPY", Amount = 45,
        });
    }

    [Fact]
    public void Reads_a_snapshot_of_a_post()
    {
        var post = Read<PostSnapshot>("""
            {"type":"engagement","id":"g-1","occurredAt":"2026-03-04T00:00:00Z","postId":"ig-123","platform":"instagram","creatorId":"mia","campaignId":"spring",
             "impressions":41000,"reach":30500,"likes":1900,"comments":120,"shares":80,"saves":210,"views":39000,"followers":36000}
            """);
        post.ShouldBe(new PostSnapshot
        {
            Id = new EventId("shop", "g-1"), Brand = "default", At = Time("2026-03-04T00:00:00Z"), PostId = "ig-123", Platform = "instagram",
            Creator = "mia", Campaign = "spring", Impressions = 41000, Reach = 30500, Likes = 1900, Comments = 120, Shares = 80, Saves = 210, Views = 39000,
        });
    }

    [Fact]
    public void Event_may_name_its_own_source_and_brand()
    {
        var click = Read<Click>("""{"type":"click","id":"c","occurredAt":"2026-03-02T10:15:00Z","link":"a","source":"pos","brandId":"glow"}""");
        click.Id.ShouldBe(new EventId("pos", "c"));
        click.Brand.ShouldBe("glow");
    }

    [Theory]
    [InlineData("\"label\":\"prefetch\",\"userAgent\":\"Googlebot/2.1\"", TouchLabel.Prefetch)]
    [InlineData("\"label\":\"head\"", TouchLabel.Head)]
    [InlineData("\"label\":\"bot\"", TouchLabel.Bot)]
    [InlineData("\"userAgent\":\"Googlebot/2.1\"", TouchLabel.Bot)]
    [InlineData("\"label\":null,\"userAgent\":\"\"", TouchLabel.None)]
    public void Touch_is_labeled_by_its_sender_or_by_its_user_agent(string members, TouchLabel label) =>
        Read<Click>($$"""{"type":"click","id":"c","occurredAt":"2026-03-02T10:15:00Z","link":"a",{{members}}}""").Label.ShouldBe(label);

    [Fact]
    public void Escapes_in_names_and_values_are_decoded()
    {
        var click = Read<Click>("""{"\u0074ype":"cl\u0069ck","id":"\ud83d\ude00","occurredAt":"2026-03-02T10:15:00\u002b00:00","link":"a\"\\b"}""");
        click.Id.Id.ShouldBe("😀");
        click.Slug.ShouldBe("a\"\\b");
        click.At.ShouldBe(Time("2026-03-02T10:15:00Z"));
    }

    [Fact]
    public void Text_is_normalized_but_the_id_is_returned_as_sent()
    {
        var result = EventReader.ReadStrict(Encoding.UTF8.GetBytes("""{"type":"click","id":"e\u0301","occurredAt":"2026-03-02T10:15:00Z","link":"a"}"""), Context);
        result.Event!.Id.Id.ShouldBe("\u00e9");
        result.EventId.ShouldBe("e\u0301");
    }

    [Fact]
    public void Unknown_member_is_rejected_by_ingest_and_ignored_on_the_bus()
    {
        var json = """{"type":"click","id":"c","occurredAt":"2026-03-02T10:15:00Z","link":"a","novelty":{"deep":[1,{"x":null}]},"codes":"of another type"}"""u8;
        EventReader.ReadLenient(json, Context).Event.ShouldBeOfType<Click>();
        var fault = EventReader.ReadStrict(json, Context).Fault!;
        fault.ShouldBe(new EventFault(RejectionReason.MemberUnknown, "/novelty", "A click has no such member; omit it."));
    }

    [Theory]
    [InlineData("visitorID", "visitorId")]
    [InlineData("visitor_id", "visitorId")]
    [InlineData("clikId", "clickId")]
    public void Misspelled_member_is_answered_with_a_suggestion(string sent, string meant)
    {
        var result = EventReader.ReadStrict(
            Encoding.UTF8.GetBytes($$"""{"type":"click","id":"c","occurredAt":"2026-03-02T10:15:00Z","link":"a","{{sent}}":"v"}"""), Context);
        result.Fault!.Pointer.ShouldBe("/" + sent);
        result.Fault.Detail.ShouldContain($"did you mean {meant}?");
    }

    /// <summary>Names of other products, whose values would be lost if a sender omitted them.</summary>
    [Theory]
    [InlineData("click", "slug", "link")]
    [InlineData("click", "timestamp", "occurredAt")]
    [InlineData("conversion", "coupon_code", "codes")]
    [InlineData("conversion", "Total", "gross")]
    [InlineData("conversion", "customer-id", "customerKey")]
    [InlineData("refund", "total", "amount")]
    [InlineData("refund", "gross", "amount")]
    public void Name_of_another_product_is_answered_with_ours(string type, string sent, string meant) =>
        EventReader.ReadStrict(Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","id":"c","{{sent}}":"v"}"""), Context)
            .Fault!.Detail.ShouldContain($"did you mean {meant}?");

    [Fact]
    public void Object_around_the_events_is_answered_with_the_list()
    {
        EventReader.ReadStrict("""{"events":[]}"""u8, Context).Fault!.Detail.ShouldEndWith("Send several events as a list, without an object around it.");
        EventReader.ReadStrict("""{"type":"sale"}"""u8, Context).Fault!.Detail.ShouldNotContain("list");
    }

    [Theory]
    [InlineData("\"type\":\"refund\",\"orderId\":\"1\",\"refundId\":\"r\",\"currency\":\"EUR\",\"amount\":1", "kind is required, but absent or null; it is one of refund, cancel, chargeback.")]
    [InlineData("\"type\":\"refund\"", "orderId is required, but absent or null. Also missing: refundId, kind, currency, amount.")]
    [InlineData("\"type\":\"refund\",\"orderId\":\"1\",\"refundId\":\"r\",\"kind\":\"cancel\",\"amount\":1", "currency is required, but absent or null.")]
    [InlineData("\"type\":\"conversion\",\"orderId\":\"1\"", "kind is required, but absent or null; it is one of order, signup, lead.")]
    [InlineData("\"type\":\"conversion\",\"kind\":\"order\",\"discount\":1", "orderId is required, but absent or null. Also missing: currency, gross.")]
    [InlineData("\"type\":\"redemption\"", "orderId is required, but absent or null. Also missing: codes, currency, gross.")]
    [InlineData("\"type\":\"engagement\",\"postId\":null", "postId is required, but absent or null. Also missing: platform.")]
    public void All_missing_members_are_named_at_once(string members, string detail)
    {
        var json = $$"""{"id":"e-1","occurredAt":"2026-03-02T10:15:00Z",{{members}}}""";
        EventReader.ReadStrict(Encoding.UTF8.GetBytes(json), Context).Fault.ShouldNotBeNull().Detail.ShouldBe(detail);
    }

    [Fact]
    public void Fault_of_a_value_is_not_joined_by_missing_members() =>
        EventReader.ReadStrict("""{"type":"click","id":7}"""u8, Context).Fault!.Reason.ShouldBe(RejectionReason.MemberWrongType);

    [Fact]
    public void Id_of_a_rejected_event_is_reported_wherever_it_occurs()
    {
        var result = EventReader.ReadStrict("""{"novelty":1,"type":"click","id":"c-9"}"""u8, Context);
        result.Fault!.Reason.ShouldBe(RejectionReason.MemberUnknown);
        result.Event.ShouldBeNull();
        result.EventId.ShouldBe("c-9");
    }

    [Fact]
    public void Pointer_escapes_reserved_characters() =>
        EventReader.ReadStrict("""{"type":"click","a/b~c":1}"""u8, Context).Fault!.Pointer.ShouldBe("/a~1b~0c");

    [Fact]
    public void Nesting_is_rejected_at_the_seventeenth_level()
    {
        EventReader.ReadLenient(Nested(15), Context).Fault.ShouldBeNull();
        EventReader.ReadLenient(Nested(16), Context).Fault!.ShouldBe(
            new EventFault(RejectionReason.Malformed, "/deep", "Nested deeper than 16 levels, including the event itself."));
        EventReader.ReadLenient(Nested(10_000), Context).Fault!.Pointer.ShouldBe("/deep");
        EventReader.ReadStrict(Encoding.UTF8.GetBytes(new string('[', 10_000)), Context).Fault!.Reason.ShouldBe(RejectionReason.Malformed);

        static byte[] Nested(int levels) => Encoding.UTF8.GetBytes(
            $$"""{"type":"click","id":"c","occurredAt":"2026-03-02T10:15:00Z","link":"a","deep":{{new string('[', levels)}}{{new string(']', levels)}}}""");
    }

    [Fact]
    public void Invalid_utf8_is_malformed()
    {
        var json = """{"type":"click","id":"cX","occurredAt":"2026-03-02T10:15:00Z","link":"a"}"""u8.ToArray();
        json[json.IndexOf((byte)'X')] = 0xff;
        EventReader.ReadStrict(json, Context).Fault!.ShouldBe(new EventFault(RejectionReason.Malformed, "", "The event is not valid UTF-8."));
    }

    [Fact]
    public void Event_size_is_limited()
    {
        var most = Padded(EventLimits.Bytes);
        EventReader.ReadStrict(most, Context).Fault.ShouldBeNull();
        EventReader.ReadStrict(Padded(EventLimits.Bytes + 1), Context).Fault!.Reason.ShouldBe(RejectionReason.TooLong);

        static byte[] Padded(int length) =>
            Encoding.UTF8.GetBytes("""{"type":"click","id":"c","occurredAt":"2026-03-02T10:15:00Z","link":"a"}""".PadRight(length));
    }

    [Theory]
    [InlineData("2025-02-03T00:00:00Z", null)] // 400 days to the millisecond
    [InlineData("2025-02-02T23:59:59.999Z", RejectionReason.TooLate)]
    [InlineData("2026-03-11T00:00:00Z", null)] // a day ahead to the millisecond
    [InlineData("2026-03-11T00:00:00.001Z", RejectionReason.TooEarly)]
    [InlineData("2026-03-11T00:00:00.0009Z", null)]
    [InlineData("0001-01-01T00:00:00Z", RejectionReason.TooLate)]
    [InlineData("9999-12-31T23:59:59Z", RejectionReason.TooEarly)]
    public void Event_must_be_within_the_horizon_and_at_most_one_day_ahead(string time, RejectionReason? reason) =>
        ReasonOf($$"""{"type":"click","id":"c","occurredAt":"{{time}}","link":"a"}""").ShouldBe(reason);

    private static RejectionReason? ReasonOf(string json) => EventReader.ReadLenient(Encoding.UTF8.GetBytes(json), Context).Fault?.Reason;

    private static T Read<T>(string json) where T : JourneyEvent
    {
        var result = EventReader.ReadStrict(Encoding.UTF8.GetBytes(json), Context);
        result.Fault.ShouldBeNull();
        return result.Event.ShouldBeOfType<T>();
    }

    private static Timestamp Time(string text) => Timestamp.From(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture));
}
