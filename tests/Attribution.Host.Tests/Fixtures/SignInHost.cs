using System.Net;
using Attribution.Host.Access;
using Attribution.Storage.Access;
using Attribution.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Fixtures;

/// <summary>A complete host with three users and a clock that tests advance.</summary>
public sealed class SignInHost : IAsyncLifetime
{
    public const string Password = "correct horse battery";
    private static readonly Lazy<string> Hash = new(() => PasswordSignIn.Hash(Password));

    private readonly TempFolder folder = new();
    private readonly OffsetClock clock = new();
    private TestHost host = null!;

    public WebApplication App => host.App;

    public TimeSpan ClockOffset
    {
        get => clock.Ahead;
        set => clock.Ahead = value;
    }

    public string Folder => folder.Path;

    public IUserStore Users => host.GetService<IUserStore>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await StartAsync();
        foreach (var (name, scopes) in new[] { ("vera", KeyScopes.Read), ("ed", KeyScopes.Edit), ("ada", KeyScopes.Admin) }) await AddAsync(name, scopes);
    }

    public async Task AddAsync(string name, KeyScopes scopes, string? brand = null)
    {
        await Users.AddUserAsync(
            new UserDocument { Name = name, PasswordHash = Hash.Value, Scopes = scopes, Brand = brand, CreatedAt = default }, Cancellation);
        await RefreshAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder.Dispose();
    }

    public async Task StartAsync(params string[] more)
    {
        host = await TestHost.BuildAsync(folder.File("data"), null, builder => builder.Services.AddSingleton<TimeProvider>(clock), more);
        await host.StartAsync();
    }

    public async Task StopAsync() => await host.DisposeAsync();

    /// <summary>Refreshes the host's credentials immediately.</summary>
    public async Task RefreshAsync() => await host.GetService<ApiCredentialCache>().RefreshAsync(Cancellation);

    public HttpClient Browser(bool html = true, CookieContainer? cookies = null)
    {
        var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, CookieContainer = cookies ?? new() }) { BaseAddress = host.Address };
        if (html) browser.DefaultRequestHeaders.Add("Accept", "text/html,*/*;q=0.8");
        return browser;
    }

    private sealed class OffsetClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
    }
}
