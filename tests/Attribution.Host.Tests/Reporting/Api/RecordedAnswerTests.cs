using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>Answers under load, and the same answers as of the times that they named.</summary>
public sealed partial class RecordedAnswerTests
{
    private static readonly string[] Queries =
    [
        "", "&groupBy=campaign,creator", "&groupBy=day", "&groupBy=", "&model=all&groupBy=creator", "&view=cash&groupBy=campaign", "&creator=c1",
        "&format=csv", "&format=csv&model=all&groupBy=day,creator",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200)]
    [InlineData(2_000, Traits = ["Category", "Long"])]
    public async Task An_answer_is_the_same_as_of_the_time_that_it_named(int answers)
    {
        await using var host = await TestHost.StartNewAsync(
            "--Rollup:FoldEvery=00:00:00.2", "--Serilog:MinimumLevel:Default=Error");
        for (var i = 0; i < 4; i++) await PutAsync(host, $"creators/c{i}", $$"""{"name":"C{{i}}"}""");
        await PutAsync(host, "campaigns/spring", """{"name":"Spring"}""");
        for (var i = 0; i < 4; i++) await PutAsync(host, $"codes/k{i}", $$"""{"code":"K{{i}}","campaignId":"spring","creatorId":"c{{i}}"}""");

        var told = new ConcurrentQueue<(string Path, string ComputedAt, string Answer)>();
        using var loading = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var load = Task.WhenAll(LoadAsync(host, loading.Token), ChangeCatalogAsync(host, loading.Token));
        await Task.WhenAll(Enumerable.Range(0, 2).Select(reader => ReadAsync(host, reader, answers, told)));
        await loading.CancelAsync();
        await load;

        var differing = new List<string>();
        foreach (var (path, computedAt, answer) in told.Distinct())
        {
            var (again, _) = await GetAsync(host, $"{path}&asOf={computedAt}");
            if (again != answer) differing.Add($"{path} as of {computedAt}: {answer} <> {again}");
        }
        differing.ShouldBeEmpty();
    }

    /// <summary>Reads until there are enough answers, of at least 20 times.</summary>
    private static async Task ReadAsync(
        TestHost host, int reader, int count, ConcurrentQueue<(string Path, string ComputedAt, string Answer)> told)
    {
        var today = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        for (var i = 0; told.Count < count || told.Select(one => one.ComputedAt).Distinct().Count() < 20; i++)
        {
            var path = $"/v1/rollups/daily?from=2026-01-01&to={today}{Queries[(i + reader) % Queries.Length]}";
            var (answer, computedAt) = await GetAsync(host, path);
            told.Enqueue((path, computedAt, answer));
        }
    }

    /// <summary>Returns an answer without its lag and its instant, and the time that it names.</summary>
    private static async Task<(string Answer, string ComputedAt)> GetAsync(TestHost host, string path)
    {
        using var response = await host.SendAsync(HttpMethod.Get, path);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        if (response.Headers.TryGetValues("Attribution-Computed-At", out var header)) return (text, header.Single());
        return (Unrepeated().Replace(text, ""), ComputedAt().Match(text).Groups[1].Value);
    }

    private static async Task LoadAsync(TestHost host, CancellationToken stop)
    {
        for (var batch = 0; !stop.IsCancellationRequested; batch++)
        {
            var now = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture);
            var events = Enumerable.Range(0, 20).Select(i =>
                $$"""{"type":"redemption","id":"{{batch}}-{{i}}","occurredAt":"{{now}}","orderId":"{{batch}}-{{i}}","codes":["K{{i % 4}}"],"currency":"USD","gross":"{{10 + i}}.99"}""");
            using var response = await host.SendAsync(HttpMethod.Post, "/v1/events", $"[{string.Join(',', events)}]");
            response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Cancellation));
        }
    }

    /// <summary>Changes the margin, on which ratios depend, once all earlier changes are folded.</summary>
    private static async Task ChangeCatalogAsync(TestHost host, CancellationToken stop)
    {
        for (var margin = 10; !stop.IsCancellationRequested; margin = 10 + (margin + 1) % 80)
        {
            await PutAsync(host, "campaigns/spring", $$"""{"name":"Spring","grossMarginPercent":"{{margin}}"}""");
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(700), stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task PutAsync(TestHost host, string path, string body)
    {
        using var response = await host.SendAsync(HttpMethod.Put, $"/v1/{path}", body);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Cancellation));
    }

    [GeneratedRegex("\"asOf\":\"[^\"]*\",|,\"lag\":\"[^\"]*\"")]
    private static partial Regex Unrepeated();

    [GeneratedRegex("\"computedAt\":\"([^\"]*)\"")]
    private static partial Regex ComputedAt();
}
