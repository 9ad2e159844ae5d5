using System.Net.Http.Headers;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Storage.Access;
using Attribution.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Fixtures;

/// <summary>
/// Embedded host with every role, on a free loopback port, with its own data folder. Disposing stops it and deletes the
/// folder.
/// </summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly Lazy<HttpClient> http;

    private TestHost() =>
        http = new(() => new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = Address });

    /// <summary>Gets the host; tests may add endpoints before it starts.</summary>
    public WebApplication App { get; private set; } = null!;

    /// <summary>Gets the address of the started host.</summary>
    public Uri Address => new(App.Urls.Single());

    /// <summary>Gets a client without key, cookies and redirects.</summary>
    public HttpClient Http => http.Value;

    /// <summary>Gets the data folder.</summary>
    public string Data => folder.File("data");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Builds a host without starting it.</summary>
    public static async Task<TestHost> BuildAsync(Action<WebApplicationBuilder>? configure = null, params string[] settings)
    {
        var host = new TestHost();
        try
        {
            host.App = await AttributionHost.BuildAsync([$"--Host:Data={host.Data}", "--urls=http://127.0.0.1:0", .. settings], configure, Cancellation);
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

    /// <summary>Returns a path next to the data folder, deleted together with it.</summary>
    public string PathBesideData(string name) => folder.File(name);

    /// <summary>Creates a key. A running host accepts it within a second.</summary>
    public async Task<ApiKey> AddKeyAsync(string name, KeyScopes scopes, string source = "shop", Func<ApiKeyDocument, ApiKeyDocument>? more = null)
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
