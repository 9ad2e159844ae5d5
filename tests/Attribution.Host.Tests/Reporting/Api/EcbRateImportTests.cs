using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>The files of the European Central Bank as it publishes them.</summary>
public sealed class EcbRateImportTests : IAsyncLifetime
{
    private ReportingHost host = null!;

    public async ValueTask InitializeAsync() => host = await ReportingHost.StartAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task All_rates_since_1999_import_in_seconds_without_the_days_that_cannot_matter()
    {
        var today = DateOnly.FromDateTime(ReportingHost.Now.ToDateTimeOffset().UtcDateTime);
        string[] currencies = ["USD", "JPY", "CYP", .. Currencies.Where(code => code is not ("USD" or "JPY" or "EUR")).Take(38)];
        var csv = new StringBuilder($"Date,{string.Join(',', currencies)},\n");
        for (var day = today; day > new DateOnly(1999, 1, 4); day = day.AddDays(-1))
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                csv.Append(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).Append(",1.08,161.5,")
                    .Append(day.Year < 2008 ? "0.58" : "N/A").Append(string.Concat(Enumerable.Repeat(",2.5", 38))).Append(",\n");

        var clock = Stopwatch.StartNew();
        var (status, answer) = await ImportFileAsync(Zip("eurofxref-hist.csv", csv.ToString()), "application/zip");
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        status.ShouldBe(200, answer?.ToJsonString());
        answer!["rejected"]!.GetValue<int>().ShouldBe(0);
        var before = DateOnly.Parse(answer["leftOutBefore"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        before.ShouldBeInRange(today.AddDays(-434), today.AddDays(-430));
        answer["accepted"]!.GetValue<int>().ShouldBeInRange(40 * 300, 40 * 320);
        answer["leftOutDays"]!.GetValue<int>().ShouldBeGreaterThan(6_000);

        // A cost in the past needs the rates of its day.
        await host.PutCatalogAsync(
            ("/v1/creators/mia", """{"name":"Mia"}"""), ("/v1/campaigns/spring", """{"name":"Spring"}"""),
            ("/v1/costs/old", """{"campaignId":"spring","kind":"fee","currency":"JPY","amount":"100","on":"2020-03-02"}"""));
        (status, answer) = await ImportFileAsync(Encoding.UTF8.GetBytes("Date,USD,\n2020-02-28,1.1,\n2020-01-02,1.1,\n"), "text/csv");
        (answer!["accepted"]!.GetValue<int>(), answer["leftOutDays"]!.GetValue<int>()).ShouldBe((1, 1), status.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("application/xml", false)]
    [InlineData("text/xml", false)]
    [InlineData("application/zip", true)]
    public async Task Rates_of_90_days_import_as_xml(string type, bool zipped)
    {
        var day = DateTime.UtcNow.AddDays(-3).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var xml = $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
            <gesmes:subject>Reference rates</gesmes:subject><gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
            <Cube><Cube time="{day}"><Cube currency="USD" rate="1.0832"/><Cube currency="JPY" rate="161.5"/></Cube>
            <Cube time="1999-01-04"><Cube currency="USD" rate="1.1789"/></Cube></Cube></gesmes:Envelope>
            """;
        var (status, answer) = await ImportFileAsync(zipped ? Zip("rates.xml", xml) : Encoding.UTF8.GetBytes(xml), type);
        status.ShouldBe(200, answer?.ToJsonString());
        (answer!["accepted"]!.GetValue<int>(), answer["rejected"]!.GetValue<int>(), answer["leftOutDays"]!.GetValue<int>()).ShouldBe((2, 0, 1));
        (await host.GetAsync($"/v1/fx-rates/{day}-EUR-JPY")).Body!["rate"]!.GetValue<string>().ShouldBe("161.5");
    }

    [Theory]
    [InlineData("PK\u0003\u0004 but no archive", "application/zip")]
    [InlineData("<Cube", "application/xml")]
    [InlineData("<!DOCTYPE a [<!ENTITY b 'c'>]><Cube/>", "application/xml")]
    public async Task Unreadable_rate_file_is_rejected(string body, string type) =>
        (await ImportFileAsync(Encoding.UTF8.GetBytes(body), type)).Status.ShouldBe(400);

    private static readonly string[] Currencies =
    [
        "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "KRW", "MXN", "MYR", "NOK", "NZD", "PHP",
        "PLN", "RON", "SEK", "SGD", "THB", "TRY", "ZAR", "AED", "ARS", "CLP", "COP", "EGP", "KES", "MAD", "NGN", "PEN", "SAR", "TWD",
    ];

    private static byte[] Zip(string name, string text)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create))
        using (var writer = new StreamWriter(archive.CreateEntry(name).Open())) writer.Write(text);
        return bytes.ToArray();
    }

    private async Task<(int Status, JsonNode? Body)> ImportFileAsync(byte[] body, string type)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new(type);
        using var answer = await host.Http.PostAsync(new Uri("/v1/fx-rates/import", UriKind.Relative), content, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }
}
