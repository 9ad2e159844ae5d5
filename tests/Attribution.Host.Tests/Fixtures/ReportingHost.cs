using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Attribution.Host.Tests.Fixtures;

/// <summary>A host with the role of reports only, whose clock stands still.</summary>
public sealed class ReportingHost : IAsyncDisposable
{
    public static readonly Timestamp Now = Timestamp.From(new DateTimeOffset(2026, 3, 10, 0, 0, 0, TimeSpan.Zero));

    /// <summary>The time of the catalog of a host whose clock stands still: before all reported changes.</summary>
    private static readonly DateTimeOffset CatalogTime = new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestHost host;
    private readonly StoppedClock? clock;

    private ReportingHost(TestHost host, StoppedClock? clock)
    {
        this.host = host;
        this.clock = clock;
        Http.BaseAddress = host.Address;
    }

    public SqliteStore Store => host.Store;

    public HttpClient Http { get; } = new();

    public IServiceProvider Services => host.App.Services;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts the host with a clock that is stopped at <see cref="Now"/>, or with another clock.</summary>
    public static async Task<ReportingHost> StartAsync(TimeProvider? clock = null)
    {
        var stopped = clock is null ? new StoppedClock() : null;
        // A process that only reports does not connect to the broker that this transport names.
        var host = await TestHost.BuildAsync(
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.AddSingleton(clock ?? stopped!).AddSingleton(new CustomerKeyHasher(new byte[CustomerKeyHasher.MinSecretBytes]));
            },
            "--Host:Roles=report", "--Bus:Transport=RabbitMq");
        await host.GetService<CatalogCache>().RefreshAsync(Token);
        await host.StartAsync();
        return new ReportingHost(host, stopped);
    }

    /// <summary>Sends a request; returns the status and the JSON body (null if there is none).</summary>
    public async Task<(int Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, string? body = null, string mediaType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(mediaType, "utf-8"));
        using var response = await Http.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        if (!response.IsSuccessStatusCode) response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", text);
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public Task<(int Status, JsonNode? Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<(int Status, JsonNode? Body)> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body);

    /// <summary>Writes catalog items, all of which must be accepted.</summary>
    public async Task PutCatalogAsync(params (string Path, string Body)[] items)
    {
        if (clock is not null) clock.Time = CatalogTime;
        foreach (var (path, body) in items)
        {
            var (status, answer) = await PutAsync(path, body);
            status.ShouldBeOneOf([200, 201], answer?.ToJsonString());
        }
        if (clock is not null) clock.Time = Now.ToDateTimeOffset();
    }

    /// <summary>Stores measures as folding would have stored them.</summary>
    public async Task PutRollupsAsync(MeasureSums sums, Timestamp? at = null)
    {
        await Store.Reconciliation.AppendCorrectionAsync(sums, null, at ?? Now, Token);
        while (await Store.Rollups.FoldAsync(100, () => at ?? Now, Token) > 0) { }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await host.DisposeAsync();
    }

    private sealed class StoppedClock : TimeProvider
    {
        public DateTimeOffset Time { get; set; } = Now.ToDateTimeOffset();

        public override DateTimeOffset GetUtcNow() => Time;
    }
}
