using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Attribution.Host.Demo;

/// <summary>Output of the demo: progress bars and a table on a terminal, otherwise plain lines.</summary>
internal sealed class DemoConsole
{
    private const int LeaderCount = 12;
    private readonly IAnsiConsole console = AnsiConsole.Console;
    private readonly TextWriter plain = Console.Out; // Does not wrap commands, so that they can be pasted.
    private readonly bool isTerminal = !Console.IsOutputRedirected;

    /// <summary>Writes a line.</summary>
    public void WriteLine(string line) => plain.WriteLine(line);

    /// <summary>Runs the work and shows its progress: a bar, or a line for every quarter.</summary>
    public async Task ProgressAsync(string title, long total, Func<Action<long>, Task> work)
    {
        if (isTerminal)
        {
            await console.Progress()
                .Columns(
                    new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(),
                    new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    var task = context.AddTask(Markup.Escape(title), maxValue: total);
                    await work(done => task.Increment(done));
                });
            return;
        }

        var (sum, quarters) = (0L, 0L);
        await work(done =>
        {
            sum += done;
            if (sum * 4 / total <= quarters) return;
            quarters = sum * 4 / total;
            WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: {sum:N0} of {total:N0}"));
        });
    }

    /// <summary>Writes the creators with the highest ROI. Creators without cost have no ROI and come last.</summary>
    public void WriteLeaders(JsonDocument rollups, IReadOnlyDictionary<string, string> names)
    {
        var rows = rollups.RootElement.GetProperty("rows").EnumerateArray()
            .Where(
                row => row.GetProperty("creatorId").ValueKind == JsonValueKind.String
                    && row.GetProperty("orders").GetInt64() > 0)
            .OrderByDescending(row => GetNumber(row, "roiPercent") ?? decimal.MinValue)
            .ThenByDescending(row => GetNumber(row, "net"))
            .Take(LeaderCount);

        var table = new Table { Border = isTerminal ? TableBorder.Rounded : TableBorder.Ascii };
        table.AddColumn("Creator").AddColumn("Campaign");
        foreach (var name in (string[])["Orders", "Net", "Cost", "ROI %"])
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var row in rows)
            table.AddRow(
                Markup.Escape(names.GetValueOrDefault("creators/" + row.GetProperty("creatorId").GetString(), "?")),
                Markup.Escape(names.GetValueOrDefault("campaigns/" + row.GetProperty("campaignId").GetString(), "?")),
                row.GetProperty("orders").GetInt64().ToString("N0", CultureInfo.InvariantCulture),
                FormatMoney(row, GetText(row, "net")),
                FormatMoney(row, GetText(row.GetProperty("cost"), "total")),
                GetText(row, "roiPercent") ?? "no cost");
        WriteLine("");
        WriteLine("Leading creators by return on investment");
        console.Write(table);

        var totals = rollups.RootElement.GetProperty("totals");
        var unattributed = rollups.RootElement.GetProperty("unattributed").EnumerateArray().Sum(
            row => row.GetProperty("orders").GetInt64());
        WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{totals.GetProperty("orders").GetInt64():N0} orders in total, net {FormatMoney(totals, GetText(totals, "net"))}; ")
            + string.Create(CultureInfo.InvariantCulture, $"{unattributed:N0} of them unattributed."));
    }

    /// <summary>Writes the addresses of page and API, with commands to paste.</summary>
    public void WriteInstructions(Uri url, DateOnly from, DateOnly to, string order, string code)
    {
        var at = url.GetLeftPart(UriPartial.Authority);
        var now = to.ToDateTime(new TimeOnly(0, 0), DateTimeKind.Utc);
        var sample = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"type":"redemption","id":"mine-1","occurredAt":"{{now:yyyy-MM-dd'T'HH:mm:ss'Z'}}","orderId":"mine-1",
            """)
            + $$"""
            "codes":["{{code}}"],"currency":"EUR","gross":"100.00","discount":"10.00"}
            """;
        WriteLine("");
        foreach (var line in string.Create(CultureInfo.InvariantCulture,
            $$"""
            The page:                      {{at}}/
            The API, interactive:          {{at}}/docs/index.html
            The documents:                 {{at}}/docs
            The API description (OpenAPI): {{at}}/openapi/v1.json

            Revenue and cost by creator and day, as JSON or CSV:
              curl '{{at}}/v1/rollups/daily?from={{from:yyyy-MM-dd}}&to={{to:yyyy-MM-dd}}'
              curl '{{at}}/v1/rollups/daily?from={{from:yyyy-MM-dd}}&to={{to:yyyy-MM-dd}}&groupBy=campaign,creator&format=csv'
            Explanation of an order's attribution:
              curl '{{at}}/v1/conversions/{{order}}'
            Send an order:
              curl '{{at}}/v1/events' -H 'content-type: application/json' -d '{{sample}}'

            Simulated visitors keep arriving. Stop with Ctrl-C.
            """).Split('\n'))
            WriteLine(line.TrimEnd('\r'));
    }

    private static string FormatMoney(JsonElement row, string? amount) =>
        decimal.Parse(amount ?? "0", CultureInfo.InvariantCulture).ToString("N2", CultureInfo.InvariantCulture) + " " + GetText(row, "currency");

    private static string? GetText(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static decimal? GetNumber(JsonElement element, string name) =>
        GetText(element, name) is { } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : null;
}
