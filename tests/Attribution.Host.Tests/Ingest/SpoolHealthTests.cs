using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attribution.Host.Tests.Ingest;

public sealed class SpoolHealthTests
{
    [Fact]
    public async Task Ingest_with_a_nearly_full_spool_is_unready_until_drained()
    {
        await using var host = await IngestHost.StartAsync(new PackRecorder { Commits = false }, null, "--Ingest:Spool:MaxPageCount=64", "--Ingest:Spool:RedeliverAfter=00:00:00.05");
        var health = host.Services.GetRequiredService<HealthCheckService>();
        (await CheckAsync()).Status.ShouldBe(HealthStatus.Healthy);

        HealthReportEntry spool;
        var posted = 0;
        do
        {
            (await host.PostAsync($"[{string.Join(',', Enumerable.Range(0, 20).Select(n => TestEvents.Click($"full-{posted}-{n}")))}]")).Status.ShouldBe(202);
            (++posted).ShouldBeLessThan(500);
            spool = await CheckAsync();
        }
        while (spool.Status == HealthStatus.Healthy);
        spool.Description.ShouldNotBeNull().ShouldContain("% full");

        host.Recorder.Commits = true;
        await Eventually.IsTrueAsync(async () => (await CheckAsync()).Status == HealthStatus.Healthy, TimeSpan.FromSeconds(30), () => "not drained", TestContext.Current.CancellationToken);

        async Task<HealthReportEntry> CheckAsync() =>
            (await health.CheckHealthAsync(check => check.Name == "spool", TestContext.Current.CancellationToken)).Entries["spool"];
    }
}
