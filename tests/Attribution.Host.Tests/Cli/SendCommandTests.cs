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
