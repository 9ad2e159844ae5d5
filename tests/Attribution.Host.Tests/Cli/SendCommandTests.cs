using System.Collections.Concurrent;
using System.Net;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Attribution.Host.Tests.Cli;

/// <summary>Commands that send a file, against a server with prepared answers.</summary>
public sealed class SendCommandTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly ConcurrentQueue<(string Path, string Type, string Body)> received = new();
    private readonly Queue<(int Status, string Body)> answers = new();
    private WebApplication server = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        server = builder.Build();
        server.MapPost("/{**path}", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            received.Enqueue((request.Path, request.ContentType!, await reader.ReadToEndAsync()));
            var (status, body) = answers.Dequeue();
            request.HttpContext.Response.StatusCode = status;
            if (status == 503)
                request.HttpContext.Response.Headers.RetryAfter = "0";
            await request.HttpContext.Response.WriteAsync(body);
        });
        await server.StartAsync();
    }

    [Fact]
    public async Task Rejected_line_is_named_by_number_and_the_command_fails()
    {
        answers.Enqueue((202, """
            {"accepted":1,"rejected":1,"results":[{"index":0,"id":"a","status":"accepted"},
             {"index":1,"id":"b","status":"rejected","reason":"currency_unknown","pointer":"/currency","detail":"XXX is no currency"}]}
            """));
        var ended = await Send("events", "\uFEFF{\"id\":\"a\"}\r\n\n  \n{\"id\":\"b\"}");
        ended.Errors.ShouldBe("line 4: currency_unknown at /currency: XXX is no currency");
        ended.Output.ShouldEndWith("1 accepted, 1 rejected");
        ended.ExitCode.ShouldBe(1);
        received.ShouldHaveSingleItem().ShouldBe(("/v1/events", "application/x-ndjson", "{\"id\":\"a\"}\n{\"id\":\"b\"}\n"));
    }

    [Fact]
    public async Task Busy_host_gets_the_same_request_again()
    {
        answers.Enqueue((503, "{}"));
        answers.Enqueue((202, """{"accepted":1,"rejected":0,"results":[]}"""));
        var ended = await Send("events", "{\"id\":\"a\"}\n");
        ended.ExitCode.ShouldBe(0, ended.Errors);
        received.Count.ShouldBe(2);
        received.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Long_file_is_sent_in_many_requests_without_losing_a_line()
    {
        var lines = Enumerable.Range(0, 2_500).Select(i => $"{{\"id\":\"{i}\"}}").ToList();
        answers.Enqueue((202, """{"accepted":1000,"rejected":0,"results":[]}"""));
        answers.Enqueue((202, """{"accepted":1000,"rejected":0,"results":[]}"""));
        answers.Enqueue((202, """{"accepted":499,"rejected":1,"results":[{"index":499,"status":"rejected","reason":"malformed","pointer":"","detail":"d"}]}"""));
        var ended = await Send("events", string.Join('\n', lines));
        string.Concat(received.Select(r => r.Body)).ShouldBe(string.Concat(lines.Select(l => l + "\n")));
        ended.Errors.ShouldBe("line 2500: malformed: d");
        ended.Output.ShouldContain("100 %");
        ended.Output.ShouldEndWith("2499 accepted, 1 rejected");
    }

    [Fact]
    public async Task Import_is_sent_in_full_with_its_type_and_its_faults_are_named()
    {
        answers.Enqueue((200, """
            {"accepted":0,"rejected":1,"results":[{"line":2,"id":"mia","status":"rejected","errors":[{"reason":"unknown_reference","pointer":"/campaignId","detail":"no campaign"}]}]}
            """));
        var ended = await Send("import", "id,slug\nmia,mia\n", ".csv", "links");
        ended.Errors.ShouldBe("line 2: unknown_reference at /campaignId: no campaign");
        ended.ExitCode.ShouldBe(1);
        received.ShouldHaveSingleItem().ShouldBe(("/v1/links/import", "text/csv", "id,slug\nmia,mia\n"));
    }

    [Fact]
    public async Task Dry_run_of_orders_prints_faults_and_what_would_be_paid()
    {
        answers.Enqueue((200, """
            {"format":"shopify-orders","source":"shop","dryRun":true,"orders":3,"accepted":1,"withoutEvents":0,"notCounted":0,"rejected":1,"omitted":0,
             "beyondHorizon":{"orders":1,"oldest":"2019-11-20T10:00:00+00:00","horizon":"P400D"},
             "results":[{"row":4,"column":"Id","order":"#1002","status":"rejected","reason":"member_wrong_type","detail":"'1.5E+9' is not a whole number."}],
             "preview":{"currency":"USD","orders":1,"net":"90.00","commission":"9.00","placements":[{"campaignId":"spring","creatorId":"mia","orders":1,"net":"90.00","commission":"9.00"}],
              "unattributed":{"orders":0,"net":"0.00"},"unmatchedCodes":[{"code":"X","orders":2}],"settledPerPeriod":["tiers"],"amountsWithoutRate":0,"isComplete":true}}
            """));
        var ended = await Send("import", "Name\n", ".csv", "orders", "--format", "shopify-orders", "--source", "shop", "--dry-run");
        ended.Errors.ShouldBe("""
            row 4, column Id, order #1002: rejected: member_wrong_type: '1.5E+9' is not a whole number.
            1 order older than P400D left out, the oldest of 2019-11-20T10:00:00+00:00; --horizon takes them, before the brand's first live event
            """);
        ended.Output.ShouldContain("3 orders: 1 acceptable, 0 without events, 0 not counted, 1 rejected");
        ended.Output.ShouldContain("1 order, net 90.00 USD, commission 9.00");
        ended.Output.ShouldContain("spring\tmia\t1\t90.00\t9.00");
        ended.Output.ShouldContain("code X has no owner: 2 orders");
        ended.Output.ShouldContain("agreement tiers is settled per period");
        ended.ExitCode.ShouldBe(1);
        received.ShouldHaveSingleItem().ShouldBe(("/v1/orders/import", "text/csv", "Name\n"));
    }

    [Theory]
    [InlineData("orders", "--format", "csv", "--format: required for orders; one of shopify-orders")]
    [InlineData("orders", "--format", "shopify-orders", "--source: required for orders")]
    [InlineData("codes", "--source", "shop", "--source: only for orders")]
    public async Task Arguments_of_an_import_of_orders_are_checked(string kind, string option, string value, string expected)
    {
        var ended = await Send("import", "Name\n", ".csv", kind, option, value);
        (ended.ExitCode, ended.Errors).ShouldSatisfyAllConditions(
            found => found.ExitCode.ShouldBe(2), found => found.Errors.ShouldContain(expected));
    }

    [Fact]
    public async Task Rejected_request_names_the_reason()
    {
        answers.Enqueue((400, """{"title":"Unknown column","detail":"There is no column 'slugg'"}"""));
        var ended = await Send("import", "slugg\n", ".csv", "links");
        ended.Errors.ShouldBe($"{server.Urls.Single()}/v1/links/import answered 400: Unknown column: There is no column 'slugg'");
        ended.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Unreachable_host_is_named()
    {
        using var port = CliProcess.OccupyPort();
        var url = $"http://127.0.0.1:{((IPEndPoint)port.LocalEndpoint).Port}/";
        port.Stop();
        await File.WriteAllTextAsync(folder.File("a.ndjson"), "{}", TestContext.Current.CancellationToken);
        var ended = await CliProcess.RunAsync("events", folder.File("a.ndjson"), "--url", url);
        ended.Errors.ShouldStartWith($"No host answers at {url} (Connection refused");
        ended.ExitCode.ShouldBe(1);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    private async Task<ProgramResult> Send(string command, string content, string extension = ".ndjson", params string[] arguments)
    {
        var file = folder.File("a" + extension);
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        return await CliProcess.RunAsync([command, .. arguments, file, "--url", server.Urls.Single()]);
    }
}
