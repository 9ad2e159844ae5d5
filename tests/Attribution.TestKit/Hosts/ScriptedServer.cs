using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Attribution.TestKit.Hosts;

/// <summary>An HTTP server on a free loopback port that gives prepared answers in order, and records the requests.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<ScriptedAnswer> answers = new();
    private readonly ConcurrentQueue<ScriptedRequest> requests = new();

    private ScriptedServer(WebApplication app) => this.app = app;

    /// <summary>Gets the address.</summary>
    public Uri Address => new(app.Urls.Single());

    /// <summary>Gets the requests so far.</summary>
    public IReadOnlyList<ScriptedRequest> Requests => [.. requests];

    /// <summary>Starts a server without answers.</summary>
    public static async Task<ScriptedServer> StartAsync()
    {
        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var server = new ScriptedServer(builder.Build());
        server.app.Run(server.AnswerAsync);
        await server.app.StartAsync();
        return server;
    }

    /// <summary>Adds the answer to a further request.</summary>
    public void Enqueue(string body, int status = 200, params (string Name, string Value)[] headers) => answers.Enqueue(new(status, body, headers));

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        requests.Enqueue(new(
            http.Request.Method, http.Request.Path + http.Request.QueryString.Value,
            http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), await reader.ReadToEndAsync()));
        if (!answers.TryDequeue(out var answer)) answer = new(500, "No answer is prepared.", []);
        http.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers) http.Response.Headers[name] = value;
        await http.Response.WriteAsync(answer.Body);
    }

    private sealed record ScriptedAnswer(int Status, string Body, (string Name, string Value)[] Headers);
}

/// <summary>A request to a <see cref="ScriptedServer"/>.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Path and query as sent.</param>
/// <param name="Headers">The headers.</param>
/// <param name="Body">The body.</param>
public sealed record ScriptedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);
