using System.Text.RegularExpressions;
using Attribution.Host.Access;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>The list of endpoints in <c>docs/reference/http-api.md</c> is generated from the routes.</summary>
public sealed partial class EndpointReferenceTests
{
    [Fact]
    public async Task Reference_lists_every_endpoint_with_its_scope()
    {
        await using var host = await TestHost.BuildAsync();
        await host.StartAsync();
        var rows = host.GetService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null && endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>() is not null)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => (Path: PathOf(endpoint), Method: method, Row: Describe(endpoint))))
            .Where(row => row.Method != "HEAD").OrderBy(row => row.Path, StringComparer.Ordinal).ThenBy(row => row.Method, StringComparer.Ordinal)
            .Select(row => $"| `{row.Method} {row.Path}` | {row.Row} |").Distinct().ToList();
        rows.Count.ShouldBeGreaterThan(45);
        GeneratedBlocks.ShouldBeCurrent("docs/reference/http-api.md", new Dictionary<string, IEnumerable<string>>
        {
            ["endpoints"] = rows.Prepend("| --- | --- | --- |").Prepend("| endpoint | scope | summary |"),
        });
    }

    private static string PathOf(RouteEndpoint endpoint) => Constraint().Replace("/" + endpoint.RoutePattern.RawText!.Trim('/'), "");

    private static string Describe(RouteEndpoint endpoint)
    {
        var scope = endpoint.Metadata.GetMetadata<AccessRule>()?.Scope ?? KeyScopes.Admin;
        var summary = endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()!.Summary;
        return $"{(scope == KeyScopes.None ? "none" : $"`{scope.ToString().ToLowerInvariant()}`")} | {GeneratedBlocks.Cell(summary)}";
    }

    [GeneratedRegex(@"(?<=\{[^}:]+):[^}]*(?=\})")]
    private static partial Regex Constraint();
}
