using System.Text;
using System.Text.Json;
using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Core.Tests.Events;

/// <summary>
/// Tests that reading any bytes returns an event or a fault and never throws. Seeds are fixed, so that failures are
/// reproducible.
/// </summary>
public class EventReaderFuzzTests
{
    private static readonly string[] Valid =
    [
        """{"type":"click","id":"c-1","occurredAt":"2026-03-02T10:15:00.123456+01:00","link":"mia-spring","visitorId":"v-77","clickId":"k-1","referrer":"","userAgent":"Mozilla","ip":"203.0.113.9","label":"bot"}""",
        """{"type":"visit","id":"p-1","occurredAt":"2026-03-02T10:15:02Z","visitorId":"v-77","url":"https://shop.example/?utm_source=inst%C3%A4gram+x&utm_content=%F0%9F%98%80&atr_cid=k-1#f"}""",
        """{"type":"redemption","id":"e-1","occurredAt":"2026-03-03T09:00:00Z","orderId":"1001","codes":["MIA10","zo\u00eb"],"currency":"USD","gross":"100.00","discount":1e1,"tax":null,"customerKey":"cus\ud83d\ude00","isNewCustomer":true}""",
        """{"type":"conversion","id":"e-3","occurredAt":"2026-03-03T09:05:00Z","kind":"signup","conversionId":"s-5","visitorId":"v-77"}""",
        """{"type":"refund","id":"e-4","occurredAt":"2026-03-09T12:00:00Z","orderId":"1001","refundId":"r-1","kind":"refund","currency":"USD","amount":45.00}""",
        """{"type":"refund","id":"e-5","occurredAt":"2026-03-09T12:00:00Z","orderId":"1001","refundId":"r-1","kind":"cancel","void":true,"stateAt":"2026-03-09T12:00:01Z"}""",
        """{"type":"payment","id":"e-6","occurredAt":"2026-03-09T12:00:00Z","orderId":"sub-5","paymentId":"in-2","currency":"USD","gross":"30.00","tax":"5.40"}""",
        """{"type":"conversion","id":"e-6","occurredAt":"2026-03-03T09:00:00Z","kind":"order","orderId":"1001","currency":"USD","gross":1,"stateAt":"2026-03-09T12:00:01Z","refundIds":["r-1"]}""",
        """{"type":"engagement","id":"g-1","occurredAt":"2026-03-04T00:00:00Z","postId":"ig-123","platform":"instagram","impressions":41000,"followers":36000}""",
    ];

    private static readonly string[] Snippets =
    [
        "\"", "\\", "{", "}", "[", "]", ",", ":", "null", "true", "-1", "1e999", "1e-999", "0.001", "\\ud800", "\\udc00", "\\u0000", "\\ufffe", "\ufffe", "\u0301", "ip",
        "\"ip\":\"1\",", "\"\\u0069p\":1,", "\"id\":\"x\",", "%", "%ff", "@b.c", "9999999999999999999999999", "\u00a0", "\t", "type", "é", "😀",
    ];

    [Fact]
    public void Random_bytes_are_rejected()
    {
        var random = new Random(20260302);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            if (i % 2 == 0 && bytes.Length > 0) bytes[0] = (byte)'{';
            IsAccepted(bytes).ShouldBeFalse();
        }
    }

    [Fact]
    public void Mutated_valid_events_are_read_or_rejected()
    {
        var random = new Random(20260303);
        var read = 0;
        for (var i = 0; i < 60_000; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(Valid[i % Valid.Length]).ToList();
            for (var changes = random.Next(4); changes > 0; changes--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0: bytes[at] = (byte)random.Next(256); break;
                    case 1: bytes.RemoveRange(at, random.Next(1, Math.Min(8, bytes.Count - at) + 1)); break;
                    case 2: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Snippets[random.Next(Snippets.Length)])); break;
                    default: bytes.InsertRange(at, bytes[random.Next(bytes.Count)..]); break;
                }
                if (bytes.Count == 0) break;
            }
            if (IsAccepted([.. bytes])) read++;
        }
        read.ShouldBeInRange(15_000, 59_999); // the test is meaningful only with both
    }

    private static readonly CustomerKeyHasher Keys = new(new byte[CustomerKeyHasher.MinSecretBytes]);

    private static bool IsAccepted(byte[] bytes)
    {
        var strict = EventReader.ReadStrict(bytes, EventReaderTests.Context);
        var lenient = EventReader.ReadLenient(bytes, EventReaderTests.Context);
        (strict.Event is null).ShouldBe(strict.Fault is not null);
        (lenient.Event is null).ShouldBe(lenient.Fault is not null);
        if (strict.Event is not null) lenient.Event.ShouldNotBeNull();
        if (strict.Fault is { } fault)
        {
            Enum.IsDefined(fault.Reason).ShouldBeTrue();
            fault.Detail.ShouldNotBeNullOrWhiteSpace();
            if (fault.Pointer.Length > 0) fault.Pointer[0].ShouldBe('/');
        }

        var redacted = EventRedaction.Redact(bytes, Keys);
        if (redacted is not null) EventRedaction.Redact(redacted, Keys).ShouldBeNull();
        if (strict.Event is not null)
        {
            using var document = JsonDocument.Parse(redacted ?? bytes);
            document.RootElement.TryGetProperty("ip", out _).ShouldBeFalse();
            if (document.RootElement.TryGetProperty("customerKey", out var key) && key.ValueKind != JsonValueKind.Null) CustomerKeyHasher.IsHashed(key.GetString()!).ShouldBeTrue();
        }
        return strict.Event is not null;
    }
}
