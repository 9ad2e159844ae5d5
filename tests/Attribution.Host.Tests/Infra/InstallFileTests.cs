using System.Text.RegularExpressions;
using Attribution.Host.Cli;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Infra;

/// <summary>The unit for systemd, the proxies and the compose file of one container match the program.</summary>
public sealed class InstallFileTests
{
    private static readonly string Unit = InfraFiles.Text("systemd/attribution.service");

    [Fact]
    public void Unit_starts_a_valid_command_and_waits_for_an_orderly_stop()
    {
        var command = Setting("ExecStart").Split(' ');
        command[0].ShouldBe("/opt/attribution/attribution");
        var root = CommandLine.CreateRoot();
        ArgumentValidator.FindFault(root.Parse(command[1..]), root).ShouldBeNull();
        command[^1].ShouldBe($"/var/lib/{Setting("StateDirectory")}");
        TimeSpan.FromSeconds(int.Parse(Setting("TimeoutStopSec"), CultureInfo.InvariantCulture)).ShouldBeGreaterThan(WebPipeline.ShutdownTimeout);
        Setting("RestartPreventExitStatus").ShouldBe($"{StartupException.ForConfiguration(["x"]).ExitCode}");
    }

    [Fact]
    public async Task Systemd_accepts_the_unit()
    {
        var verifier = Executables.Find("systemd-analyze");
        Assert.SkipWhen(verifier is null, "systemd is not installed");
        using var folder = new TempFolder();
        var unit = folder.File("attribution.service");
        await File.WriteAllTextAsync(unit, Unit.Replace("/opt/attribution/attribution", "/bin/true", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        (await Executables.RunAsync(verifier, "verify", unit)).ShouldBe("");
    }

    [Fact]
    public async Task Compose_file_of_one_container_matches_the_image()
    {
        var file = InfraFiles.Yaml("compose.sqlite.yaml");
        var host = file.At("services/attribution");
        InfraFiles.Seconds(host.ValueAt("stop_grace_period")).ShouldBeGreaterThan(WebPipeline.ShutdownTimeout);
        var product = await ProductSurface.GetAsync();
        foreach (var (name, _) in host.Members("environment")) product.FindUnknownOption(name).ShouldBeNull();
        host.Items("volumes").Select(volume => volume.ToString()).ShouldContain($"data:{Dockerfile.Variable("Host__Data")}");
        file.Members("volumes").Select(volume => volume.Key).ShouldBe(["data", "backup", "certificates"]);
        file.ValueAt("services/proxy/environment/ATTRIBUTION_HOST").ShouldBe($"attribution:{ProductSurface.Port}");
        File.Exists(Path.Combine(InfraFiles.Folder, file.ValueAt("services/proxy/volumes/0").Split(':')[0])).ShouldBeTrue();
    }

    [Fact]
    public void Proxies_lead_to_the_default_port_and_wait_longer_than_the_host()
    {
        foreach (var name in (string[])["nginx.conf", "Caddyfile"]) InfraFiles.Text($"proxy/{name}").ShouldContain($"127.0.0.1:{ProductSurface.Port}");
        var wait = Regex.Match(InfraFiles.Text("proxy/nginx.conf"), @"proxy_read_timeout (\d+)s;", RegexOptions.CultureInvariant).Groups[1].Value;
        TimeSpan.FromSeconds(int.Parse(wait, CultureInfo.InvariantCulture)).ShouldBeGreaterThan(new AttributionHostOptions().RequestTimeout);
    }

    private static string Setting(string name) =>
        Regex.Match(Unit, $"^{name}=(.*)$", RegexOptions.CultureInvariant | RegexOptions.Multiline).Groups[1].Value.Trim();
}
