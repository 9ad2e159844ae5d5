using System.Text;
using System.Text.Json;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Values;
using Attribution.Host.Ingest;

namespace Attribution.Host.Tests.Ingest;

/// <summary>A typed event is accepted, rejected and stored exactly as its JSON would be.</summary>
public sealed class TypedEventTests
{
    private const int Samples = 20_000;

    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly EventContext Context = new("shop", "default", Now, TimeSpan.FromDays(400)) { Bots = null };
    private static readonly CustomerKeyHasher Keys = new(Encoding.UTF8.GetBytes("a secret of thirty-two characters"));

    private static readonly string[] Texts =
    [
        "", " ", "a", "mia-spring", "order", "signup", "refund", "cancel", "cafe\u0301", "\u00e9<\">&+'\\", "\U0001F600", "mia@shop.example", "hk_AAAAAAAAAAAAAAAAAAAAAA",
        "https://shop.example/?utm_source=mia&atr_cid=c-1", "ftp://shop.example", "bot", new('x', 64), new('x', 65), new('x', 128), new('x', 129), new('\u00e9', 128),
    ];

    private static readonly string?[] Currencies = [null, "USD", "JPY", "usd", "XXX", ""];
    private static readonly decimal?[] Amounts = [null, 0m, 0.00m, 45.00m, 45.0000m, 12.345m, -1m, 3m, 1e15m, decimal.MaxValue];
    private static readonly DateTimeOffset[] Times =
    [
        Now, Now.AddTicks(12_345_678), Now.AddDays(-399.9), Now.AddDays(-400.1), Now.AddDays(1), Now.AddDays(1.1), new(1969, 12, 31, 23, 59, 59, 999, TimeSpan.FromHours(-5)),
    ];

    [Fact]
    public void Typed_events_are_read_and_stored_like_their_json()
    {
        var random = new Random(20260302);
        for (var i = 0; i < Samples; i++) CheckAgainstJson(CreateEvent(random));
    }

    [Fact]
    public void Events_longer_than_the_limit_are_rejected_by_the_length_of_their_json()
    {
        foreach (var length in (int[])[65_000, 65_390, 65_400, 65_410, 65_500, 70_000])
            CheckAgainstJson(new ConversionEvent("o-1", Now, "order", OrderId: new('x', length), CustomerKey: "customer+1"));
    }

    private static void CheckAgainstJson(TypedEvent typed)
    {
        var json = typed.Serialize(keys: null, out _);
        var stored = typed.Serialize(Keys, out var sentLength);
        var text = Encoding.UTF8.GetString(json);

        sentLength.ShouldBe(json.Length, text);
        stored.ShouldBe(EventRedaction.Redact(json, Keys) ?? json, text);
        Describe(typed.Read(sentLength, Context)).ShouldBe(Describe(EventReader.ReadStrict(json, Context)), text);
    }

    private static string Describe(EventReadResult read) => $"{JsonSerializer.Serialize<object?>(read.Event)} {read.Fault} {read.EventId}";

    private static TypedEvent CreateEvent(Random random)
    {
        return random.Next(5) switch
        {
            0 => new ClickEvent(Pick(Texts), Pick(Times), Pick(Texts), Maybe(), Maybe(), Maybe(), Maybe(), Maybe(), Maybe(), Label: Maybe()),
            1 => new VisitEvent(Pick(Texts), Pick(Times), Pick(Texts), Maybe(), Maybe(), Maybe(), Maybe(), Maybe(), Maybe(), Label: Maybe()),
            2 => new ConversionEvent(
                Pick(Texts), Pick(Times), random.Next(2) == 0 ? "order" : Pick(Texts), Maybe(), Maybe(), Pick(Currencies), Pick(Amounts), Maybe(), Maybe(),
                random.Next(3) == 0 ? null : [.. Enumerable.Range(0, random.Next(23)).Select(_ => random.Next(9) == 0 ? Pick(Texts) : "mia10")],
                Pick(Amounts), Pick(Amounts), Pick(Amounts), Maybe(), random.Next(3) == 0 ? null : random.Next(2) == 0, Maybe(), Maybe(),
                MaybeTime(), random.Next(3) > 0 ? null : [.. Enumerable.Range(0, random.Next(3)).Select(_ => Pick(Texts))]),
            3 => new PaymentEvent(
                Pick(Texts), Pick(Times), Pick(Texts), Pick(Texts), Pick(Currencies), Pick(Amounts), Pick(Amounts), Pick(Amounts), Pick(Amounts), Maybe(), Maybe()),
            _ => new RefundEvent(Pick(Texts), Pick(Times), Pick(Texts), Pick(Texts), random.Next(2) == 0 ? "refund" : Pick(Texts), Pick(Currencies), Pick(Amounts), Maybe(), Maybe(),
                random.Next(3) > 0 ? null : random.Next(2) == 0, MaybeTime(), random.Next(2) == 0 ? null : random.Next(2) == 0 ? "total" : Pick(Texts)),
        };

        // Mostly valid members, so that later members are reached.
        string? Maybe() => random.Next(4) == 0 ? Pick(Texts) : random.Next(2) == 0 ? null : "mia-spring";
        DateTimeOffset? MaybeTime() => random.Next(2) == 0 ? null : Pick(Times);
        T Pick<T>(T[] values) => random.Next(3) > 0 ? values[Math.Min(3, values.Length - 1)] : values[random.Next(values.Length)];
    }
}
