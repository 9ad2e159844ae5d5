using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attribution.Host.Cli;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Infra;

/// <summary>
/// Image and compose file match the program. <see cref="ProductSurface"/> checks the environment of each service.
/// </summary>
public sealed class ComposeFileTests
{
    private static readonly string[] Stages = [.. Dockerfile.Instructions.Where(item => item.Name == "FROM" && item.Arguments.Contains(" AS ", StringComparison.Ordinal)).Select(item => item.Arguments.Split(" AS ")[1])];

    public static TheoryData<string> Roles => [.. ProductSurface.Roles];

    [Fact]
    public void Copied_paths_exist_and_reach_the_build()
    {
        var allowed = File.ReadAllLines(Path.Combine(TestData.Repository, ".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..].Replace("*", "", StringComparison.Ordinal).Split('.')[0]).ToList();
        foreach (var copy in Dockerfile.Instructions.Where(item => item.Name == "COPY").Select(item => item.Arguments.Split(' ')))
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
    public void Image_uses_the_frameworks_properties_of_the_tree()
    {
        var run = Dockerfile.Instructions.Last(item => item.Name == "RUN" && item.Arguments.Contains("publish", StringComparison.Ordinal)).Arguments;
        Directory.Exists(Path.Combine(TestData.Repository, run.Split(' ')[2])).ShouldBeTrue();

        var framework = Regex.Match(File.ReadAllText(Path.Combine(TestData.Repository, "Directory.Build.props")), "<TargetFramework>net(.*)</TargetFramework>", RegexOptions.CultureInvariant).Groups[1].Value;
        var bases = Dockerfile.Instructions.Where(item => item.Name == "FROM" && item.Arguments.Contains("/dotnet/", StringComparison.Ordinal)).Select(item => item.Arguments.Split(' ')[0].Split(':')[1]).ToList();
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
        service.Members("depends_on").Select(item => item.Key).ShouldBe(needs, ignoreOrder: true);
        service.Members("depends_on").ShouldAllBe(item => item.Value.ValueAt("condition") == "service_healthy" && ComposeFile.Services.At(item.Key)["healthcheck"] != null);
        environment.ContainsKey("Bus__RabbitMq__Uri").ShouldBe(ProductSurface.BusRoles.Contains(role), "only roles that use the broker know its password");

        InfraFiles.Seconds(service.ValueAt("stop_grace_period")).ShouldBeGreaterThan(WebPipeline.ShutdownTimeout);
        service.ValueAt("read_only").ShouldBe("true");
        service.Items("cap_drop").Select(item => item.ToString()).ShouldBe(["ALL"]);
        File.Exists(Path.Combine(InfraFiles.Folder, service.ValueAt("build/context"), service.ValueAt("build/dockerfile"))).ShouldBeTrue();
    }

    [Fact]
    public void Data_accepted_by_ingest_outlives_its_container() =>
        ComposeFile.Services.Items("ingest/volumes").Select(item => item.ToString().Split(':')[1]).ShouldBe([Dockerfile.Variable("Host__Data")]);

    [Fact]
    public void Ports_are_published_on_loopback_only_and_volumes_and_files_exist()
    {
        var file = InfraFiles.Yaml("compose.yaml");
        file["name"].ShouldBeNull("docker-compose 1.29 refuses a name at the top");
        foreach (var (name, service) in file.Members("services"))
        {
            foreach (var port in service["ports"]?.AsArray() ?? []) port!.ToString().ShouldStartWith("127.0.0.1:", customMessage: name);
            foreach (var volume in (service["volumes"]?.AsArray() ?? []).Select(item => item!.ToString().Split(':')[0]))
            {
                if (volume.StartsWith('.')) File.Exists(Path.Combine(InfraFiles.Folder, volume)).ShouldBeTrue($"{name}: {volume}");
                else file.Members("volumes").Select(item => item.Key).ShouldContain(volume, name);
            }
        }

        foreach (var role in (string[])["ingest", "report"]) ComposeFile.Services.ValueAt($"{role}/ports/0").ShouldEndWith($":{ProductSurface.Port}");
    }

    [Fact]
    public void Example_secrets_file_names_each_variable_without_values()
    {
        var example = InfraFiles.Variables(".env.example");
        example.Keys.ShouldBe(ComposeFile.Variables, ignoreOrder: true);
        example.Where(item => item.Key.EndsWith("PASSWORD", StringComparison.Ordinal)).ShouldAllBe(item => item.Value.Length == 0);
        foreach (var secret in (string[])["infra/.env", "infra/k8s/secrets.env"]) File.ReadLines(Path.Combine(TestData.Repository, ".gitignore")).ShouldContain(secret);
    }

    [Fact]
    public async Task Docker_compose_accepts_the_file()
    {
        var compose = Executables.Find("docker-compose");
        Assert.SkipWhen(compose is null, "docker-compose is not installed");
        using var folder = new TempFolder();
        await File.WriteAllLinesAsync(
            folder.File("env"), ComposeFile.Variables.Select(name => $"{name}={ComposeFile.Secret}"), TestContext.Current.CancellationToken);
        var shown = InfraFiles.Parse(await Executables.RunAsync(compose, "--env-file", folder.File("env"), "-f", Path.Combine(InfraFiles.Folder, "compose.yaml"), "--profile", "watch", "config")).Single();
        foreach (var role in ProductSurface.Roles)
            foreach (var (name, value) in ComposeFile.Environment(role)) shown.ValueAt($"services/{role}/environment/{name}").ShouldBe(value);
    }
}
