using System.Diagnostics;
using System.Xml.Linq;
using Attribution.Core.Rollups;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;
using Attribution.Host.Tests.Infra;
using CsvHelper;
using CsvHelper.Configuration;
using MiniExcelLibs;

namespace Attribution.Host.Tests.Reporting.Export;

/// <summary>Tables as CSV and as workbooks, as a spreadsheet reads them.</summary>
public sealed class SpreadsheetTests : IAsyncLifetime
{
    private const string Rollups = "/v1/rollups/daily?from=2026-03-01&to=2026-03-31";

    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(DocumentedExample.Catalog);
        await host.PutCatalogAsync(("/v1/creators/007", """{"name":"=1+1; \"B\""}"""));
        var sums = DocumentedExample.Measures();
        sums.Add(new RollupKey("default", new(2026, 3, 4), "spring", "007"), Measure.Clicks, 3);
        await host.PutRollupsAsync(sums);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData(Rollups, "day,campaignId,creatorId")]
    [InlineData("/creators.csv?from=2026-03-01&to=2026-03-31", "name,tier,niche")]
    [InlineData("/v1/statements?creator=mia&month=2026-03", "number,month,creatorId")]
    [InlineData("/v1/statements/months/2026-03", "month,creatorId,creatorName")]
    [InlineData("/v1/restatements?from=2026-03-01&to=2026-03-31", "day,closedAt,conversionId")]
    [InlineData("/v1/conversions?from=2026-03-01&to=2026-03-31", "")]
    [InlineData("/v1/ranking?from=2026-03-01&to=2026-03-31", "")]
    [InlineData("/v1/posts?from=2026-03-01&to=2026-03-31", "")]
    [InlineData("/v1/unmatched", "")]
    [InlineData("/v1/code-usage", "")]
    [InlineData("/v1/creators", "id,name")]
    [InlineData("/v1/costs", "id,campaignId,kind,currency,amount")]
    [InlineData("/v1/agreements", "id,campaignId,creatorId")]
    [InlineData("/v1/brands", "id,name")]
    public async Task Workbook_has_the_cells_of_the_csv_as_numbers_days_and_texts(string path, string columns)
    {
        var isPage = path.StartsWith("/creators", StringComparison.Ordinal);
        var csv = await ReadCsvAsync(isPage ? path : Add(path, "format=csv"));
        var sheet = await ReadSheetAsync(isPage ? path.Replace(".csv", ".xlsx", StringComparison.Ordinal) : Add(path, "format=xlsx"));
        string.Join(',', csv[0]).ShouldStartWith(columns);
        sheet.Count.ShouldBe(csv.Count);
        foreach (var (text, cells) in csv.Zip(sheet))
        {
            foreach (var (name, wanted, cell) in csv[0].Zip(text, cells))
            {
                switch (cell)
                {
                    case double number: number.ShouldBe(double.Parse(wanted, CultureInfo.InvariantCulture), name); break;
                    case DateTime day: day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture).ShouldBe(wanted, name); break;
                    case bool flag: (flag ? "true" : "false").ShouldBe(wanted, name); break;
                    default: $"{cell}".ShouldBe(CsvFormat.RestoreFormula(wanted), name); break;
                }
            }
        }
    }

    [Fact]
    public async Task Ids_are_texts_and_amounts_numbers()
    {
        var sheet = await ReadSheetAsync(Rollups + "&format=xlsx&groupBy=creator,day");
        var row = sheet.Single(cells => "007".Equals(cells[1]));
        row[0].ShouldBe(new DateTime(2026, 3, 4));
        row[sheet[0].IndexOf("clicks")].ShouldBe(3d);
        sheet.Skip(1).Sum(cells => (double)cells[sheet[0].IndexOf("gross")]!).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Options_change_separator_decimals_labels_and_mark()
    {
        var plain = await BytesAsync(Rollups + "&format=csv&groupBy=creator");
        var german = await BytesAsync(Rollups + "&format=csv&groupBy=creator&options=labels,decimal-comma,bom");
        german[..3].ShouldBe([0xEF, 0xBB, 0xBF]);
        plain[0].ShouldNotBe((byte)0xEF);
        var (names, labels) = (Parse(plain, ',')[0], Parse(german[3..], ';')[0]);
        labels[names.IndexOf("newCustomers")].ShouldBe("New customers");
        labels[names.IndexOf("roiPercent")].ShouldBe("ROI, %");
        foreach (var (text, other) in Parse(plain, ',').Skip(1).Zip(Parse(german[3..], ';').Skip(1)))
            text[names.IndexOf("net")].Replace('.', ',').ShouldBe(other[names.IndexOf("net")]);
        var page = await ReadCsvAsync("/creators.csv?from=2026-03-01&to=2026-03-31&options=semicolon", ';');
        page.ShouldContain(row => row[0] == "'=1+1; \"B\"");
    }

    [Fact]
    public async Task Page_is_downloaded_as_seen()
    {
        var shown = await ReadSheetAsync("/creators.xlsx?from=2026-03-01&to=2026-03-31&columns=shown");
        shown[0].Take(5).ShouldBe(["Creator", "Tier", "Niche", "Net, USD", "Cost, USD"]);
        var page = System.Net.WebUtility.HtmlDecode(await host.Http.GetStringAsync("/creators?from=2026-03-01&to=2026-03-31", ReportingHost.Token));
        foreach (var row in shown.Skip(1)) page.ShouldContain($">{row[0]}<");
    }

    [Theory]
    [InlineData(Rollups + "&format=xlsx&options=bom", "option of csv")]
    [InlineData(Rollups + "&format=csv&options=label", "did you mean &#x27;labels|did you mean 'labels'")]
    [InlineData(Rollups + "&options=labels", "options of csv and xlsx")]
    [InlineData(Rollups + "&format=xls", "json, csv or xlsx")]
    [InlineData("/creators.csv?options=comma", "Unknown option")]
    [InlineData("/creators.xlsx?columns=all", "Must be shown")]
    public async Task Unknown_options_are_refused_by_name(string path, string detail)
    {
        using var answer = await host.Http.GetAsync(path, ReportingHost.Token);
        ((int)answer.StatusCode).ShouldBe(400);
        var text = await answer.Content.ReadAsStringAsync(ReportingHost.Token);
        detail.Split('|').ShouldContain(one => text.Contains(one, StringComparison.Ordinal), text);
    }

    [Fact]
    public async Task Entity_tag_differs_between_formats()
    {
        var tags = new HashSet<string?>();
        foreach (var format in new[] { "json", "csv", "csv&options=bom", "xlsx", "xlsx&options=labels" })
        {
            using var answer = await host.Http.GetAsync($"{Rollups}&format={format}", ReportingHost.Token);
            tags.Add(answer.Headers.ETag?.ToString());
        }

        tags.Count.ShouldBe(5);
    }

    [Theory]
    [InlineData("123456789012345", false)]
    [InlineData("-1234567890123.45", false)]
    [InlineData("0.000000000012345", false)]
    [InlineData("12345678901234.56", true)]
    [InlineData("1234567890123456", true)]
    public void Number_that_a_spreadsheet_would_round_is_a_text(string number, bool isText) =>
        TableCell.ToCell(new Ratio(decimal.Parse(number, CultureInfo.InvariantCulture)))
            .ShouldBe(isText ? number : decimal.Parse(number, CultureInfo.InvariantCulture));

    [Fact]
    public void Amount_beyond_decimals_is_a_text() =>
        TableCell.ToCell(Int128.MaxValue).ShouldBe(Int128.MaxValue.ToString(CultureInfo.InvariantCulture));

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("en-US", "", ',')]
    [InlineData("de-DE", "&options=decimal-comma,bom", ';')]
    public async Task LibreOffice_finds_the_same_sums_in_each_language(string language, string options, char separator)
    {
        Assert.SkipWhen(Executables.Find("soffice") is null, "libreoffice-calc is not installed");
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("profile/user"));
        await File.WriteAllTextAsync(folder.File("profile/user/registrymodifications.xcu"),
            $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{language}</value></prop></item></oor:items>
            """, ReportingHost.Token);
        await File.WriteAllBytesAsync(folder.File("table.xlsx"), await BytesAsync(Rollups + "&format=xlsx"), ReportingHost.Token);
        await File.WriteAllBytesAsync(folder.File("text.csv"), await BytesAsync(Rollups + "&format=csv" + options), ReportingHost.Token);
        var totals = (await host.GetAsync(Rollups)).Body!;
        var net = totals["rows"]!.AsArray().Concat(totals["unattributed"]!.AsArray()).Sum(row => decimal.Parse((string)row!["net"]!, CultureInfo.InvariantCulture));
        foreach (var (file, filter) in new[] { ("table.xlsx", ""), ("text.csv", $"--infilter=CSV:{(int)separator},34,76,1,,0,false,true") })
        {
            var arguments = new List<string> { $"-env:UserInstallation=file://{folder.File("profile")}", "--headless", "--convert-to", "fods", "--outdir", folder.Path };
            if (filter.Length > 0) arguments.Add(filter);
            using var office = Process.Start(new ProcessStartInfo("soffice", [.. arguments, folder.File(file)]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            await office.WaitForExitAsync(ReportingHost.Token);
            var rows = ReadOffice(folder.File(Path.ChangeExtension(file, ".fods")));
            var column = rows[0].FindIndex(cell => cell.Text == "net");
            rows.Skip(1).Sum(row => row[column].Number ?? throw new InvalidOperationException($"{file}: '{row[column].Text}' is no number")).ShouldBe(net, file);
            rows.Skip(1).ShouldAllBe(row => row[0].Type == "date", file);
        }
    }

    /// <summary>Reads the cells of a flat document, of which numbers are written the same in every language.</summary>
    private static List<List<(string Type, string Text, decimal? Number)>> ReadOffice(string path)
    {
        XNamespace table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0", office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";
        return
        [
            .. XDocument.Load(path).Descendants(table + "table-row").Where(row => row.Value.Length > 0).Select(row => row.Elements(table + "table-cell").SelectMany(cell =>
                Enumerable.Repeat(
                    ((string?)cell.Attribute(office + "value-type") ?? "", cell.Value, (decimal?)cell.Attribute(office + "value")),
                    Math.Min(100, (int?)cell.Attribute(table + "number-columns-repeated") ?? 1))).ToList()),
        ];
    }

    private static string Add(string path, string parameter) => $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{parameter}";

    private async Task<byte[]> BytesAsync(string path)
    {
        using var answer = await host.Http.GetAsync(path, ReportingHost.Token);
        ((int)answer.StatusCode).ShouldBe(200, path);
        answer.Content.Headers.ContentDisposition!.FileName!.Trim('"').ShouldEndWith(path.Contains("xlsx", StringComparison.Ordinal) ? ".xlsx" : ".csv");
        return await answer.Content.ReadAsByteArrayAsync(ReportingHost.Token);
    }

    private async Task<List<List<string>>> ReadCsvAsync(string path, char separator = ',') => Parse(await BytesAsync(path), separator);

    private static List<List<string>> Parse(byte[] bytes, char separator)
    {
        using var csv = new CsvReader(
            new StreamReader(new MemoryStream(bytes)), new CsvConfiguration(CultureInfo.InvariantCulture) { HasHeaderRecord = false, Delimiter = $"{separator}" });
        var rows = new List<List<string>>();
        while (csv.Read()) rows.Add([.. csv.Parser.Record!]);
        return rows;
    }

    private async Task<List<List<object?>>> ReadSheetAsync(string path)
    {
        using var file = new MemoryStream(await BytesAsync(path));
        return [.. file.Query().Select(row => ((IDictionary<string, object?>)row).Values.ToList())];
    }
}
