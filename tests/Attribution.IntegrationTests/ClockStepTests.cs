using Attribution.TestKit;
using Attribution.TestKit.Hosts;

namespace Attribution.IntegrationTests;

/// <summary>A host whose wall clock is set while it runs; its senders keep the right time.</summary>
public sealed class ClockStepTests
{
    private const int OrdersPerStep = 20;

    // The period of folds, and of the lease after a kill, with room for a busy machine.
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(15);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Every accepted order is in the rollups soon after each step, also if the process is killed while its clock is wrong.
    /// </summary>
    [Theory]
    [InlineData(2)]
    [InlineData(100, Traits = ["Category", "Long"])]
    public async Task Rollups_continue_after_every_step_of_the_clock(int rounds)
    {
        Assert.SkipWhen(FakeTime.MissingReason is not null, FakeTime.MissingReason ?? "");
        using var folder = new TempFolder();
        var time = FakeTime.Create(folder);
        var random = new Random(26);
        var data = folder.File("data");
        var host = await HostProcess.ServeAsync(data, time.Environment, Token);
        try
        {
            var sent = await SendAsync(host, 0);
            for (var round = 1; round <= rounds; round++)
            {
                var ahead = round == 1 ? TimeSpan.FromHours(2) : TimeSpan.FromMinutes(random.Next(-23 * 60, 26 * 60));
                time.Set(ahead);
                sent = await SendAsync(host, sent);
                await OrdersShouldBeAsync(host, sent);
                sent = await SendAsync(host, sent);
                if (round % 2 == 0)
                {
                    await host.KillAsync();
                    await host.DisposeAsync();
                    time.Set(TimeSpan.Zero);
                    host = await HostProcess.ServeAsync(data, time.Environment, Token);
                }
                else
                {
                    time.Set(TimeSpan.Zero);
                    await host.WaitForOutputAsync("The clock was set ", Standstill, Token);
                }

                sent = await SendAsync(host, sent);
                await OrdersShouldBeAsync(host, sent);
            }
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    private static async Task<int> SendAsync(HostProcess host, int sent)
    {
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var lines = Enumerable.Range(sent, OrdersPerStep).Select(
            i => $$"""{"type":"conversion","id":"e-{{i}}","occurredAt":"{{now}}","kind":"order","orderId":"{{i}}","currency":"USD","gross":"10.00"}""");
        await host.PostEventsAsync(lines, Token);
        return sent + OrdersPerStep;
    }

    private static async Task OrdersShouldBeAsync(HostProcess host, int count)
    {
        var orders = 0L;
        await Eventually.IsTrueAsync(
            async () =>
            {
                using var answer = await host.GetAsync("/v1/rollups/daily?from=2026-01-01&to=2027-12-31", Token);
                orders = answer.RootElement.GetProperty("totals").GetProperty("orders").GetInt64();
                return orders == count;
            },
            Standstill, () => $"{orders} of {count} orders{Environment.NewLine}{host.Output}", Token);
    }
}
