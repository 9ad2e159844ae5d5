using System.Text.Json.Nodes;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Tests.Fixtures;
using Attribution.Core.Values;
using Attribution.TestKit;

namespace Attribution.Core.Tests.Payouts;

/// <summary>
/// Tests the truth table of agreements (<c>tests/testdata/agreements.txt</c>) from events through journeys and accruals
/// to adjustments.
/// </summary>
public sealed class AgreementTests
{
    public static TheoryData<string, string, string> Table()
    {
        var (rows, currency, today) = (new TheoryData<string, string, string>(), "", "");
        foreach (var line in File.ReadLines(Path.Combine(TestData.Repository, "tests", "testdata", "agreements.txt")).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line.StartsWith("currency ", StringComparison.Ordinal)) currency = line[9..];
            else if (line.StartsWith("today ", StringComparison.Ordinal)) today = line[6..];
            else rows.Add(currency, today, line);
        }

        return rows;
    }

    [Fact]
    public void Table_is_complete() => Table().Count.ShouldBeGreaterThan(80);

    [Theory]
    [MemberData(nameof(Table))]
    public void Agreement_yields_the_expected_amounts(string currency, string today, string row)
    {
        var parts = row.Split('|');
        var item = Agreement(parts[0].Trim());
        var engine = new InMemoryEngine().Put(
            new BrandItem("default", "Glow", currency), new CampaignItem("spring", "Spring"), new CreatorItem("mia", "Mia"), new CreatorItem("ben", "Ben"),
            new LinkItem("mia", "mia", "https://shop.example/", "spring", "mia"), new CodeItem("mia", "MIA", "spring", "mia"), new CodeItem("ben", "BEN", "spring", "ben"));
        CatalogRules.Check(new CatalogDraft(engine.Catalog.Contents), item).ShouldBeEmpty();
        engine.Put(item);
        var orders = parts[1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < orders.Length; i++) engine.Process(Events(orders[i], i, currency));

        engine.Accruals.Values.Order(ByKey).ShouldBe(engine.Journeys.SelectMany(PeriodAccrual.FromJourney).Order(ByKey));
        var adjustments = PeriodAdjustments.Calculate(engine.Catalog.FindAgreement("a")!, engine.Accruals.Values, Day(today));
        var plain = engine.Journeys.SelectMany(journey => journey.Conversions).SelectMany(conversion => conversion.Accruals).Where(accrual => accrual.Agreement == "a").Sum(accrual => accrual.Commission);
        var added = string.Join("; ", adjustments.Select(line => $"{Reason(line.Reason)} {line.Day:MM-dd} {Currency.Parse(currency).Format(line.Amount)}"));
        $"{added} = {Currency.Parse(currency).Format(plain + adjustments.Sum(line => (long)line.Amount))}".Trim().ShouldBe(parts[2].Trim());
    }

    private static readonly IComparer<PeriodAccrual> ByKey = Comparer<PeriodAccrual>.Create((a, b) => string.CompareOrdinal(a.Key, b.Key));

    private static string Reason(LedgerReason reason) => reason == LedgerReason.PostFee ? "post_fee" : reason.ToString().ToLowerInvariant();

    private static DateOnly Day(string day) => DateOnly.ParseExact("2026-" + day, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static AgreementItem Agreement(string text)
    {
        var (commission, rest) = (text[..text.IndexOf(' ', StringComparison.Ordinal)], JsonNode.Parse(text[text.IndexOf('{', StringComparison.Ordinal)..])!.AsObject());
        var paid = new JsonObject();
        foreach (var part in commission.Split('+'))
            if (part.EndsWith('%')) paid["rate"] = part[..^1];
            else if (part.EndsWith("/order", StringComparison.Ordinal)) paid["amount"] = part[..^6];
            else paid["leadAmount"] = part[..^5];
        paid["kind"] = paid.Count > 1 ? "hybrid" : paid.ContainsKey("rate") ? "percent_of_net" : paid.ContainsKey("amount") ? "fixed_per_conversion" : "fixed_per_lead";
        (rest["id"], rest["campaignId"], rest["creatorId"], rest["commission"]) = ("a", "spring", "mia", paid);
        return (AgreementItem)InMemoryEngine.Item("agreements", rest.ToJsonString());
    }

    private static IEnumerable<string> Events(string order, int number, string currency)
    {
        var words = order.Split(' ');
        string At(int days) => $"{Day(words[0]).AddDays(days):yyyy-MM-dd}T12:{number:D2}:00Z";
        switch (words[1])
        {
            case "lead":
                yield return $$"""{"type":"click","id":"k{{number}}","occurredAt":"{{At(0)}}","link":"mia","visitorId":"v{{number}}"}""";
                yield return $$"""{"type":"conversion","kind":"lead","id":"e{{number}}","conversionId":"{{number}}","occurredAt":"{{At(0)}}","visitorId":"v{{number}}"}""";
                yield break;
            case "post":
                yield return $$"""{"type":"engagement","id":"e{{number}}","occurredAt":"{{At(0)}}","postId":"{{number}}","platform":"instagram","creatorId":"mia","campaignId":"spring","likes":1}""";
                yield return $$"""{"type":"engagement","id":"f{{number}}","occurredAt":"{{At(1)}}","postId":"{{number}}","platform":"instagram","creatorId":"mia","campaignId":"spring","likes":2}""";
                yield break;
        }

        var amounts = words[1].TrimEnd('x').Split('-');
        var (gross, half) = amounts[0].EndsWith("/2", StringComparison.Ordinal) ? (amounts[0][..^2], ",\"BEN\"") : (amounts[0], "");
        var staff = words.Contains("staff") ? ",\"STAFF\"" : "";
        yield return $$"""
            {"type":"redemption","id":"e{{number}}","occurredAt":"{{At(0)}}","orderId":"{{number}}","codes":["MIA"{{half}}{{staff}}],"currency":"{{currency}}","gross":"{{gross}}","isNewCustomer":{{(words.Contains("new") ? "true" : "false")}}}
            """;
        var kind = words[1].EndsWith('x') ? "cancel" : "refund";
        if (words[1].EndsWith('x') || amounts.Length > 1)
            yield return $$"""
                {"type":"refund","id":"r{{number}}","occurredAt":"{{At(1)}}","orderId":"{{number}}","refundId":"r{{number}}","kind":"{{kind}}","currency":"{{currency}}"{{(amounts.Length > 1 ? $",\"amount\":\"{amounts[1]}\"" : "")}}}
                """;
    }
}
