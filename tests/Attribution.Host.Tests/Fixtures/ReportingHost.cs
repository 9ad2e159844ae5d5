using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting;
using Attribution.Storage.Sqlite;
using Attribution.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Attribution.Host.Tests.Fixtures;

/// <summary>The report stage on a web server at a free port, over a real store in its own folder.</summary>
public sealed class ReportingHost : IAsyncDisposable
{
    public static readonly Timestamp Now = Timestamp.From(new DateTimeOffset(2026, 3, 10, 0, 0, 0, TimeSpan.Zero));

    private readonly TempFolder folder;
    private readonly WebApplication app;

    private ReportingHost(TempFolder folder, WebApplication app, SqliteStore store) => (this.folder, this.app, Store) = (folder, app, store);

    public SqliteStore Store { get; }

    public HttpClient Http { get; } = new();

    public IServiceProvider Services => app.Services;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts the host with a clock that is stopped at <see cref="Now"/>, or with another clock.</summary>
    public static async Task<ReportingHost> StartAsync(TimeProvider? clock = null)
    {
        var folder = new TempFolder();
        var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("attribution.db") }, Token);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting().AddProblems();
        builder.Services.AddSingleton<TimeProvider>(clock ?? new FixedClock());
        builder.Services.AddSingleton<IdGenerator>().AddSingleton<CatalogCache>();
        builder.Services.AddStorePorts(_ => store);
        builder.Services.AddAccess();
        builder.Services.AddSingleton(new CustomerKeyHasher(new byte[CustomerKeyHasher.MinSecretBytes]));
        builder.Services.AddReporting(builder.Configuration);
        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseMiddleware<AccessMiddleware>();
        app.MapReporting();
        await app.Services.GetRequiredService<CatalogCache>().RefreshAsync(Token);
        await app.StartAsync(Token);
        var host = new ReportingHost(folder, app, store);
        host.Http.BaseAddress = new Uri(app.Urls.Single());
        return host;
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
        foreach (var (path, body) in items)
        {
            var (status, answer) = await PutAsync(path, body);
            status.ShouldBeOneOf([200, 201], answer?.ToJsonString());
        }
    }

    /// <summary>Stores measures as folding would have stored them.</summary>
    public async Task PutRollupsAsync(MeasureSums sums, Timestamp? at = null)
    {
        await Store.Reconciliation.AppendCorrectionAsync(sums, null, at ?? Now, Token);
        while (await Store.Rollups.FoldAsync(100, at ?? Now, Token) > 0) { }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        await Store.DisposeAsync();
        folder.Dispose();
    }

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now.ToDateTimeOffset();
    }
}
