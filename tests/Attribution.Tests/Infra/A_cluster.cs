using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attribution.Host.Hosting;
using Attribution.Host.Ingest;
using Attribution.TestKit;

namespace Attribution.Tests.Infra;

/// <summary><c>infra/k8s</c> fits the program: roles, ports, probes, options, what speaks to what.</summary>
public sealed class A_cluster
{
    private const string Component = "app.kubernetes.io/component";
    private const int SpoolPage = 4096;

    private static readonly JsonNode Kustomization = InfraFiles.Yaml("k8s/kustomization.yaml");
    private static readonly IReadOnlyList<JsonNode> Objects = [.. Kustomization.Items("resources").SelectMany(file => InfraFiles.Documents($"k8s/{file}"))];
    private static readonly JsonNode Pod = InfraFiles.Yaml("k8s/pod.yaml").At("spec/template/spec");
    private static readonly JsonNode Container = Pod.Items("containers").Single();

    [Fact]
    public void Every_file_is_referenced_and_every_object_is_labeled()
    {
        var used = Kustomization.Items("resources").Concat(Kustomization.Items("patches").Select(patch => patch["path"]).OfType<JsonNode>()).Select(file => file.ToString()).Append("kustomization.yaml").Distinct();
        Directory.GetFiles(Path.Combine(InfraFiles.Folder, "k8s"), "*.yaml").Select(Path.GetFileName).ShouldBe(used, ignoreOrder: true);
        foreach (var one in Objects) (one.Word("apiVersion").Length * one.Word("kind").Length * one.Word("metadata/name").Length).ShouldBeGreaterThan(0);
        Objects.Select(one => $"{one["kind"]} {one.Word("metadata/name")}").ShouldBeUnique();
        Kustomization.Items("patches").Where(patch => patch["path"] is not null).Select(patch => patch.Word("target/kind")).ShouldBe(Workloads().Select(one => one.Word("kind")).Distinct(), ignoreOrder: true);
    }

    [Fact]
    public void Each_role_has_a_workload_whose_pods_carry_its_label()
    {
        Workloads().Select(one => one.Word("metadata/name")).ShouldBe(Product.Roles, ignoreOrder: true);
        foreach (var workload in Workloads())
        {
            var role = workload.Word("metadata/name");
            workload.At("spec/selector/matchLabels")[Component]!.ToString().ShouldBe(role);
            workload.At("spec/template/metadata/labels")[Component]!.ToString().ShouldBe(role);
            // Of its own it has its size alone.
            var container = workload.Items("spec/template/spec/containers").Single().AsObject();
            container.Select(one => one.Key).ShouldBe(["name", "resources"]);
            container.Word("name").ShouldBe(Container.Word("name"));
            container.Word("resources/requests/cpu").Length.ShouldBeGreaterThan(0);
            Size(container.Word("resources/limits/memory")).ShouldBeGreaterThan(Size(container.Word("resources/requests/memory")) - 1);
        }

        Variable("Host__Roles").Word("valueFrom/fieldRef/fieldPath").ShouldBe($"metadata.labels['{Component}']");
        Container.Items("args").Single().ToString().ShouldBe(JsonNode.Parse(Image.Last("CMD"))!.AsArray().Single()!.ToString());
    }

    [Fact]
    public void Pod_names_are_valid_instance_names()
    {
        Variable("Host__Instance").Word("valueFrom/fieldRef/fieldPath").ShouldBe("metadata.name");
        // A Deployment adds a hash of up to ten and five of its own.
        var longest = Workloads().Select(one => one.Word("metadata/name") + (one.Word("kind") == "Deployment" ? "-0123456789-abcde" : "-999"));
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
        var product = await Product.GetAsync();
        var plain = Kustomization.Items("configMapGenerator/0/literals").Select(one => one.ToString().Split('=')[0]).ToList();
        var secret = InfraFiles.Variables("k8s/secrets.example.env").Keys.ToList();
        foreach (var variable in plain.Concat(secret).Concat(Container.Items("env").Select(one => one.Word("name")))) product.Unknown(variable).ShouldBeNull();
        // What the containers of one machine get, the pods get.
        plain.Concat(secret).Concat(Container.Items("env").Select(one => one.Word("name"))).ShouldBe(Product.Roles.SelectMany(ComposeFile.Environment).Select(one => one.Key).Distinct(), ignoreOrder: true);
        secret.ShouldAllBe(name => name.EndsWith("Uri", StringComparison.Ordinal) || name.EndsWith("ConnectionString", StringComparison.Ordinal) || name.EndsWith("Secret", StringComparison.Ordinal));
        Kustomization.Word("secretGenerator/0/envs/0").ShouldBe("secrets.env");
        Container.Items("envFrom").Select(one => (one["configMapRef"] ?? one["secretRef"])!.Word("name")).ShouldBe([Kustomization.Word("configMapGenerator/0/name"), Kustomization.Word("secretGenerator/0/name")]);
    }

    [Fact]
    public async Task Probes_use_routes_of_every_role_and_ingest_stays_ready_without_broker()
    {
        var routes = (await Product.GetAsync()).Routes;
        foreach (var probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
        {
            foreach (var role in Product.Roles) routes[role].ShouldContain(Container.Word($"{probe}/httpGet/path"));
            Container.Word($"{probe}/httpGet/port").ShouldBe(Container.Word("ports/0/name"));
        }

        Container.Word("livenessProbe/httpGet/path").ShouldEndWith("/live");
        Container.Word("readinessProbe/httpGet/path").ShouldEndWith("/ready");
        var ingest = Kustomization.Items("patches").Single(patch => patch["patch"] is not null);
        ingest.Word("target/name").ShouldBe("ingest");
        JsonNode.Parse(ingest.Word("patch"))!.Word("0/value").ShouldBe(Container.Word("livenessProbe/httpGet/path"));
        Container.Word("ports/0/containerPort").ShouldBe($"{Product.Port}");
    }

    [Fact]
    public void Termination_grace_period_covers_the_host_shutdown()
    {
        var before = InfraFiles.Seconds(Container.Word("lifecycle/preStop/exec/command/1"));
        TimeSpan.FromSeconds(int.Parse(Pod.Word("terminationGracePeriodSeconds"), CultureInfo.InvariantCulture)).ShouldBeGreaterThan(before + WebPipeline.ShutdownTimeout);
    }

    [Fact]
    public void Containers_run_unprivileged_and_write_only_to_volumes()
    {
        Pod.Word("securityContext/runAsNonRoot").ShouldBe("true");
        Pod.Word("securityContext/runAsUser").ShouldBe(Image.Last("USER"));
        Pod.Word("securityContext/fsGroup").ShouldBe(Image.Last("USER"));
        Container.Word("securityContext/readOnlyRootFilesystem").ShouldBe("true");
        Container.Word("securityContext/allowPrivilegeEscalation").ShouldBe("false");
        Container.Word("securityContext/capabilities/drop/0").ShouldBe("ALL");
        Container.Items("volumeMounts").Select(one => one.Word("mountPath")).ShouldBe([Image.Variable("Host__Data"), "/tmp"]);
        Container.Items("volumeMounts").Select(one => one.Word("name")).ShouldBe(Pod.Items("volumes").Select(one => one.Word("name")));
    }

    [Fact]
    public void Ingest_spool_has_its_own_sufficient_and_retained_volume()
    {
        var ingest = Workloads().Single(one => one.Word("kind") == "StatefulSet");
        ingest.Word("metadata/name").ShouldBe("ingest");
        var claim = ingest.Items("spec/volumeClaimTemplates").Single();
        claim.Word("metadata/name").ShouldBe(Container.Items("volumeMounts").Single(one => one.Word("mountPath") == Image.Variable("Host__Data")).Word("name"));
        Size(claim.Word("spec/resources/requests/storage")).ShouldBeGreaterThan(new SpoolOptions().MaxPageCount * SpoolPage);
        foreach (var kept in ingest.Members("spec/persistentVolumeClaimRetentionPolicy")) kept.Value.ToString().ShouldBe("Retain");
        Scaler("ingest").Word("spec/behavior/scaleDown/selectPolicy").ShouldBe("Disabled");
        ingest.At("spec")["replicas"].ShouldBeNull("applying the file again would take ingests away that the autoscaler added");
    }

    [Fact]
    public void Scaled_workloads_exist_and_disrupt_one_pod_at_a_time()
    {
        foreach (var scaler in Objects.Where(one => one.Word("kind") == "HorizontalPodAutoscaler"))
        {
            var target = Workloads().Single(one => one.Word("metadata/name") == scaler.Word("spec/scaleTargetRef/name"));
            scaler.Word("spec/scaleTargetRef/kind").ShouldBe(target.Word("kind"));
            scaler.Word("metadata/name").ShouldBe(target.Word("metadata/name"));
            int.Parse(scaler.Word("spec/minReplicas"), CultureInfo.InvariantCulture).ShouldBeInRange(2, int.Parse(scaler.Word("spec/maxReplicas"), CultureInfo.InvariantCulture));
            target.At("spec")["replicas"].ShouldBeNull();
        }

        foreach (var workload in Workloads().Where(one => one.Word("metadata/name") == "rollup")) workload.Word("spec/replicas").ShouldBe("2");
        var budget = Objects.Single(one => one.Word("kind") == "PodDisruptionBudget");
        budget.Word("spec/maxUnavailable").ShouldBe("1");
        budget.At("spec/selector/matchLabels").ToJsonString().ShouldBe(Kustomization.At("labels/0/pairs").ToJsonString());
    }

    [Fact]
    public async Task Ingest_routes_lead_to_ingest_and_all_others_to_reporting()
    {
        var product = await Product.GetAsync();
        var paths = Objects.Where(one => one.Word("kind") == "Ingress").SelectMany(one => one.Items("spec/rules/0/http/paths")).ToList();
        foreach (var role in (string[])["ingest", "report"])
        {
            var other = role == "ingest" ? "report" : "ingest";
            foreach (var route in product.Routes[role].Except(product.Routes[other]))
                LeadsTo(route).ShouldBe(role, route);
            var service = Objects.Single(one => one.Word("kind") == "Service" && one.Word("metadata/name") == role);
            service.At("spec/selector")[Component]!.ToString().ShouldBe(role);
            service.Word("spec/ports/0/targetPort").ShouldBe(Container.Word("ports/0/name"));
        }

        // The longest path that holds, as the specification says; a prefix ends where a part of the path does.
        string LeadsTo(string route) => paths.Where(path => route == path.Word("path") || (path.Word("pathType") == "Prefix" && (route + "/").StartsWith(path.Word("path").TrimEnd('/') + "/", StringComparison.Ordinal)))
            .MaxBy(path => path.Word("path").Length)!.Word("backend/service/name");
    }

    [Fact]
    public void Network_policies_allow_the_configured_ports()
    {
        var every = Policy("every-role");
        every.At("spec/podSelector").AsObject().ShouldBeEmpty();
        Ports(every, "ingress").ShouldBe([Product.Port]);
        Ports(every, "egress").ShouldBe([53, 53, 27017, new Uri(Kustomization.Items("configMapGenerator/0/literals").Select(one => one.ToString()).Single(one => one.StartsWith("Telemetry__Endpoint=", StringComparison.Ordinal)).Split('=')[1]).Port]);
        var bus = Policy("bus");
        bus.Items("spec/podSelector/matchExpressions/0/values").Select(one => one.ToString()).ShouldBe(Product.OnTheBus, ignoreOrder: true);
        Ports(bus, "egress").ShouldContain(new Uri(InfraFiles.Variables("k8s/secrets.example.env")["Bus__RabbitMq__Uri"]).Port);
        InfraFiles.Variables("k8s/secrets.example.env")["Store__MongoDb__ConnectionString"].ShouldContain(":27017");

        static JsonNode Policy(string name) => Objects.Single(one => one.Word("kind") == "NetworkPolicy" && one.Word("metadata/name") == name);
        static IEnumerable<int> Ports(JsonNode policy, string way) => policy.Items($"spec/{way}").SelectMany(rule => rule.Items("ports")).Select(port => int.Parse(port.Word("port"), CultureInfo.InvariantCulture));
    }

    /// <summary>Where kubectl is not installed the tests above are all there is.</summary>
    [Fact]
    public async Task Kustomize_renders_the_expected_objects()
    {
        if (Tools.Find("kubectl") is not { } kubectl) return;
        using var folder = new TempFolder();
        foreach (var file in Directory.GetFiles(Path.Combine(InfraFiles.Folder, "k8s")))
            File.Copy(file, folder.File(Regex.Replace(Path.GetFileName(file), "^secrets.example.env$", "secrets.env", RegexOptions.CultureInvariant)), overwrite: true);

        var made = InfraFiles.Parse(await Tools.RunAsync(kubectl, "kustomize", folder.Path));
        var pods = made.Where(one => one["spec"]?["template"] is not null).ToDictionary(one => one.Word("metadata/name"), one => one.At("spec/template/spec"));
        pods.Keys.ShouldBe(Product.Roles, ignoreOrder: true);
        foreach (var (role, pod) in pods)
        {
            var container = pod.Items("containers").Single();
            container.Word("readinessProbe/httpGet/path").ShouldBe(Container.Word(role == "ingest" ? "livenessProbe/httpGet/path" : "readinessProbe/httpGet/path"), role);
            container.Word("resources/requests/cpu").Length.ShouldBeGreaterThan(0);
            container.Items("envFrom").Select(one => (one["configMapRef"] ?? one["secretRef"])!.Word("name")).ShouldAllBe(name => made.Any(one => one.Word("metadata/name") == name));
            pod.Word("terminationGracePeriodSeconds").ShouldBe(Pod.Word("terminationGracePeriodSeconds"));
        }
    }

    private static IEnumerable<JsonNode> Workloads() => Objects.Where(one => one["spec"]?["template"] is not null);

    private static JsonNode Scaler(string name) => Objects.Single(one => one.Word("kind") == "HorizontalPodAutoscaler" && one.Word("metadata/name") == name);

    private static JsonNode Variable(string name) => Container.Items("env").Single(one => one.Word("name") == name);

    private static long Size(string quantity) => long.Parse(quantity[..^2], CultureInfo.InvariantCulture) << (quantity[^2..] == "Gi" ? 30 : 20);
}
