using System.Text.Json.Nodes;
using Attribution.Core.Values;
using Attribution.Host.Backup;
using Attribution.Host.Configuration;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;
using Attribution.TestKit.Stores;
using MassTransit;

namespace Attribution.Host.Tests.Backup;

/// <summary>Backups of a data folder, and their restore.</summary>
public sealed class BackupTests : IDisposable
{
    private static readonly string[] Orders = [.. Enumerable.Range(1, 60).Select(number => $"o-{number}")];
    private readonly TempFolder folder = new();

    public BackupTests() => Assert.SkipWhen(StoreUnderTest.IsMongoDb, "MongoDB is backed up with its own tools");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Data => folder.File("data");

    private string Copy => folder.File("copy");

    private string Restored => folder.File("restored");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Events_attributed_while_a_backup_is_made_count_once_after_its_restore()
    {
        await using (var host = await StartAsync(Data)) (await CountAsync(host, Orders[..20])).ShouldBe(20);
        await using (var host = await StartAsync(Data, attributes: false)) await PostAsync(host, Orders[20..40]);

        var attributed = false;
        new BackupWriter(new HostSettings(new HashSet<Role>(), "0", Data), _ => AttributeOnce()).Write(Copy, new Timestamp(0), Cancellation);
        attributed.ShouldBeTrue();

        (await CliProcess.RunAsync("restore", "--from", Copy, "--data", Restored)).Output.ShouldContain("The rollups equal the journeys");
        await using var restored = await StartAsync(Restored);
        (await CountAsync(restored)).ShouldBe(40);
        (await CountAsync(restored, Orders)).ShouldBe(60);

        // Between the copy of the spool and that of the store, a host attributes what was in the spool.
        void AttributeOnce()
        {
            if (attributed) return;
            attributed = true;
            Task.Run(async () =>
            {
                await using var host = await StartAsync(Data);
                (await CountAsync(host)).ShouldBe(40);
            }).GetAwaiter().GetResult();
        }
    }

    [Fact]
    public async Task Backup_of_a_running_host_contains_only_files_for_its_owner()
    {
        await using var host = await StartAsync(Data);
        (await CountAsync(host, Orders)).ShouldBe(60);
        var ended = await CliProcess.RunAsync("backup", "--to", Copy, "--data", Data);
        ended.Errors.ShouldBe("");
        ended.Output.ShouldContain("Backup complete: 3 files, ");
        Directory.GetFiles(Copy, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Copy, path)).ShouldBe(
            ["attribution.db", "backup.json", "customer-keys.secret", Path.Combine("spool", "0.db")], ignoreOrder: true);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Copy).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Backup_needs_a_store_and_an_empty_folder()
    {
        (await CliProcess.RunAsync("backup", "--to", Copy, "--data", Data)).ShouldBe(
            new ProgramResult(1, "", $"There is no store in {Data}; name the data folder with --data."));
        Directory.Exists(Copy).ShouldBeFalse();
        await BackUpAsync();
        (await CliProcess.RunAsync("backup", "--to", Copy, "--data", Data)).Errors.ShouldBe($"{Copy} is not empty; name a new folder with --to.");
        (await CliProcess.RunAsync("backup", "--data", Data)).ExitCode.ShouldBe(2);
        (await CliProcess.RunAsync("backup", "--to", folder.File("mongo"), "--data", Data, "--Store:Kind=MongoDb", "--Store:MongoDb:ConnectionString=mongodb://127.0.0.1"))
            .Errors.ShouldStartWith("Store:Kind: 'backup' and 'restore' copy a SQLite store.");
    }

    [Fact]
    public async Task Restore_replaces_no_data()
    {
        await BackUpAsync();
        var ended = await CliProcess.RunAsync("restore", "--from", Copy, "--data", Data);
        ended.ShouldBe(new ProgramResult(
            1, "", $"{Path.Combine(Data, "attribution.db")} exists, and a restore replaces nothing. Move the data folder away, or name another with --data."));
    }

    [Theory]
    [InlineData("no manifest", "is not a complete backup: it contains no backup.json, which is written last.")]
    [InlineData("newer schema", "The backup was made by a newer version, 9.0.0 (schema 999, this build supports up to ")]
    [InlineData("damaged file", "attribution.db is damaged: its contents differ from backup.json. Restore another backup.")]
    [InlineData("missing file", "The backup was not restored: Could not find file")]
    [InlineData("path outside", "'../outside' leads out of the folder")]
    [InlineData("no secret", "customer-keys.secret is missing, and the store's customer keys were hashed with it.")]
    public async Task Unusable_backup_is_refused_in_one_line_and_leaves_no_files(string fault, string reason)
    {
        await BackUpAsync();
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Copy, "backup.json"), Cancellation))!;
        var files = manifest["files"]!.AsArray();
        var (store, secret) = (Path.Combine(Copy, "attribution.db"), Path.Combine(Copy, "customer-keys.secret"));
        switch (fault)
        {
            case "no manifest": File.Delete(Path.Combine(Copy, "backup.json")); break;
            case "newer schema": (manifest["schema"], manifest["build"]) = (999, "9.0.0"); break;
            case "damaged file":
                await using (var file = File.OpenWrite(store)) file.SetLength(file.Length - 1);
                break;
            case "missing file": File.Delete(secret); break;
            case "path outside": files[0]!["path"] = "../outside"; break;
            default: files.Remove(files.Single(file => (string)file!["path"]! == "customer-keys.secret")); break;
        }

        if (fault != "no manifest") await File.WriteAllTextAsync(Path.Combine(Copy, "backup.json"), manifest.ToJsonString(), Cancellation);
        var ended = await CliProcess.RunAsync("restore", "--from", Copy, "--data", Restored);
        ended.Errors.ShouldContain(reason);
        ended.Errors.ShouldNotContain(Environment.NewLine);
        ended.ExitCode.ShouldBe(1);
        if (Directory.Exists(Restored))
            Directory.GetFiles(Restored, "*", SearchOption.AllDirectories).ShouldAllBe(path => path.Contains("host.", StringComparison.Ordinal) || path.EndsWith(".json", StringComparison.Ordinal));
    }

    private async Task BackUpAsync()
    {
        await using (await StartAsync(Data))
        {
        }

        (await CliProcess.RunAsync("backup", "--to", Copy, "--data", Data)).ExitCode.ShouldBe(0);
    }

    private static async Task<TestHost> StartAsync(string data, bool attributes = true)
    {
        // Without consumers, accepted events stay in the spool.
        Action<IBusRegistrationConfigurator>? consumers = attributes ? null : _ => { };
        var host = await TestHost.BuildAsync(data, consumers);
        await host.StartAsync();
        return host;
    }

    private static async Task PostAsync(TestHost host, IEnumerable<string> orders)
    {
        var at = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture);
        var lines = orders.Select(order =>
            $$"""{"type":"conversion","id":"{{order}}","occurredAt":"{{at}}","kind":"order","orderId":"{{order}}","currency":"USD","gross":"10.00"}""");
        using var posted = await host.SendAsync(HttpMethod.Post, "/v1/events", string.Join('\n', lines), type: "application/x-ndjson");
        ((int)posted.StatusCode).ShouldBe(202);
    }

    /// <summary>Posts orders, waits until the host has counted everything it accepted, and returns the number of all orders.</summary>
    private static async Task<int> CountAsync(TestHost host, params string[] orders)
    {
        if (orders.Length > 0) await PostAsync(host, orders);
        await Eventually.IsTrueAsync(async () => (bool)(await ReadAsync(host, "/v1/quality"))["backlog"]!["settled"]!, "the host counts everything it accepted");
        var today = DateTimeOffset.UtcNow;
        var rollups = await ReadAsync(host, string.Create(
            CultureInfo.InvariantCulture, $"/v1/rollups/daily?from={today.AddDays(-2):yyyy-MM-dd}&to={today.AddDays(1):yyyy-MM-dd}"));
        return (int)rollups["totals"]!["orders"]!;
    }

    private static async Task<JsonNode> ReadAsync(TestHost host, string path)
    {
        using var answer = await host.SendAsync(HttpMethod.Get, path);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
    }
}
