using System.Text;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Identity;

namespace Attribution.Core.Tests.Events;

public sealed class OrderLinesReadingTests
{
    private static readonly EventContext Context = new("shop", "default", new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero), TimeSpan.FromDays(30));

    private static string Json(string lines, string currency = "EUR", string gross = "100.00") =>
        $$"""{"type":"conversion","id":"e-1","occurredAt":"2026-03-02T10:00:00Z","kind":"order","orderId":"1","currency":"{{currency}}","gross":"{{gross}}","discount":"10.00","lines":{{lines}}}""";

    private static string RefundJson(string lines) =>
        $$"""{"type":"refund","id":"e-2","occurredAt":"2026-03-02T10:00:00Z","kind":"refund","orderId":"1","refundId":"r","currency":"EUR","amount":"50","lines":{{lines}}}""";

    private static EventReadResult Read(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var (strict, lenient) = (EventReader.ReadStrict(bytes, Context), EventReader.ReadLenient(bytes, Context));
        strict.Event.ShouldNotBeNull(strict.Fault?.Detail);
        LinesOf(lenient).ShouldBe(LinesOf(strict));
        return strict;
    }

    private static string LinesOf(EventReadResult read) => read.Event switch
    {
        ReportedConversion { Lines: { } lines } => string.Join(' ', lines),
        ReportedRefund { Lines: { } lines } => string.Join(' ', lines),
        _ => "none",
    };

    [Fact]
    public void Lines_are_read_in_minor_units_and_thousandths()
    {
        var read = Read(Json("""[{"id":"l-1","product":"TEE-1","category":"shirts","quantity":2,"goods":60,"discount":"10.00"},{"goods":"40.00","quantity":"0.125","product":null}]"""));

        ((ReportedConversion)read.Event!).Lines.ShouldBe(
            [new ReportedLine("l-1", "TEE-1", "shirts", 2_000, 6_000, 1_000), new ReportedLine(null, null, null, 125, 4_000, 0)]);
        read.LeftOut.ShouldBeNull();
        LinesOf(Read(Json("null"))).ShouldBe("none");
        LinesOf(Read(Json("[]"))).ShouldBe("");
    }

    [Theory]
    [InlineData("\"two shirts\"", "/lines", "list")]
    [InlineData("{\"goods\":100}", "/lines", "list")]
    [InlineData("[null]", "/lines/0", "object")]
    [InlineData("[{\"product\":\"p\"}]", "/lines/0/goods", "absent")]
    [InlineData("[{\"goods\":\"1e2\"}]", "/lines/0/goods", "decimal")]
    [InlineData("[{\"goods\":100,\"goods\":100}]", "/lines", "twice")]
    [InlineData("[{\"goods\":101},{\"goods\":-1}]", "/lines/1/goods", "amount")]
    [InlineData("[{\"goods\":50.005},{\"goods\":49.995}]", "/lines/0/goods", "decimals")]
    [InlineData("[{\"goods\":100,\"quantity\":-1}]", "/lines/0/quantity", "number")]
    [InlineData("[{\"goods\":100,\"quantity\":0.0001}]", "/lines/0/quantity", "number")]
    [InlineData("[{\"goods\":100,\"product\":7}]", "/lines/0/product", "string")]
    [InlineData("[{\"goods\":100,\"discount\":100.01}]", "/lines/0/discount", "greater")]
    [InlineData("[{\"goods\":99.98}]", "/lines", "add up")]
    [InlineData("[{\"goods\":100,\"discount\":10.02}]", "/lines", "add up")]
    public void Useless_lines_are_left_out_and_the_order_is_read(string lines, string pointer, string detail)
    {
        var read = Read(Json(lines));

        LinesOf(read).ShouldBe("none");
        var fault = read.LeftOut!.Single();
        fault.Pointer.ShouldBe(pointer);
        fault.Detail.ShouldContain(detail);
    }

    [Fact]
    public void Lines_may_differ_from_the_order_by_one_unit_each()
    {
        LinesOf(Read(Json("""[{"goods":99.99,"discount":10.01}]"""))).ShouldNotBe("none");
        LinesOf(Read(Json("""[{"goods":50.01},{"goods":50.01}]"""))).ShouldNotBe("none");
    }

    [Fact]
    public void More_lines_than_the_limit_and_longer_texts_are_left_out()
    {
        string Lines(int count) => "[" + string.Join(',', Enumerable.Repeat("""{"goods":"0.50"}""", count)) + "]";
        LinesOf(Read(Json(Lines(200)))).ShouldNotBe("none");
        Read(Json(Lines(201), gross: "100.50")).LeftOut!.Single().Detail.ShouldContain("more than 200");
        Read(Json($$"""[{"goods":100,"category":"{{new string('x', 129)}}"}]""")).LeftOut!.Single().Pointer.ShouldBe("/lines/0/category");
    }

    [Fact]
    public void Unknown_member_of_a_line_is_ignored_and_noted()
    {
        var read = Read(Json("""[{"goods":100,"produkt":"p"}]"""));

        LinesOf(read).ShouldNotBe("none");
        read.LeftOut!.Single().Pointer.ShouldBe("/lines/0/produkt");
    }

    [Fact]
    public void Lines_of_a_refund_name_a_line_or_a_product_within_its_amount()
    {
        LinesOf(Read(RefundJson("""[{"id":"l-1","amount":20},{"product":"p","amount":"30.00"}]"""))).ShouldNotBe("none");
        foreach (var lines in (string[])["""[{"amount":20}]""", """[{"id":"l-1","amount":50.02}]""", """[{"id":"l-1"}]""", "[{\"id\":\"\\ud800\",\"amount\":1}]"])
        {
            var read = Read(RefundJson(lines));
            LinesOf(read).ShouldBe("none", lines);
            read.LeftOut!.Count.ShouldBe(1);
        }
    }

    [Fact]
    public void Only_orders_have_lines() =>
        EventReader.ReadStrict(
            """{"type":"conversion","id":"e","occurredAt":"2026-03-02T10:00:00Z","kind":"lead","conversionId":"1","lines":[]}"""u8, Context)
            .Fault!.Pointer.ShouldBe("/lines");

    [Fact]
    public void Typed_events_are_read_like_their_json()
    {
        var order = new ConversionEvent(
            "e-1", Context.ReceivedAt, "order", "1", Currency: "EUR", Gross: 100,
            Lines: [new(60, "p", "c", 2, 0, "l-1"), new(40, new string('x', 129))]);
        foreach (var lines in (OrderLine[][])[[.. order.Lines!], [order.Lines![0], new(40, "q")]])
        {
            var json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(order with { Lines = lines }, ContractsJson.Default.ConversionEvent);
            var typed = EventReader.Read(order with { Lines = lines }, json.Length, Context);
            var read = EventReader.ReadStrict(json, Context);
            LinesOf(typed).ShouldBe(LinesOf(read));
            (typed.LeftOut ?? []).ShouldBe(read.LeftOut ?? []);
        }
    }

    [Fact]
    public void Amounts_of_lines_in_minor_units_are_converted()
    {
        static string Convert(string json)
        {
            MinorUnitAmounts.TryToMajor(Encoding.UTF8.GetBytes(json), out var converted).ShouldBeNull();
            return Encoding.UTF8.GetString(converted);
        }

        var order = Convert(Json("""[{"goods":6000,"discount":1000,"quantity":2},{"goods":"4000"}]""", gross: "10000").Replace("10.00", "1000", StringComparison.Ordinal));
        LinesOf(Read(order)).ShouldBe(string.Join(' ', new ReportedLine(null, null, null, 2_000, 6_000, 1_000), new ReportedLine(null, null, null, 1_000, 4_000, 0)));
        var useless = Read(Convert(Json("""[{"goods":10000.5}]""", gross: "10000").Replace("10.00", "1000", StringComparison.Ordinal)));
        LinesOf(useless).ShouldBe("none");
        useless.LeftOut!.Single().Pointer.ShouldBe("/lines/0/goods");
        Convert(Json("""[{"goods":1,"goods":2}]""", gross: "10000").Replace("10.00", "1000", StringComparison.Ordinal)).ShouldContain("\"gross\":\"100.00\"");
    }

    [Fact]
    public void Erasure_keeps_the_lines_and_removes_their_unknown_members()
    {
        var json = Json("""[{"goods":100,"product":"p","buyer":"ann"}]""").Replace("\"kind\"", "\"visitorId\":\"v-7\",\"kind\"", StringComparison.Ordinal);
        var erasure = PersonErasure.Create("default", "v:v-7", "v-7", null, () => "gone");

        var erased = Encoding.UTF8.GetString(erasure.Erase(Encoding.UTF8.GetBytes(json), Context)!);

        erased.ShouldContain("""[{"goods":100,"product":"p"}]""");
        erased.ShouldContain("gone");
    }
}
