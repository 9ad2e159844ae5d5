using System.Diagnostics;
using System.Net;
using Attribution.Core.Catalog;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Cli;

/// <summary>The program as a process: exit codes, and one clear line if it cannot start.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly TempFolder folder = new();

    private string Data => folder.File("data");

    [Theory]
    [InlineData("dmeo", "Unknown command 'dmeo' (did you mean 'demo'?). See 'attribution --help'.")]
    [InlineData("imprt", "Unknown command 'imprt' (did you mean 'import'?). See 'attribution --help'.")]
    [InlineData("--dta=/tmp", "Unknown option '--dta'; did you mean '--data'?")]
    [InlineData("--Ingst:Horizon=P1D", "Unknown option '--Ingst:Horizon'; did you mean '--Ingest:Horizon'?")]
    [InlineData("serve now", "Unexpected argument 'now'. See 'attribution serve --help'.")]
    [InlineData("serve --frobnicate", "Unknown option '--frobnicate'. See 'attribution serve --help'.")]
    [InlineData("--urls nonsense --Host:Instance=A", "2 options are invalid:")]
    [InlineData("import", "Required argument missing for command: 'import'. See 'attribution import --help'.")]
    [InlineData("import linkz run.txt", "Unknown kind 'linkz' (did you mean 'links'?); the kinds are brands, creators, campaigns, links, codes, utm-rules, agreements, costs, fx-rates, monthly-nets, publishers, orders. See 'attribution import --help'.")]
    [InlineData("events nowhere.ndjson", "The file 'nowhere.ndjson' does not exist. See 'attribution events --help'.")]
    [InlineData("import links nowhere.csv", "The file 'nowhere.csv' does not exist. See 'attribution import --help'.")]
    public async Task Invalid_command_line_exits_with_2_and_usage(string arguments, string line)
    {
        var ended = await CliProcess.RunAsync(arguments.Split(' '));
        ended.Errors.Split(Environment.NewLine)[0].ShouldBe(line);
        ended.Errors.ShouldNotContain("   at ");
        ended.ExitCode.ShouldBe(2);
    }

    [Theory]
    [InlineData("--help", "serve")]
    [InlineData("serve --help", "--data")]
    [InlineData("demo --help", "--data")]
    [InlineData("import --help", "utm-rules")]
    [InlineData("events --help", "--url")]
    public async Task Help_exits_with_success(string arguments, string says)
    {
        var ended = await CliProcess.RunAsync(arguments.Split(' '));
        ended.Output.ShouldContain(says);
        ended.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Call_without_arguments_shows_the_help_and_creates_no_folder()
    {
        var bare = await CliProcess.RunAsync(new Dictionary<string, string> { ["Host__Data"] = Data });
        bare.ShouldBe(await CliProcess.RunAsync("--help"));
        bare.ExitCode.ShouldBe(0);
        Directory.Exists(Data).ShouldBeFalse();
    }

    [Theory]
    [InlineData("libicu", "The library ICU is missing: install libicu (Debian and Ubuntu: apt-get install libicu-dev, Fedora: dnf install libicu).")]
    [InlineData("libssl", "The library OpenSSL is missing: install libssl (Debian and Ubuntu: apt-get install openssl, Fedora: dnf install openssl-libs).")]
    public async Task Missing_library_is_named_in_one_line(string library, string line)
    {
        // In a name space of its own, where each file of the library is hidden behind an empty one.
        var hide = $"for file in /lib/*-linux-gnu/{library}*.so* /usr/lib64/{library}*.so*; do [ ! -e \"$file\" ] || mount --bind /dev/null \"$file\" || exit 99; done; ";
        string[] program = ["-rm", "sh", "-c", hide + "exec dotnet \"$0\" serve --data \"$1\"", Path.Combine(AppContext.BaseDirectory, "attribution.dll"), Data];
        using var process = Process.Start(new ProcessStartInfo("unshare", program) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(process.ExitCode == 99 || errors.StartsWith("unshare", StringComparison.Ordinal), "mount name spaces are not permitted");
        errors.Trim().ShouldBe(line);
        process.ExitCode.ShouldBe(1);
        Directory.Exists(Data).ShouldBeFalse();
    }

    [Fact]
    public async Task Environment_options_are_validated_like_any_other()
    {
        var ended = await CliProcess.RunAsync(
            new Dictionary<string, string> { ["Host__Instanc"] = "1" }, "serve", "--data", Data);
        ended.ShouldBe(new ProgramResult(2, "", "Unknown option 'Host:Instanc'; did you mean 'Host:Instance'?"));
    }

    [Fact]
    public async Task Missing_normalization_support_is_detected_at_start()
    {
        var ended = await CliProcess.RunAsync(
            new Dictionary<string, string> { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" }, "--data", Data);
        ended.Errors.ShouldStartWith("Unicode normalization has no effect in this process");
        ended.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Port_in_use_is_reported_in_one_line()
    {
        using var taken = CliProcess.OccupyPort();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var ended = await CliProcess.RunAsync("--urls", $"http://127.0.0.1:{port}", "--data", Data);
        ended.ExitCode.ShouldBe(1);
        ended.Errors.ShouldBe($"The port is in use: Failed to bind to address http://127.0.0.1:{port}: address already in use. Choose another with --urls.");
        ended.Output.ShouldNotContain("ERR");
        ended.Output.ShouldNotContain("Exception");
    }

    [Fact]
    public async Task Second_host_names_the_holder_and_a_killed_host_releases_the_folder()
    {
        await using var first = await CliProcess.StartAsync("--urls", "http://127.0.0.1:0", "--data", Data);
        var second = await CliProcess.RunAsync("--urls", "http://127.0.0.1:0", "--data", Data);
        second.ShouldBe(new ProgramResult(1, "", $"The data folder {Data} is in use by another host (process {first.Id}). Stop that host, or choose another folder with --data."));

        await first.SignalAsync("KILL");
        await first.WaitForExitAsync();
        await using var third = await CliProcess.StartAsync("--urls", "http://127.0.0.1:0", "--data", Data, "--applicationName=attribution");
        third.Output.ShouldContain($"data in {Data}, roles ingest,attribute,rollup,report, instance 0");
        third.Output.ShouldContain("There are no API keys and no users: callers on this machine have all scopes");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Stopped_host_shuts_down_gracefully(string signal)
    {
        await using var host = await CliProcess.StartAsync("serve", "--urls", "http://127.0.0.1:0", "--data", Data);
        await host.SignalAsync(signal);
        var ended = await host.WaitForExitAsync();
        ended.ExitCode.ShouldBe(0, ended.Errors);
        ended.Output.ShouldEndWith("Stopped");
        var log = await File.ReadAllTextAsync(
            Directory.GetFiles(Path.Combine(Data, "logs")).Single(), TestContext.Current.CancellationToken);
        log.ShouldContain("\"RenderedMessage\":\"Stopped\"");
    }

    [Fact]
    public async Task Version_prints_the_formats_of_the_build_and_of_the_store()
    {
        var alone = await CliProcess.RunAsync("version", "--data", Data);
        alone.ExitCode.ShouldBe(0, alone.Errors);
        alone.Output.Split(Environment.NewLine)[0].ShouldStartWith("Attribution ");
        alone.Output.ShouldContain("journey\t10");
        alone.Output.ShouldContain($"timeZones\t{TimeZoneSet.Bundled.Version}");
        Directory.Exists(Data).ShouldBeFalse();

        await using var host = await CliProcess.StartAsync("serve", "--urls", "http://127.0.0.1:0", "--data", Data);
        (await CliProcess.RunAsync("version", "--data", Data)).Output.ShouldContain("document\treadable\twritten\theld back by");
        var used = (await CliProcess.RunAsync("version", "--data", Data)).Output;
        used.ShouldContain("journey\t10\t10\t");
        used.ShouldContain($"data set\tavailable\tin use\theld back by{Environment.NewLine}timeZones\t{TimeZoneSet.Bundled.Version}\t{TimeZoneSet.Bundled.Version}\t");
    }

    [Fact]
    public async Task Keys_are_created_listed_and_revoked_while_a_host_runs()
    {
        await using var host = await CliProcess.StartAsync("serve", "--urls", "http://127.0.0.1:0", "--data", Data);
        using var http = new HttpClient { BaseAddress = new Uri(host.Output.Split("listens on ")[1].Split(';')[0]) };
        (await StatusAsync()).ShouldBe(200);

        var made = await CliProcess.RunAsync(
            "keys", "create", "--name", "analyst", "--scopes", "read", "--expires", "P90D", "--data", Data);
        made.ExitCode.ShouldBe(0);
        made.Output.ShouldMatch("^atr_[a-z2-7]{10}_[a-z2-7]{32}$");
        made.Errors.ShouldEndWith(
            "Warning: the page needs a sign-in from now on, and there is no user yet. Create one: attribution users create <name> --role admin");
        await Eventually.IsTrueAsync(async () => await StatusAsync() == 401, "the running host requires a key");
        http.DefaultRequestHeaders.Authorization = new("Bearer", made.Output);
        (await StatusAsync()).ShouldBe(200);

        var creators = folder.File("creators.csv");
        await File.WriteAllTextAsync(creators, "id,name\nmia,Mia\n", TestContext.Current.CancellationToken);
        var admin = (await CliProcess.RunAsync("keys", "create", "--name", "operator", "--scopes", "admin", "--data", Data)).Output;
        string[] import = ["import", "creators", creators, "--url", http.BaseAddress.ToString()];
        (await CliProcess.RunAsync(import)).Errors.ShouldContain("401");
        await Eventually.IsTrueAsync(
            async () => (await CliProcess.RunAsync(new Dictionary<string, string> { ["ATTRIBUTION_KEY"] = admin }, import)).ExitCode == 0, "the key of the environment is sent");

        var id = made.Output.Split('_')[1];
        (await CliProcess.RunAsync("keys", "list", "--data", Data)).Output.ShouldContain($"{id}\tanalyst\tread\tevery\tdefault\t");
        (await CliProcess.RunAsync("keys", "revoke", id, "--data", Data)).ShouldBe(new ProgramResult(0, $"Key {id} revoked.", ""));
        await Eventually.IsTrueAsync(async () => await StatusAsync() == 401, "the revoked key is refused");
        (await CliProcess.RunAsync("keys", "revoke", "nobody", "--data", Data)).ExitCode.ShouldBe(1);

        async Task<int> StatusAsync() => (int)(await http.GetAsync(new Uri("/v1/models", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode;
    }

    [Theory]
    [InlineData("--name a --scopes raed", "--scopes: unknown scope 'raed' (did you mean 'read'?); the scopes are ingest, read, admin, visit, edit.")]
    [InlineData("--name a --scopes read --expires 90", "--expires: '90' is neither a duration (P90D) nor an instant with an offset (2027-01-01T00:00:00Z).")]
    [InlineData("--name a --scopes read --expires 2020-01-01T00:00:00Z", "--expires: 2020-01-01T00:00:00Z is in the past.")]
    [InlineData("--name a --scopes read --brand nobody", "--brand: unknown brand 'nobody'.")]
    [InlineData("--name a --scopes read --amounts minor --source cents", "--amounts: needs the scope 'ingest': only events can have amounts in minor units; the catalog and its imports state major units.")]
    public async Task Invalid_key_request_creates_nothing(string arguments, string line)
    {
        var ended = await CliProcess.RunAsync(["keys", "create", .. arguments.Split(' '), "--data", Data]);
        ended.ShouldBe(new ProgramResult(2, "", line));
    }

    [Fact]
    public async Task Webhook_secrets_are_added_listed_without_value_and_revoked()
    {
        var added = await CliProcess.RunAsync("webhooks", "add", "woocommerce", "shop", "--generate", "--data", Data);
        added.ExitCode.ShouldBe(0, added.Errors);
        added.Output.ShouldStartWith("whsec_");
        added.Errors.ShouldContain("added; woocommerce can post to /v1/webhooks/woocommerce/shop.");
        added.Errors.ShouldEndWith($"There was no store; {Path.Combine(Data, "attribution.db")} is new.");
        var id = added.Errors.Split(' ')[1];

        var listed = (await CliProcess.RunAsync("webhooks", "list", "--data", Data)).Output;
        listed.ShouldContain($"{id}\twoocommerce\tshop\tdefault\t");
        listed.ShouldNotContain(added.Output);
        (await CliProcess.RunAsync("webhooks", "revoke", id, "--data", Data)).ShouldBe(new ProgramResult(0, $"Webhook secret {id} revoked.", ""));
        (await CliProcess.RunAsync("webhooks", "add", "shopfy", "shop", "--generate", "--data", Data)).Errors.ShouldContain("unknown vendor 'shopfy' (did you mean 'shopify'?)");
        (await CliProcess.RunAsync("webhooks", "add", "woocommerce", "shop", "--generate", "--amounts", "minor", "--data", Data)).Errors
            .ShouldContain("--amounts: the units of woocommerce are known; leave it out.");
        (await CliProcess.RunAsync("webhooks", "add", "generic", "cents", "--generate", "--amounts", "minor", "--data", Data)).ExitCode.ShouldBe(0);
        (await CliProcess.RunAsync("webhooks", "list", "--data", Data)).Output.ShouldContain("\tminor");
        (await CliProcess.RunAsync("keys", "create", "--name", "a", "--scopes", "ingest", "--source", "cents", "--data", Data)).Errors
            .ShouldContain("the source 'cents' states minor units");
    }

    [Fact]
    public async Task Users_are_created_listed_given_passwords_and_removed()
    {
        var made = await CliProcess.RunAsync(
            "users", "create", "anna", "--role", "editor", "--generate", "--data", Data);
        made.Errors.ShouldStartWith("User 'anna' created.");
        made.Errors.ShouldContain("no user has the role admin");
        made.Output.Length.ShouldBe(24);
        var listed = (await CliProcess.RunAsync("users", "list", "--data", Data)).Output;
        listed.ShouldContain("anna\teditor\tevery\tset\t");
        listed.ShouldNotContain(made.Output);
        (await CliProcess.RunAsync("users", "password", "ana", "--generate", "--data", Data)).ShouldBe(new ProgramResult(1, "", "Unknown user 'ana' (did you mean 'anna'?). See 'attribution users list'."));
        (await CliProcess.RunAsync("users", "password", "anna", "--generate", "--data", Data)).ExitCode.ShouldBe(0);
        (await CliProcess.RunAsync("users", "create", "ada", "--role", "admin", "--generate", "--data", Data)).Errors.ShouldBe("User 'ada' created.");
        (await CliProcess.RunAsync("keys", "create", "--name", "a", "--scopes", "read", "--data", Data)).Errors.ShouldNotContain("Warning");
        (await CliProcess.RunAsync("users", "remove", "ada", "--data", Data)).Errors.ShouldBe("");
        (await CliProcess.RunAsync("users", "remove", "anna", "--data", Data)).Errors.ShouldContain("no user can sign in to the page any more");
    }

    [Fact]
    public async Task Only_user_is_not_removed_while_there_are_no_keys()
    {
        await CliProcess.RunAsync("users", "create", "anna", "--role", "admin", "--generate", "--data", Data);
        (await CliProcess.RunAsync("users", "remove", "anna", "--data", Data)).Errors.ShouldContain("every caller on this machine would have all scopes");
        (await CliProcess.RunAsync("users", "create", "Ben", "--role", "edtor", "--generate", "--no-password", "--data", Data)).Errors.ShouldContain("unknown role 'edtor' (did you mean 'editor'?)");
    }

    public void Dispose() => folder.Dispose();
}
