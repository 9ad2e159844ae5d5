using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Infra;

/// <summary>nginx or Caddy as a process, with the configuration of <c>infra/proxy</c>, on a free port before a host.</summary>
internal sealed class ReverseProxy : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly Process process;
    private readonly Task<string> errors;

    private ReverseProxy(string program, Uri host)
    {
        Port = FindFreePort();
        var start = program == "nginx" ? ConfigureNginx(host) : ConfigureCaddy(host);
        start.RedirectStandardError = true;
        process = Process.Start(start)!;
        errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Gets the address of the proxy.</summary>
    public Uri Address => new($"https://localhost:{Port}/");

    private int Port { get; }

    /// <summary>Starts a proxy and waits until it answers.</summary>
    public static async Task<ReverseProxy> StartAsync(string program, Uri host)
    {
        var proxy = new ReverseProxy(program, host);
        try
        {
            using var browser = proxy.CreateBrowser();
            await Eventually.IsTrueAsync(
                async () =>
                {
                    if (proxy.process.HasExited) throw new InvalidOperationException($"{program} ended: {await proxy.errors}");
                    try
                    {
                        return (await browser.GetAsync("/healthz/live", TestContext.Current.CancellationToken)).IsSuccessStatusCode;
                    }
                    catch (HttpRequestException)
                    {
                        return false;
                    }
                },
                "the proxy answers");
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a client that speaks HTTP/2 only and accepts the certificate of the test.</summary>
    public HttpClient CreateBrowser() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null } })
        {
            BaseAddress = Address, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        folder.Dispose();
    }

    private ProcessStartInfo ConfigureNginx(Uri host)
    {
        using (var openssl = Process.Start(new ProcessStartInfo("openssl", $"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -keyout {folder.File("key.pem")} -out {folder.File("cert.pem")} -batch") { RedirectStandardError = true })!)
            openssl.WaitForExit();
        var site = InfraFiles.Text("proxy/nginx.conf")
            .Replace("listen 80;", $"listen 127.0.0.1:{FindFreePort()};", StringComparison.Ordinal)
            .Replace("listen 443 ", $"listen 127.0.0.1:{Port} ", StringComparison.Ordinal)
            .Replace("/etc/ssl/attribution/fullchain.pem", folder.File("cert.pem"), StringComparison.Ordinal)
            .Replace("/etc/ssl/attribution/privkey.pem", folder.File("key.pem"), StringComparison.Ordinal)
            .Replace("http://127.0.0.1:8080", host.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        File.WriteAllText(folder.File("nginx.conf"), $$"""
            daemon off; master_process off; pid {{folder.File("pid")}}; error_log stderr;
            events {}
            http {
                access_log off; client_body_temp_path {{folder.Path}}; proxy_temp_path {{folder.Path}};
                fastcgi_temp_path {{folder.Path}}; uwsgi_temp_path {{folder.Path}}; scgi_temp_path {{folder.Path}};
                {{site}}
            }
            """);
        return new("nginx", ["-p", folder.Path, "-c", folder.File("nginx.conf")]);
    }

    private ProcessStartInfo ConfigureCaddy(Uri host)
    {
        // Names without a domain get a certificate of Caddy's own authority.
        File.WriteAllText(folder.File("Caddyfile"), $$"""
            {
                admin off
                skip_install_trust
                http_port {{FindFreePort()}}
                https_port {{Port}}
            }
            import {{Path.Combine(InfraFiles.Folder, "proxy", "Caddyfile")}}
            """);
        return new("caddy", ["run", "--config", folder.File("Caddyfile"), "--adapter", "caddyfile"])
        {
            Environment = { ["ATTRIBUTION_NAME"] = "localhost", ["ATTRIBUTION_HOST"] = host.Authority, ["XDG_DATA_HOME"] = folder.Path, ["XDG_CONFIG_HOME"] = folder.Path },
        };
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
