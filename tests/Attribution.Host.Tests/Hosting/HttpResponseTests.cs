using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Attribution.Core.Catalog;
using Attribution.Host.Hosting;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attribution.Host.Tests.Hosting;

/// <summary>Behavior that all requests share: headers, problems, limits and timeouts.</summary>
public sealed class HttpResponseTests : IAsyncLifetime
{
    private HealthStatus spool = HealthStatus.Healthy;
    private TestHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.BuildAsync(builder => builder.Services.AddHealthChecks().AddCheck("made up", () => new HealthCheckResult(spool, "The spool is nearly full.")));
        host.App.MapGet("/test/boom", Boom);
        host.App.MapPost("/test/echo", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            return (await reader.ReadToEndAsync()).Length;
        });
        await host.StartAsync();

        static string Boom() => throw new InvalidOperationException("secret words");
    }

    [Fact]
    public async Task Live_process_reports_healthy() =>
        (await host.Http.GetAsync("/healthz/live", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);

    [Theory]
    [InlineData(HealthStatus.Degraded)]
    [InlineData(HealthStatus.Unhealthy)]
    public async Task Unready_process_reports_the_reason(HealthStatus status)
    {
        (await host.Http.GetAsync("/healthz/ready", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        spool = status;
        using var answer = await host.Http.GetAsync("/healthz/ready", TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var check = (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("checks").EnumerateArray()
            .Single(c => c.GetProperty("name").GetString() == "made up");
        check.GetProperty("status").GetString().ShouldBe("unavailable");
        check.GetProperty("reason").GetString().ShouldBe("The spool is nearly full.");
        (await host.Http.GetAsync("/healthz/live", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/healthz/live")]
    [InlineData("/healthz/ready")]
    public async Task Health_names_the_build_the_formats_and_the_data_sets(string path)
    {
        var answer = await host.Http.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);
        answer.GetProperty("version").GetString().ShouldBe(AttributionHost.Version);
        answer.GetProperty("formats").GetProperty("journey").GetInt32().ShouldBe(FormatVersions.Newest["journey"]);
        answer.GetProperty("dataSets").GetProperty("timeZones").GetString().ShouldBe(TimeZoneSet.Bundled.Version);
        answer.GetProperty("dataSets").EnumerateObject().Select(set => set.Name).ShouldBe(DataSetKinds.All, ignoreOrder: true);
    }

    [Fact]
    public async Task Unknown_route_returns_a_problem() => (await GetProblemAsync(HttpMethod.Get, "/nope", 404)).GetProperty("detail").GetString()!.ShouldContain("/nope");

    [Fact]
    public async Task Unsupported_method_returns_a_problem() => await GetProblemAsync(HttpMethod.Delete, "/test/boom", 405);

    [Fact]
    public async Task Internal_error_returns_a_problem_without_details()
    {
        var text = (await GetProblemAsync(HttpMethod.Get, "/test/boom", 500)).GetRawText();
        text.ShouldNotContain("secret words");
        text.ShouldNotContain(" at ");
        text.ShouldContain("traceId");
    }

    [Fact]
    public async Task Body_over_the_limit_returns_a_problem()
    {
        using var answer = await host.Http.PostAsync(
            "/test/echo", new StringContent(new string('x', (1 << 20) + 1)), TestContext.Current.CancellationToken);
        await ShouldBeProblem(answer, 413);
        using var within = await host.Http.PostAsync(
            "/test/echo", new StringContent(new string('x', 1 << 20)), TestContext.Current.CancellationToken);
        within.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("shop.example")]
    [InlineData("127.0.0.1.shop.example")]
    [InlineData("192.0.2.1:8080")]
    public async Task Foreign_host_name_bound_to_loopback_is_rejected(string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz/live") { Headers = { Host = name } };
        using var answer = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        await ShouldBeProblem(answer, 403);
    }

    [Fact]
    public async Task Every_response_has_the_security_headers()
    {
        foreach (var path in (string[])["/healthz/live", "/nope", "/test/boom"])
        {
            using var answer = await host.Http.GetAsync(path, TestContext.Current.CancellationToken);
            answer.Headers.GetValues("X-Content-Type-Options").ShouldHaveSingleItem().ShouldBe("nosniff");
            answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldContain("frame-ancestors 'none'");
            answer.Headers.Contains("Server").ShouldBeFalse();
        }
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private async Task<JsonElement> GetProblemAsync(HttpMethod method, string path, int status)
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await ShouldBeProblem(answer, status);
    }

    private static async Task<JsonElement> ShouldBeProblem(HttpResponseMessage answer, int status)
    {
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        return problem;
    }
}
