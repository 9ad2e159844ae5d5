using Attribution.Host.Hosting;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Configuration;

/// <summary>Refused starts: every fault in one message, with the option, the fault and how to fix it.</summary>
public sealed class StartValidationTests : IDisposable
{
    private readonly TempFolder folder = new();

    [Theory]
    [InlineData("--Host:Instanc=1", "Unknown option 'Host:Instanc'; did you mean 'Host:Instance'?")]
    [InlineData("--Host:Colour=red", "Unknown option 'Host:Colour'; 'Host' has Host:Data, Host:Instance, Host:RateLimit, Host:RequestTimeout, Host:Roles, Host:SignIn.")]
    [InlineData("--Store:Knd=Sqlite", "Unknown option 'Store:Knd'; did you mean 'Store:Kind'?")]
    [InlineData("--Bus=InMemory", "Bus is a section and does not accept a value ('InMemory'); write Bus:<option>=<value>.")]
    [InlineData("--Host:Roles:0=ingest", "Host:Roles requires a single value, not a section.")]
    [InlineData("--Host:Instance=a/b", "Host:Instance: must be 1 to 32 of a-z, 0-9 and '-'")]
    [InlineData("--Host:Roles=", "Host:Roles is empty: specify at least one of ingest, attribute, rollup, report, or omit the option for all.")]
    [InlineData("--Host:Roles=ingest,attribute,rolup,report", "Host:Roles: unknown role 'rolup' (did you mean 'rollup'?); the roles are ingest, attribute, rollup, report.")]
    [InlineData("--Host:Roles=ingest,report", "Host:Roles: the in-memory bus cannot leave the process, so every role must run in it; leave Host:Roles out, or set Bus:Transport to RabbitMq.")]
    [InlineData("--Attribute:BotRules=/nowhere/rules.json", "Attribute:BotRules: '/nowhere/rules.json': The file cannot be opened: Could not find a part of the path '/nowhere/rules.json'.")]
    [InlineData("--Reference:TimeZones=/nowhere/tzdb.nzd", "Reference:TimeZones: '/nowhere/tzdb.nzd': The file cannot be opened: Could not find a part of the path '/nowhere/tzdb.nzd'.")]
    [InlineData("--Reference:BotRules=/nowhere/rules.json", "Reference:BotRules: '/nowhere/rules.json': The file cannot be opened: Could not find a part of the path '/nowhere/rules.json'.")]
    [InlineData("--Reference:Timezone=a", "Unknown option 'Reference:Timezone'; did you mean 'Reference:TimeZones'?")]
    [InlineData("--Bus:Transport=Kafka", "Bus:Transport: 'Kafka' is not one of InMemory, RabbitMq.")]
    [InlineData("--Bus:Transport=1", "Bus:Transport: '1' is not one of InMemory, RabbitMq.")]
    [InlineData("--Bus:Transport=RabbitMq", "Bus:RabbitMq:Uri is missing: write for example amqp://user:password@127.0.0.1:5672 (percent-encode special characters of the password).")]
    [InlineData("--Store:Kind=MongoDb", "Store:MongoDb:ConnectionString is missing: specify for example mongodb://user:password@host1,host2/?replicaSet=rs0 (percent-encode special characters of the password).")]
    [InlineData("--Host:RateLimit:Requests=-1", "Host:RateLimit:Requests: The field Requests must be between 0 and 100000000.")]
    [InlineData("--Host:RequestTimeout=00:00:00", "Host:RequestTimeout: must be between 1 second and 1 day")]
    [InlineData("--urls=nonsense", "--urls: 'nonsense' is not an address to listen on; specify for example http://127.0.0.1:8080.")]
    [InlineData("--urls=http://127.0.0.1:99999", "--urls: 'http://127.0.0.1:99999' is not an address to listen on; specify only scheme, host and port, for example http://127.0.0.1:8080.")]
    [InlineData("--urls=http://127.0.0.1:80/a", "--urls: 'http://127.0.0.1:80/a' is not an address to listen on; specify only scheme, host and port, for example http://127.0.0.1:8080.")]
    [InlineData("--urls=ftp://127.0.0.1:21", "--urls: 'ftp://127.0.0.1:21' is not an address to listen on; specify only scheme, host and port, for example http://127.0.0.1:8080.")]
    [InlineData("--urls=;", "--urls is empty: specify for example http://127.0.0.1:8080.")]
    [InlineData("--Kestrel:Endpoints:A:Url=http://0.0.0.0:80", "Kestrel:Endpoints is not supported: specify the addresses to listen on with --urls.")]
    [InlineData("--Serilog:MinimumLevel=Loud", "Serilog: The value Loud is not a valid Serilog level.")]
    public async Task Invalid_option_is_named_with_its_fix(string setting, string message)
    {
        var refusal = await GetRefusalAsync(setting);
        refusal.Message.ShouldBe(message);
        refusal.ExitCode.ShouldBe(2);
    }

    [Theory]
    [InlineData("amqp://me:pass/word@host/", "Bus:RabbitMq:Uri is not the address of a broker")]
    [InlineData("http://me:secret@host/", "Bus:RabbitMq:Uri is not the address of a broker")]
    [InlineData("amqp://me:secret@host/a/b", "Bus:RabbitMq:Uri is not the address of a broker")]
    [InlineData("amqp://me:secret@host/", "Bus:RabbitMq:Nodes: 'b/c' is not a node; write host or host:port, separated by commas.", "--Bus:RabbitMq:Nodes=a:5672, b/c")]
    public async Task Invalid_broker_address_is_rejected_without_revealing_secrets(string uri, string message, params string[] more)
    {
        var refusal = await GetRefusalAsync(["--Bus:Transport=RabbitMq", $"--Bus:RabbitMq:Uri={uri}", .. more]);
        refusal.Message.ShouldStartWith(message);
        refusal.Message.ShouldNotContain("secret");
        refusal.Message.ShouldNotContain("pass/word");
    }

    [Fact]
    public async Task Server_mode_processes_share_a_folder_but_not_with_an_embedded_host()
    {
        string[] server = ["--Bus:Transport=RabbitMq", "--Host:Roles=report"];
        await using (await BuildAsync([.. server, "--Host:Instance=a"]))
        await using (await BuildAsync([.. server, "--Host:Instance=b"]))
        {
            (await GetRefusalAsync([.. server, "--Host:Instance=a"])).Message.ShouldBe(
                $"The data folder {folder.File("data")} is in use by another host with the instance name 'a' (process {Environment.ProcessId}). Stop that host, or choose another name with --Host:Instance.");
            (await GetRefusalAsync()).Message.ShouldBe($"The data folder {folder.File("data")} is in use by another host. Stop that host, or choose another folder with --data.");
        }

        await using var embedded = await BuildAsync();
        (await GetRefusalAsync(server)).Message.ShouldContain("is in use by another host");
    }

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://*:8080")]
    [InlineData("http://+:8080")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://192.0.2.1:8080")]
    [InlineData("http://localhost.example:8080")]
    [InlineData("http://127.0.0.1:8080;http://shop.example:8080")]
    public async Task Public_address_is_rejected_while_there_are_no_keys(string urls) =>
        (await GetRefusalAsync($"--urls={urls}")).Message.ShouldContain("can be reached from other machines, but no API key or user exists");

    [Fact]
    public async Task All_faults_are_reported_at_once()
    {
        var refusal = await GetRefusalAsync(
            "--Host:Roles=ingst,report", "--Host:Instanc=3", "--Store:Kind=MongoDb", "--urls=nonsense");
        refusal.Message.Split(Environment.NewLine).Length.ShouldBe(5);
        refusal.Message.ShouldStartWith("4 options are invalid:");
        foreach (var fault in (string[])["'ingst'", "'Host:Instanc'", "Store:MongoDb:ConnectionString", "'nonsense'"])
            refusal.Message.ShouldContain(fault);
    }

    [Theory]
    [InlineData("--Rollup:FoldEvery=soon", "Rollup:FoldEvery: 'soon' is not a duration; write [days.]hh:mm:ss (400.00:00:00 is 400 days) or ISO 8601 (P400D, PT30M).")]
    [InlineData("--Rollup:FoldEvery=PT0S", "Rollup:FoldEvery: The field FoldEvery must be between 00:00:00.1000000 and 01:00:00.")]
    [InlineData("--Rollup:ReconcileAt=0 0 0 30 2 ?", "Rollup:ReconcileAt: '0 0 0 30 2 ?' never fires; the default is '0 17 3 * * ?'.")]
    [InlineData("--Rollup:FitAt=0 0 0 31 4,6,9,11 ?", "Rollup:FitAt: '0 0 0 31 4,6,9,11 ?' never fires; the default is '0 47 3 * * ?'.")]
    [InlineData("--Rollup:FixNetAt=0 0 0 1 1 ? 2020", "Rollup:FixNetAt: '0 0 0 1 1 ? 2020' never fires; the default is '0 17 4 * * ?'.")]
    [InlineData("--Rollup:ReconcileAt=never", "Rollup:ReconcileAt: 'never' is not a Quartz cron expression; the default is '0 17 3 * * ?'.")]
    [InlineData("--Rollup:FoldEvry=PT1S", "Unknown option 'Rollup:FoldEvry'; did you mean 'Rollup:FoldEvery'?")]
    public async Task Invalid_option_read_during_registration_is_reported_as_clearly(string setting, string message) =>
        (await GetRefusalAsync(setting)).Message.ShouldBe(message);

    [Fact]
    public async Task Invalid_store_file_is_reported_in_one_line_and_left_unchanged()
    {
        const string content = "not a database, but a text of sufficient length that another program wrote";
        Directory.CreateDirectory(folder.File("data"));
        var file = Path.Combine(folder.File("data"), "attribution.db");
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        var refusal = await GetRefusalAsync();
        refusal.Message.ShouldContain(file);
        refusal.Message.ShouldNotContain("\n");
        refusal.ExitCode.ShouldBe(1);
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe(content);
    }

    [Fact]
    public async Task Refused_start_leaves_no_trace_in_the_data_folder()
    {
        await GetRefusalAsync("--Store:Kind=MongoDb");
        Directory.Exists(folder.File("data")).ShouldBeFalse();
    }

    [Fact]
    public async Task Data_folder_that_cannot_be_created_is_named()
    {
        await File.WriteAllTextAsync(folder.File("data"), "a file", TestContext.Current.CancellationToken);
        var refusal = await GetRefusalAsync();
        refusal.Message.ShouldStartWith($"The data folder {folder.File("data")} cannot be created");
        refusal.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Second_host_on_a_data_folder_is_refused_until_the_first_exits()
    {
        await using (await BuildAsync())
        {
            var refusal = await GetRefusalAsync();
            refusal.Message.ShouldBe(
                $"The data folder {folder.File("data")} is in use by another host (process {Environment.ProcessId}). Stop that host, or choose another folder with --data.");
            refusal.ExitCode.ShouldBe(1);
        }

        await using var next = await BuildAsync();
    }

    public void Dispose() => folder.Dispose();

    private Task<TestHost> BuildAsync(params string[] settings) => TestHost.BuildAsync(folder.File("data"), null, null, settings);

    private async Task<StartupException> GetRefusalAsync(params string[] settings) =>
        await Should.ThrowAsync<StartupException>(async () => await (await BuildAsync(settings)).DisposeAsync());
}
