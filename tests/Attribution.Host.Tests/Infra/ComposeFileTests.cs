using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attribution.Host.Cli;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Infra;

/// <summary>The image, and the compose file that runs it, fit the program. That each service's environment makes a host stands in <see cref="ProductSurface"/>.</summary>
public sealed class ComposeFileTests
{
    private static readonly string[] Stages = [.. Dockerfile.Instructions.Where(one => one.Name == "FROM" && one.Arguments.Contains(" AS ", StringComparison.Ordinal)).Select(one => one.Arguments.Split(" AS ")[1])];

    public static TheoryData<string> Roles => [.. ProductSurface.Roles];

    [Fact]
    public void Copied_paths_exist_and_reach_the_build()
    {
        var allowed = File.ReadAllLines(Path.Combine(TestData.Repository, ".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..].Replace("*", "", StringComparison.Ordinal).Split('.')[0]).ToList();
        foreach (var copy in Dockerfile.Instructions.Where(one => one.Name == "COPY").Select(one => one.Arguments.Split(' ')))
        {
            if (copy[0].StartsWith("--from=", StringComparison.Ordinal))
            {
                Stages.ShouldContain(copy[0]["--from=".Length..]);
                continue;
            }

            foreach (var source in copy[..^1])
            {
                (File.Exists(Path.Combine(TestData.Repository, source)) || Directory.Exists(Path.Combine(TestData.Repository, source))).ShouldBeTrue(source);
                allowed.ShouldContain(source.Split('/', '.')[0], $"{source}: .dockerignore keeps it from the build.");
            }
        }
    }

    [Fact]
    public void Image_uses_the_frameworks_properties_and_charts_of_the_tree()
    {
        var run = Dockerfile.Instructions.Last(one => one.Name == "RUN" && one.Arguments.Contains("publish", StringComparison.Ordinal)).Arguments;
        var project = Path.Combine(TestData.Repository, "src", "Attribution.Host", "Attribution.Host.csproj");
        Directory.Exists(Path.Combine(TestData.Repository, run.Split(' ')[2])).ShouldBeTrue();
        run.ShouldContain("-p:RequireCharts=true");
        File.ReadAllText(project).ShouldContain("<RequireCharts ");
        File.ReadAllText(project).ShouldContain("$(BaseIntermediateOutputPath)charts/");
        Dockerfile.Instructions.ShouldContain(("COPY", "--from=charts /charts src/Attribution.Host/obj/charts"));

        var framework = Regex.Match(File.ReadAllText(Path.Combine(TestData.Repository, "Directory.Build.props")), "<TargetFramework>net(.*)</TargetFramework>", RegexOptions.CultureInvariant).Groups[1].Value;
        var bases = Dockerfile.Instructions.Where(one => one.Name == "FROM" && one.Arguments.Contains("/dotnet/", StringComparison.Ordinal)).Select(one => one.Arguments.Split(' ')[0].Split(':')[1]).ToList();
        bases.ShouldBe([framework, framework]);
    }

    [Fact]
    public async Task Image_runs_as_a_nonroot_user_and_has_a_health_check()
    {
        JsonNode.Parse(Dockerfile.Last("ENTRYPOINT"))!.AsArray().Single()!.ToString().ShouldBe(typeof(AttributionHost).Assembly.GetName().Name);
        CommandLine.CreateRoot().Subcommands.Select(command => command.Name).ShouldContain(JsonNode.Parse(Dockerfile.Last("CMD"))!.AsArray().Single()!.ToString());
        int.Parse(Dockerfile.Last("USER"), CultureInfo.InvariantCulture).ShouldBeGreaterThan(0);
        Dockerfile.Last("VOLUME").ShouldBe(Dockerfile.Variable("Host__Data"));
        (await ProductSurface.GetAsync()).FindUnknownOption("Host__Data").ShouldBeNull();
        Dockerfile.Variable("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT").ShouldBe("false");
        Dockerfile.Variable("ASPNETCORE_URLS").ShouldBe($"http://+:{ProductSurface.Port}");
        Dockerfile.Last("EXPOSE").ShouldBe($"{ProductSurface.Port}");
        var health = Dockerfile.Last("HEALTHCHECK");
        health.ShouldContain($"/127.0.0.1/{ProductSurface.Port} ");
        var asked = Regex.Match(health, "GET (/\\S+) ", RegexOptions.CultureInvariant).Groups[1].Value;
        foreach (var role in ProductSurface.Roles) (await ProductSurface.GetAsync()).Routes[role].ShouldContain(asked);
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Each_role_has_a_service_with_known_options_and_dependencies(string role)
    {
        var (service, product) = (ComposeFile.Services.At(role), await ProductSurface.GetAsync());
        var environment = ComposeFile.Environment(role).ToDictionary();
        environment["Host__Roles"].ShouldBe(role);
        foreach (var (variable, _) in environment) product.FindUnknownOption(variable).ShouldBeNull();
        Enum.GetNames<StoreKind>().ShouldContain(environment["Store__Kind"]);

        string[] needs = ProductSurface.BusRoles.Contains(role) ? ["mongodb", "rabbitmq"] : ["mongodb"];
        service.Members("depends_on").Select(one => one.Key).ShouldBe(needs, ignoreOrder: true);
        service.Members("depends_on").ShouldAllBe(one => one.Value.ValueAt("condition") == "service_healthy" && ComposeFile.Services.At(one.Key)["healthcheck"] != null);
        environment.ContainsKey("Bus__RabbitMq__Uri").ShouldBe(ProductSurface.BusRoles.Contains(role), "the broker's password is for those who speak to it");

        InfraFiles.Seconds(service.ValueAt("stop_grace_period")).ShouldBeGreaterThan(WebPipeline.ShutdownTimeout);
        service.ValueAt("read_only").ShouldBe("true");
        service.Items("cap_drop").Select(one => one.ToString()).ShouldBe(["ALL"]);
        File.Exists(Path.Combine(InfraFiles.Folder, service.ValueAt("build/context"), service.ValueAt("build/dockerfile"))).ShouldBeTrue();
    }

    [Fact]
    public void Data_accepted_by_ingest_outlives_its_container() =>
        ComposeFile.Services.Items("ingest/volumes").Select(one => one.ToString().Split(':')[1]).ShouldBe([Dockerfile.Variable("Host__Data")]);

    [Fact]
    public void Ports_are_published_on_loopback_only_and_volumes_and_files_exist()
    {
        var file = InfraFiles.Yaml("compose.yaml");
        file["name"].ShouldBeNull("docker-compose 1.29 refuses a name at the top");
        foreach (var (name, service) in file.Members("services"))
        {
            foreach (var port in service["ports"]?.AsArray() ?? []) port!.ToString().ShouldStartWith("127.0.0.1:", customMessage: name);
            foreach (var volume in (service["volumes"]?.AsArray() ?? []).Select(one => one!.ToString().Split(':')[0]))
            {
                if (volume.StartsWith('.')) File.Exists(Path.Combine(InfraFiles.Folder, volume)).ShouldBeTrue($"{name}: {volume}");
                else file.Members("volumes").Select(one => one.Key).ShouldContain(volume, name);
            }
        }

        foreach (var role in (string[])["ingest", "report"]) ComposeFile.Services.ValueAt($"{role}/ports/0").ShouldEndWith($":{ProductSurface.Port}");
    }

    [Fact]
    public void Example_secrets_file_names_each_variable_without_values()
    {
        var example = InfraFiles.Variables(".env.example");
        example.Keys.ShouldBe(ComposeFile.Variables, ignoreOrder: true);
        example.Where(one => one.Key.EndsWith("PASSWORD", StringComparison.Ordinal)).ShouldAllBe(one => one.Value.Length == 0);
        foreach (var secret in (string[])["infra/.env", "infra/k8s/secrets.env"]) File.ReadLines(Path.Combine(TestData.Repository, ".gitignore")).ShouldContain(secret);
    }

    /// <summary>Where docker-compose is not installed the tests above are all there is.</summary>
    [Fact]
    public async Task Docker_compose_accepts_the_file()
    {
        if (Executables.Find("docker-compose") is not { } compose) return;
        using var folder = new TempFolder();
        await File.WriteAllLinesAsync(folder.File("env"), ComposeFile.Variables.Select(name => $"{name}={ComposeFile.Secret}"), TestContext.Current.CancellationToken);
        var shown = InfraFiles.Parse(await Executables.RunAsync(compose, "--env-file", folder.File("env"), "-f", Path.Combine(InfraFiles.Folder, "compose.yaml"), "--profile", "watch", "config")).Single();
        foreach (var role in ProductSurface.Roles)
            foreach (var (name, value) in ComposeFile.Environment(role)) shown.ValueAt($"services/{role}/environment/{name}").ShouldBe(value);
    }
}

/// <summary>Programs that may be on this machine.</summary>
internal static class Executables
{
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs one to its end and answers what it wrote; fails with its errors where it failed.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await errors);
        return await output;
    }
}
