using Attribution.Contracts.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Quality;
using Attribution.Core.Values;

namespace Attribution.Core.Tests.Fixtures;

/// <summary>
/// A market of two creators in one campaign, with short factories for its events. Times are minutes since
/// 2026-03-02T00:00Z.
/// </summary>
internal static class Scenario
{
    public static readonly DateOnly Day = new(2026, 3, 2);
    public static readonly Placement Mia = new("spring", "mia");
    public static readonly Placement Ben = new("spring", "ben");
    public const int Hour = 60;
    public const int OneDay = 24 * Hour;

    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset Moment(double minute) => Start.AddMinutes(minute);

    public static Timestamp At(double minute) => Timestamp.From(Moment(minute));

    public static InMemoryEngine Market(string policy = "code_first", string bookModel = "last_touch", decimal? codeShare = null) => new InMemoryEngine().Put(
        new BrandItem("default", "Glow", BookModel: bookModel, Policy: new PolicyItem(policy, codeShare)),
        new CreatorItem("mia", "Mia", CustomerKeys: ["cus_mia"]), new CreatorItem("ben", "Ben"),
        new CampaignItem("spring", "Spring", StartsOn: Day.AddDays(-40), EndsOn: Day.AddDays(40)),
        new LinkItem("mia-l", "mia", "https://shop.example/", "spring", "mia"), new LinkItem("ben-l", "ben", "https://shop.example/", "spring", "ben"),
        new CodeItem("mia-c", "MIA10", "spring", "mia"), new CodeItem("ben-c", "BEN10", "spring", "ben"),
        new UtmRuleItem("mia-u", new UtmItem(Campaign: "spring", Content: "mia*"), "spring", "mia"));

    public static Click Click(string slug, double minute, string visitor = "v", string? clickId = null, TouchLabel label = TouchLabel.None) => new()
    {
        Id = Id($"click {slug} {minute} {visitor}"), Brand = "default", At = At(minute), Slug = slug, VisitorId = visitor, ClickId = clickId, Label = label,
    };

    public static Visit Visit(double minute, string? clickId = null, Utm? utm = null, string? visitor = "v", TouchLabel label = TouchLabel.None) => new()
    {
        Id = Id($"visit {minute} {visitor}"), Brand = "default", At = At(minute), ClickId = clickId, Utm = utm, VisitorId = visitor, Label = label,
    };

    public static ReportedConversion Order(
        string id, double minute, long gross = 10_000, string[]? codes = null, string? visitor = "v", string? customer = null,
        long? discount = null, string currency = "USD", string? clickId = null, string say = "order") => new()
    {
        Id = Id($"{say} {id} {minute}"), Brand = "default", At = At(minute), Kind = ConversionKind.Order, ConversionId = id, Currency = currency,
        Gross = gross, Discount = discount, Codes = codes, VisitorId = visitor, CustomerKey = customer, ClickId = clickId,
    };

    public static ReportedRefund Refund(string order, double minute, long? amount, RefundKind kind = RefundKind.Refund, string id = "r", string currency = "USD") => new()
    {
        Id = Id($"refund {order} {id} {minute}"), Brand = "default", At = At(minute), OrderId = order, RefundId = id, Kind = kind, Currency = currency, Amount = amount,
    };

    /// <summary>Limits the number of touches, of touches without credit, and of conversions of a journey.</summary>
    public static InMemoryEngine WithBounds(this InMemoryEngine engine, int touches = 500, int aside = 200, int conversions = 2_000)
    {
        engine.Bounds = new(touches, aside, conversions);
        return engine;
    }

    /// <summary>Returns the credited gross of an order by placement under a model.</summary>
    public static Dictionary<Placement, long> GrossByPlacement(this InMemoryEngine engine, string order, Model model = Model.LastTouch) =>
        engine.Conversion(order).Credits.Where(credit => credit.Models.Contains(model)).ToDictionary(credit => credit.Placement, credit => credit.Gross);

    public static Conversion Conversion(this InMemoryEngine engine, string order) =>
        engine.Journeys.SelectMany(journey => journey.Conversions).Single(conversion => conversion.Key == "o:" + order);

    /// <summary>Returns the outcome of each candidate of an order, in order.</summary>
    public static List<Outcome> OutcomesOf(this InMemoryEngine engine, string order) => [.. engine.DecisionOf(order).Candidates.Select(candidate => candidate.Outcome)];

    public static Decision DecisionOf(this InMemoryEngine engine, string order) => engine.JourneyOf(order).EvaluateConversion("o:" + order, engine.Catalog)!.Decision;

    /// <summary>Returns the journey that contains an order.</summary>
    public static Journey JourneyOf(this InMemoryEngine engine, string order) =>
        engine.Journeys.Single(journey => journey.Conversions.Any(conversion => conversion.Key == "o:" + order));

    private static EventId Id(string id) => new("test", id);
}
