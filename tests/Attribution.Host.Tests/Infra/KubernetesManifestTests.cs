using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Ingest;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Infra;

/// <summary><c>infra/k8s</c> matches the program: roles, ports, probes, options and network connections.</summary>
public sealed class KubernetesManifestTests
{
    private const string Component = "app.kubernetes.io/component";
    private const int SpoolPageSize = 4096;

    private static readonly JsonNode Kustomization = InfraFiles.Yaml("k8s/kustomization.yaml");
    private static readonly IReadOnlyList<JsonNode> Objects = [.. Kustomization.Items("resources").SelectMany(file => InfraFiles.Documents($"k8s/{file}"))];
    private static readonly JsonNode Pod = InfraFiles.Yaml("k8s/pod.yaml").At("spec/template/spec");
    private static readonly JsonNode Container = Pod.Items("containers").Single();

    [Fact]
    public void Every_file_is_referenced_and_every_object_is_labeled()
    {
        var used = Kustomization.Items("resources").Concat(Kustomization.Items("patches").Select(patch => patch["path"]).OfType<JsonNode>()).Select(file => file.ToString()).Append("kustomization.yaml").Distinct();
        Directory.GetFiles(Path.Combine(InfraFiles.Folder, "k8s"), "*.yaml").Select(Path.GetFileName).ShouldBe(used, ignoreOrder: true);
        foreach (var item in Objects) (item.ValueAt("apiVersion").Length * item.ValueAt("kind").Length * item.ValueAt("metadata/name").Length).ShouldBeGreaterThan(0);
        Objects.Select(item => $"{item["kind"]} {item.ValueAt("metadata/name")}").ShouldBeUnique();
        Kustomization.Items("patches").Where(patch => patch["path"] is not null).Select(patch => patch.ValueAt("target/kind")).ShouldBe(Workloads().Select(item => item.ValueAt("kind")).Distinct(), ignoreOrder: true);
    }

    [Fact]
    public void Each_role_has_a_workload_whose_pods_carry_its_label()
    {
        Workloads().Select(item => item.ValueAt("metadata/name")).ShouldBe(ProductSurface.Roles, ignoreOrder: true);
        foreach (var workload in Workloads())
        {
            var role = workload.ValueAt("metadata/name");
            workload.At("spec/selector/matchLabels")[Component]!.ToString().ShouldBe(role);
            workload.At("spec/template/metadata/labels")[Component]!.ToString().ShouldBe(role);
            // A workload itself specifies only its size.
            var container = workload.Items("spec/template/spec/containers").Single().AsObject();
            container.Select(item => item.Key).ShouldBe(["name", "resources"]);
            container.ValueAt("name").ShouldBe(Container.ValueAt("name"));
            container.ValueAt("resources/requests/cpu").Length.ShouldBeGreaterThan(0);
            ParseSize(container.ValueAt("resources/limits/memory")).ShouldBeGreaterThan(ParseSize(container.ValueAt("resources/requests/memory")) - 1);
        }

        EnvironmentVariable("Host__Roles").ValueAt("valueFrom/fieldRef/fieldPath").ShouldBe($"metadata.labels['{Component}']");
        Container.Items("args").Single().ToString().ShouldBe(JsonNode.Parse(Dockerfile.Last("CMD"))!.AsArray().Single()!.ToString());
    }

    [Fact]
    public void Pod_names_are_valid_instance_names()
    {
        EnvironmentVariable("Host__Instance").ValueAt("valueFrom/fieldRef/fieldPath").ShouldBe("metadata.name");
        // A Deployment appends a hash of up to ten characters and five random ones.
        var longest = Workloads().Select(item => item.ValueAt("metadata/name") + (item.ValueAt("kind") == "Deployment" ? "-0123456789-abcde" : "-999"));
        var errors = longest.SelectMany(name => OptionsOf(name)).ToList();
        errors.ShouldBeEmpty();

        static IEnumerable<string> OptionsOf(string name)
        {
            var results = new List<System.ComponentModel.DataAnnotations.ValidationResult>();
            var section = new AttributionHostOptions { Instance = name };
            System.ComponentModel.DataAnnotations.Validator.TryValidateObject(section, new(section), results, validateAllProperties: true);
            return results.Select(result => $"{name}: {result.ErrorMessage}");
        }
    }

    [Fact]
    public async Task Options_are_known_and_secrets_are_separate()
    {
        var product = await ProductSurface.GetAsync();
        var plain = Kustomization.Items("configMapGenerator/0/literals").Select(item => item.ToString().Split('=')[0]).ToList();
        var secret = InfraFiles.Variables("k8s/secrets.example.env").Keys.ToList();
        foreach (var variable in plain.Concat(secret).Concat(Container.Items("env").Select(item => item.ValueAt("name")))) product.FindUnknownOption(variable).ShouldBeNull();
        // Pods get the same options as the containers of the compose file.
        plain.Concat(secret).Concat(Container.Items("env").Select(item => item.ValueAt("name"))).ShouldBe(ProductSurface.Roles.SelectMany(ComposeFile.Environment).Select(item => item.Key).Distinct(), ignoreOrder: true);
        secret.ShouldAllBe(name => name.EndsWith("Uri", StringComparison.Ordinal) || name.EndsWith("ConnectionString", StringComparison.Ordinal) || name.EndsWith("Secret", StringComparison.Ordinal));
        Kustomization.ValueAt("secretGenerator/0/envs/0").ShouldBe("secrets.env");
        Container.Items("envFrom").Select(item => (item["configMapRef"] ?? item["secretRef"])!.ValueAt("name")).ShouldBe([Kustomization.ValueAt("configMapGenerator/0/name"), Kustomization.ValueAt("secretGenerator/0/name")]);
    }

    [Fact]
    public async Task Probes_use_routes_of_every_role_and_ingest_stays_ready_without_broker()
    {
        var routes = (await ProductSurface.GetAsync()).Routes;
        foreach (var probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
        {
            foreach (var role in ProductSurface.Roles) routes[role].ShouldContain(Container.ValueAt($"{probe}/httpGet/path"));
            Container.ValueAt($"{probe}/httpGet/port").ShouldBe(Container.ValueAt("ports/0/name"));
        }

        Container.ValueAt("livenessProbe/httpGet/path").ShouldEndWith("/live");
        Container.ValueAt("readinessProbe/httpGet/path").ShouldEndWith("/ready");
        var ingest = Kustomization.Items("patches").Single(patch => patch["patch"] is not null);
        ingest.ValueAt("target/name").ShouldBe("ingest");
        JsonNode.Parse(ingest.ValueAt("patch"))!.ValueAt("0/value").ShouldBe(Container.ValueAt("livenessProbe/httpGet/path"));
        Container.ValueAt("ports/0/containerPort").ShouldBe($"{ProductSurface.Port}");
    }

    [Fact]
    public void Termination_grace_period_covers_the_host_shutdown()
    {
        var before = InfraFiles.Seconds(Container.ValueAt("lifecycle/preStop/exec/command/1"));
        TimeSpan.FromSeconds(int.Parse(Pod.ValueAt("terminationGracePeriodSeconds"), CultureInfo.InvariantCulture)).ShouldBeGreaterThan(before + WebPipeline.ShutdownTimeout);
    }

    [Fact]
    public void Containers_run_unprivileged_and_write_only_to_volumes()
    {
        Pod.ValueAt("securityContext/runAsNonRoot").ShouldBe("true");
        Pod.ValueAt("securityContext/runAsUser").ShouldBe(Dockerfile.Last("USER"));
        Pod.ValueAt("securityContext/fsGroup").ShouldBe(Dockerfile.Last("USER"));
        Container.ValueAt("securityContext/readOnlyRootFilesystem").ShouldBe("true");
        Container.ValueAt("securityContext/allowPrivilegeEscalation").ShouldBe("false");
        Container.ValueAt("securityContext/capabilities/drop/0").ShouldBe("ALL");
        Container.Items("volumeMounts").Select(item => item.ValueAt("mountPath")).ShouldBe([Dockerfile.Variable("Host__Data"), "/tmp"]);
        Container.Items("volumeMounts").Select(item => item.ValueAt("name")).ShouldBe(Pod.Items("volumes").Select(item => item.ValueAt("name")));
    }

    [Fact]
    public void Ingest_spool_has_its_own_sufficient_and_retained_volume()
    {
        var ingest = Workloads().Single(item => item.ValueAt("kind") == "StatefulSet");
        ingest.ValueAt("metadata/name").ShouldBe("ingest");
        var claim = ingest.Items("spec/volumeClaimTemplates").Single();
        claim.ValueAt("metadata/name").ShouldBe(Container.Items("volumeMounts").Single(item => item.ValueAt("mountPath") == Dockerfile.Variable("Host__Data")).ValueAt("name"));
        ParseSize(claim.ValueAt("spec/resources/requests/storage")).ShouldBeGreaterThan(new SpoolOptions().MaxPageCount * SpoolPageSize);
        foreach (var kept in ingest.Members("spec/persistentVolumeClaimRetentionPolicy")) kept.Value.ToString().ShouldBe("Retain");
        AutoscalerOf("ingest").ValueAt("spec/behavior/scaleDown/selectPolicy").ShouldBe("Disabled");
        ingest.At("spec")["replicas"].ShouldBeNull("applying the file again would remove ingest pods that the autoscaler added");
    }

    [Fact]
    public void Scaled_workloads_exist_and_disrupt_one_pod_at_a_time()
    {
        foreach (var scaler in Objects.Where(item => item.ValueAt("kind") == "HorizontalPodAutoscaler"))
        {
            var target = Workloads().Single(item => item.ValueAt("metadata/name") == scaler.ValueAt("spec/scaleTargetRef/name"));
            scaler.ValueAt("spec/scaleTargetRef/kind").ShouldBe(target.ValueAt("kind"));
            scaler.ValueAt("metadata/name").ShouldBe(target.ValueAt("metadata/name"));
            int.Parse(scaler.ValueAt("spec/minReplicas"), CultureInfo.InvariantCulture).ShouldBeInRange(2, int.Parse(scaler.ValueAt("spec/maxReplicas"), CultureInfo.InvariantCulture));
            target.At("spec")["replicas"].ShouldBeNull();
        }

        foreach (var workload in Workloads().Where(item => item.ValueAt("metadata/name") == "rollup")) workload.ValueAt("spec/replicas").ShouldBe("2");
        var budget = Objects.Single(item => item.ValueAt("kind") == "PodDisruptionBudget");
        budget.ValueAt("spec/maxUnavailable").ShouldBe("1");
        budget.At("spec/selector/matchLabels").ToJsonString().ShouldBe(Kustomization.At("labels/0/pairs").ToJsonString());
    }

    [Fact]
    public async Task Ingest_routes_lead_to_ingest_and_all_others_to_reporting()
    {
        var product = await ProductSurface.GetAsync();
        var paths = Objects.Where(item => item.ValueAt("kind") == "Ingress").SelectMany(item => item.Items("spec/rules/0/http/paths")).ToList();
        foreach (var role in (string[])["ingest", "report"])
        {
            var other = role == "ingest" ? "report" : "ingest";
            foreach (var route in product.Routes[role].Except(product.Routes[other]))
                LeadsTo(route).ShouldBe(role, route);
            var service = Objects.Single(item => item.ValueAt("kind") == "Service" && item.ValueAt("metadata/name") == role);
            service.At("spec/selector")[Component]!.ToString().ShouldBe(role);
            service.ValueAt("spec/ports/0/targetPort").ShouldBe(Container.ValueAt("ports/0/name"));
        }

        // The longest matching path applies, as specified; a prefix matches complete path segments.
        string LeadsTo(string route) => paths.Where(path => route == path.ValueAt("path") || (path.ValueAt("pathType") == "Prefix" && (route + "/").StartsWith(path.ValueAt("path").TrimEnd('/') + "/", StringComparison.Ordinal)))
            .MaxBy(path => path.ValueAt("path").Length)!.ValueAt("backend/service/name");
    }

    [Fact]
    public void Network_policies_allow_the_configured_ports()
    {
        var every = Policy("every-role");
        every.At("spec/podSelector").AsObject().ShouldBeEmpty();
        Ports(every, "ingress").ShouldBe([ProductSurface.Port]);
        Ports(every, "egress").ShouldBe([53, 53, 27017, new Uri(Kustomization.Items("configMapGenerator/0/literals").Select(item => item.ToString()).Single(item => item.StartsWith("Telemetry__Endpoint=", StringComparison.Ordinal)).Split('=')[1]).Port]);
        var bus = Policy("bus");
        bus.Items("spec/podSelector/matchExpressions/0/values").Select(item => item.ToString()).ShouldBe(ProductSurface.BusRoles, ignoreOrder: true);
        Ports(bus, "egress").ShouldContain(new Uri(InfraFiles.Variables("k8s/secrets.example.env")["Bus__RabbitMq__Uri"]).Port);
        InfraFiles.Variables("k8s/secrets.example.env")["Store__MongoDb__ConnectionString"].ShouldContain(":27017");

        static JsonNode Policy(string name) => Objects.Single(item => item.ValueAt("kind") == "NetworkPolicy" && item.ValueAt("metadata/name") == name);
        static IEnumerable<int> Ports(JsonNode policy, string way) => policy.Items($"spec/{way}").SelectMany(rule => rule.Items("ports")).Select(port => int.Parse(port.ValueAt("port"), CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Kustomize_renders_the_expected_objects()
    {
        var kubectl = Executables.Find("kubectl");
        Assert.SkipWhen(kubectl is null, "kubectl is not installed");
        using var folder = new TempFolder();
        foreach (var file in Directory.GetFiles(Path.Combine(InfraFiles.Folder, "k8s")))
            File.Copy(file, folder.File(Regex.Replace(Path.GetFileName(file), "^secrets.example.env$", "secrets.env", RegexOptions.CultureInvariant)), overwrite: true);

        var made = InfraFiles.Parse(await Executables.RunAsync(kubectl, "kustomize", folder.Path));
        var pods = made.Where(item => item["spec"]?["template"] is not null).ToDictionary(item => item.ValueAt("metadata/name"), item => item.At("spec/template/spec"));
        pods.Keys.ShouldBe(ProductSurface.Roles, ignoreOrder: true);
        foreach (var (role, pod) in pods)
        {
            var container = pod.Items("containers").Single();
            container.ValueAt("readinessProbe/httpGet/path").ShouldBe(Container.ValueAt(role == "ingest" ? "livenessProbe/httpGet/path" : "readinessProbe/httpGet/path"), role);
            container.ValueAt("resources/requests/cpu").Length.ShouldBeGreaterThan(0);
            container.Items("envFrom").Select(item => (item["configMapRef"] ?? item["secretRef"])!.ValueAt("name")).ShouldAllBe(name => made.Any(item => item.ValueAt("metadata/name") == name));
            pod.ValueAt("terminationGracePeriodSeconds").ShouldBe(Pod.ValueAt("terminationGracePeriodSeconds"));
        }
    }

    private static IEnumerable<JsonNode> Workloads() => Objects.Where(item => item["spec"]?["template"] is not null);

    private static JsonNode AutoscalerOf(string name) => Objects.Single(item => item.ValueAt("kind") == "HorizontalPodAutoscaler" && item.ValueAt("metadata/name") == name);

    private static JsonNode EnvironmentVariable(string name) => Container.Items("env").Single(item => item.ValueAt("name") == name);

    private static long ParseSize(string quantity) => long.Parse(quantity[..^2], CultureInfo.InvariantCulture) << (quantity[^2..] == "Gi" ? 30 : 20);
}
