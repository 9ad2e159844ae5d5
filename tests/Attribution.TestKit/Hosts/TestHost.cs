using System.Net.Http.Headers;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Storage.Access;
using Attribution.Storage.Sqlite;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Attribution.TestKit.Hosts;

/// <summary>
/// Host in the process of the tests, composed as the program composes it, on a free loopback port and with its own data
/// folder. By default it is embedded and has every role. Disposing it stops it and deletes the folder.
/// </summary>
public sealed class TestHost : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly Lazy<HttpClient> http;

    private TestHost(string? data)
    {
        Data = data ?? folder.File("data");
        http = new(() => new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = Address });
    }

    /// <summary>Gets the host; tests may add endpoints before it starts.</summary>
    public WebApplication App { get; private set; } = null!;

    /// <summary>Gets the address of the started host.</summary>
    public Uri Address => new(App.Urls.Single());

    /// <summary>Gets a client without key, cookies and redirects.</summary>
    public HttpClient Http => http.Value;

    /// <summary>Gets the data folder.</summary>
    public string Data { get; }

    /// <summary>Gets the store, which must be on SQLite.</summary>
    public SqliteStore Store => (SqliteStore)GetService<OpenedStore>().Store;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Builds a host without starting it.</summary>
    /// <param name="configure">Called after all registrations; its registrations take precedence.</param>
    /// <param name="settings">Configuration as <c>--Key=value</c>.</param>
    public static Task<TestHost> BuildAsync(Action<WebApplicationBuilder>? configure = null, params string[] settings) =>
        BuildAsync(null, null, configure, settings);

    /// <summary>Builds a host without starting it.</summary>
    /// <param name="data">A data folder that outlives the host; null for one of its own.</param>
    /// <param name="consumers">Consumers of the bus in place of the attribution stage's; null for those.</param>
    /// <param name="configure">Called after all registrations; its registrations take precedence.</param>
    /// <param name="settings">Configuration as <c>--Key=value</c>.</param>
    public static async Task<TestHost> BuildAsync(
        string? data, Action<IBusRegistrationConfigurator>? consumers, Action<WebApplicationBuilder>? configure = null, params string[] settings)
    {
        var host = new TestHost(data);
        try
        {
            host.App = await AttributionHost.BuildAsync(
                [$"--Host:Data={host.Data}", "--urls=http://127.0.0.1:0", .. settings], configure, consumers, Cancellation);
            return host;
        }
        catch
        {
            host.folder.Dispose();
            throw;
        }
    }

    /// <summary>Builds and starts a host.</summary>
    public static async Task<TestHost> StartNewAsync(params string[] settings)
    {
        var host = await BuildAsync(null, settings);
        await host.StartAsync();
        return host;
    }

    public Task StartAsync() => App.StartAsync(Cancellation);

    /// <summary>Returns a service of the host.</summary>
    public T GetService<T>() where T : notnull => App.Services.GetRequiredService<T>();

    /// <summary>Returns a path next to the host's own data folder, deleted together with it.</summary>
    public string PathBesideData(string name) => folder.File(name);

    /// <summary>Creates a key. A running host accepts it within a second.</summary>
    internal async Task<ApiKey> AddKeyAsync(string name, KeyScopes scopes, string source = "shop", Func<ApiKeyDocument, ApiKeyDocument>? more = null)
    {
        var key = ApiKey.Create();
        var document = new ApiKeyDocument { Id = key.Id, Name = name, Hash = [.. key.ComputeHash()], Scopes = scopes, Source = source, CreatedAt = new Timestamp(1) };
        await GetService<ICredentialStore>().AddKeyAsync(more?.Invoke(document) ?? document, Cancellation);
        return key;
    }

    /// <summary>Sends a request, with a key if one is given.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, string? key = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, new MediaTypeHeaderValue(type));
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await Http.SendAsync(request, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (http.IsValueCreated) http.Value.Dispose();
        await App.StopAsync(CancellationToken.None);
        await App.DisposeAsync();
        folder.Dispose();
    }
}
