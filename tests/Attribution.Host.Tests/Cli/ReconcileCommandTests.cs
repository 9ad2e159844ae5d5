using System.Net;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Sqlite;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Cli;

/// <summary>Command <c>attribution reconcile</c> against a running host.</summary>
public sealed class ReconcileCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Succeeds_only_if_rollups_equal_the_journeys()
    {
        await using var host = await CliProcess.StartAsync("serve", "--urls", "http://127.0.0.1:0", "--data", folder.File("data"));
        var url = System.Text.RegularExpressions.Regex.Match(host.Output, @"listens on (http://[\d.:]+)").Groups[1].Value;
        var agreed = await ReconcileAsync(url);
        (agreed.ExitCode, agreed.Errors).ShouldBe((0, ""));
        agreed.Output.ShouldEndWith("The rollups equal the journeys");
        agreed.Output.ShouldContain("100 %");

        await using (var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = Path.Combine(folder.File("data"), "attribution.db") }, Cancellation))
        {
            var stray = new MeasureSums();
            stray.Add(new RollupKey("default", new DateOnly(2026, 3, 2), "spring", "mia"), Measure.Clicks, 3);
            await store.Reconciliation.AppendCorrectionAsync(stray, null, new Timestamp(0), Cancellation);
        }

        var differed = await ReconcileAsync(url);
        differed.ExitCode.ShouldBe(1);
        differed.Errors.ShouldBe("repaired: brand default, 2026-03-02, campaign 'spring', creator 'mia'");
        differed.Output.ShouldEndWith("1 cell differed from the journeys; repaired");
        (await ReconcileAsync(url)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Unreachable_host_is_named()
    {
        using var port = CliProcess.OccupyPort();
        var url = $"http://127.0.0.1:{((IPEndPoint)port.LocalEndpoint).Port}/";
        port.Stop();
        var ended = await CliProcess.RunAsync("reconcile", "--url", url);
        ended.Errors.ShouldStartWith($"No host answers at {url} (Connection refused");
        ended.ExitCode.ShouldBe(1);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>Waits for the reconciliation at the host's start, because only one runs at a time.</summary>
    private static async Task<ProgramResult> ReconcileAsync(string url)
    {
        ProgramResult? ended = null;
        await Eventually.IsTrueAsync(
            async () => !(ended = await CliProcess.RunAsync("reconcile", "--url", url)).Errors.Contains("answered 409", StringComparison.Ordinal),
            "no other reconciliation runs");
        return ended!;
    }
}
