using System.Net;
using Attribution.TestKit;

namespace Attribution.Tests.Hosting;

/// <summary>The program as people start it: exit codes, and one clear line where it cannot start.</summary>
public sealed class The_program : IDisposable
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
    [InlineData("--urls http://0.0.0.0:80 --Host:Instance=A", "2 options are at fault:")]
    [InlineData("import", "Required argument missing for command: 'import'. See 'attribution import --help'.")]
    [InlineData("import linkz run.txt", "Unknown kind 'linkz' (did you mean 'links'?); the kinds are brands, creators, campaigns, links, codes, utm-rules, agreements, costs, fx-rates. See 'attribution import --help'.")]
    [InlineData("events nowhere.ndjson", "There is no file 'nowhere.ndjson'. See 'attribution events --help'.")]
    [InlineData("import links nowhere.csv", "There is no file 'nowhere.csv'. See 'attribution import --help'.")]
    public async Task What_is_asked_wrongly_ends_with_2_and_says_how_it_is_asked(string arguments, string line)
    {
        var ended = await HostProgram.RunAsync(arguments.Split(' '));
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
    public async Task Help_is_a_success(string arguments, string says)
    {
        var ended = await HostProgram.RunAsync(arguments.Split(' '));
        ended.Output.ShouldContain(says);
        ended.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task An_option_in_the_environment_is_checked_like_any_other()
    {
        var ended = await HostProgram.RunAsync(new Dictionary<string, string> { ["Host__Instanc"] = "1" }, "serve", "--data", Data);
        ended.ShouldBe(new Ended(2, "", "Unknown option 'Host:Instanc'; did you mean 'Host:Instance'?"));
    }

    [Fact]
    public async Task Text_that_cannot_be_normalised_is_found_out_at_start()
    {
        var ended = await HostProgram.RunAsync(new Dictionary<string, string> { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" }, "--data", Data);
        ended.Errors.ShouldStartWith("Unicode normalisation does nothing in this process");
        ended.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task A_port_in_use_is_told_in_one_line()
    {
        using var taken = HostProgram.TakePort();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var ended = await HostProgram.RunAsync("--urls", $"http://127.0.0.1:{port}", "--data", Data);
        ended.ExitCode.ShouldBe(1);
        ended.Errors.ShouldBe($"The port is in use: Failed to bind to address http://127.0.0.1:{port}: address already in use. Choose another with --urls.");
        ended.Output.ShouldNotContain("ERR");
        ended.Output.ShouldNotContain("Exception");
    }

    [Fact]
    public async Task A_second_host_on_the_folder_is_told_who_holds_it_and_a_killed_one_holds_it_no_more()
    {
        await using var first = await HostProgram.StartAsync("--urls", "http://127.0.0.1:0", "--data", Data);
        var second = await HostProgram.RunAsync("--urls", "http://127.0.0.1:0", "--data", Data);
        second.ShouldBe(new Ended(1, "", $"The data folder {Data} is in use by another host (process {first.Id}). Stop that one, or choose another folder with --data."));

        await first.SignalAsync("KILL");
        await first.EndAsync();
        await using var third = await HostProgram.StartAsync("--urls", "http://127.0.0.1:0", "--data", Data, "--applicationName=attribution");
        third.Output.ShouldContain($"data in {Data}, roles ingest,attribute,rollup,report, instance 0");
        third.Output.ShouldContain("There are no API keys: callers on this machine have all scopes");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_host_told_to_stop_stops_in_order(string signal)
    {
        await using var host = await HostProgram.StartAsync("serve", "--urls", "http://127.0.0.1:0", "--data", Data);
        await host.SignalAsync(signal);
        var ended = await host.EndAsync();
        ended.ExitCode.ShouldBe(0, ended.Errors);
        ended.Output.ShouldEndWith("Stopped");
        var log = await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(Data, "logs")).Single(), TestContext.Current.CancellationToken);
        log.ShouldContain("\"RenderedMessage\":\"Stopped\"");
    }

    public void Dispose() => folder.Dispose();
}
