using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Ingest;
using Attribution.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Attribution.Host.Tests.Fixtures;

/// <summary>A host whose bus has a recording consumer in place of the attribution stage, and whose warnings are recorded.</summary>
public sealed class IngestHost : IAsyncDisposable
{
    private readonly TestHost host;

    private IngestHost(TestHost host, PackRecorder recorder, LogRecorder log) =>
        (this.host, Recorder, Log, Client) = (host, recorder, log, new HttpClient { BaseAddress = host.Address });

    public PackRecorder Recorder { get; }

    public LogRecorder Log { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => host.App.Services;

    public SqliteStore Store => host.Store;

    internal Spool Spool => host.GetService<Spool>();

    public static async Task<IngestHost> StartAsync(PackRecorder? recorder = null, string? folder = null, params string[] settings)
    {
        recorder ??= new PackRecorder();
        var log = new LogRecorder();
        var host = await TestHost.BuildAsync(
            folder,
            RecordingConsumer.Register,
            builder =>
            {
                // As in the log of a host.
                builder.Logging.ClearProviders().AddProvider(log).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
                builder.Services.AddSingleton(recorder)
                    .AddSingleton(provider => (SqliteStore)provider.GetRequiredService<OpenedStore>().Store)
                    .AddSingleton(new CustomerKeyHasher(new byte[CustomerKeyHasher.MinSecretBytes]));
            },
            ["--Ingest:Spool:CheckEvery=00:00:00.005", "--Ingest:Spool:RetryAfter=00:00:00.01", "--Ingest:Spool:Synchronous=Normal", .. settings]);
        try
        {
            await host.GetService<CatalogCache>().RefreshAsync(TestContext.Current.CancellationToken);
            await host.StartAsync();
            return new IngestHost(host, recorder, log);
        }
        catch
        {
            await host.DisposeAsync(); // Else files of the refused host appear in the folder after it was removed.
            throw;
        }
    }

    public Task<IngestResponse> PostAsync(string body, string contentType = "application/json") => PostAsync(Encoding.UTF8.GetBytes(body), contentType);

    public Task<IngestResponse> PostAsync(byte[] body, string? contentType = "application/json", params (string Name, string Value)[] headers)
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return PostAsync(content, headers);
    }

    public async Task<IngestResponse> PostAsync(HttpContent content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = content };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new IngestResponse((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, response.Headers.RetryAfter?.Delta,
            text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    public Task StopAsync() => host.App.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await host.DisposeAsync();
    }
}

/// <summary>Answer of the host.</summary>
public sealed record IngestResponse(int Status, string? ContentType, TimeSpan? RetryAfter, JsonElement Json)
{
    public long Accepted => Json.GetProperty("accepted").GetInt64();

    public long Rejected => Json.GetProperty("rejected").GetInt64();

    public IReadOnlyList<JsonElement> Results => [.. Json.GetProperty("results").EnumerateArray()];

    public string Detail => Json.GetProperty("detail").GetString()!;

    /// <summary>Returns the only reason of a problem; fails for any other answer.</summary>
    public string Reason
    {
        get
        {
            ContentType.ShouldBe("application/problem+json");
            Json.GetProperty("status").GetInt32().ShouldBe(Status);
            var error = Json.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem();
            error.GetProperty("pointer").GetString().ShouldNotBeNull();
            error.GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace();
            return error.GetProperty("reason").GetString()!;
        }
    }
}

/// <summary>Records all log entries of level Warning and above.</summary>
public sealed class LogRecorder : ILoggerProvider
{
    private readonly List<string> lines = [];

    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (lines)
                return [.. lines];
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(LogRecorder owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            lock (owner.lines)
                owner.lines.Add($"{category}: {formatter(state, exception)} {exception}");
        }
    }
}

/// <summary>Creates events.</summary>
public static class TestEvents
{
    public static string Now => DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Click(string id, string more = "") =>
        $$"""{"type":"click","id":"{{id}}","occurredAt":"{{Now}}","link":"mia-spring"{{more}}}""";
}
