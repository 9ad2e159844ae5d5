using System.Diagnostics;
using Attribution.TestKit;
using Attribution.TestKit.Hosts;
using Microsoft.Data.Sqlite;

namespace Attribution.IntegrationTests;

/// <summary>Full, read-only, cut and damaged disks and files, and too few file handles: what a host answers and says.</summary>
public sealed class DiskFaultTests
{
    private const string CannotMount = "this machine cannot mount a small disk";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Full_disk_is_reported_until_there_is_room_and_nothing_is_lost()
    {
        using var disk = SmallDisk.TryMount(64);
        Assert.SkipWhen(disk is null, CannotMount);
        await using var host = await HostProcess.ServeAsync(Path.Combine(disk.Path, "data"), Token);
        await host.PostEventsAsync([Order(1)], Token);
        await host.WaitUntilSettledAsync(Token);

        disk.Fill();
        using (var answer = await host.PostAsync("/v1/events", "application/json", $"[{string.Join(',', Enumerable.Range(100, 900).Select(Order))}]", Token))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.Headers.RetryAfter.ShouldNotBeNull();
        }

        (await ReadyAsync(host)).ShouldContain("is full");
        await host.WaitForOutputAsync("the disk is full. Free space on it", TimeSpan.FromSeconds(10), Token);

        disk.Free();
        await Eventually.IsTrueAsync(() => host.IsReadyAsync(Token), TimeSpan.FromSeconds(30), () => host.Output, Token);
        await host.PostEventsAsync([Order(2), Order(3)], Token);
        await host.WaitUntilSettledAsync(Token);
        (await OrdersAsync(host)).ShouldBe(3);
        host.Output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Full_or_read_only_disk_prevents_the_start_with_one_line()
    {
        using var disk = SmallDisk.TryMount(16);
        Assert.SkipWhen(disk is null, CannotMount);
        var data = Path.Combine(disk.Path, "data");
        disk.Fill();
        (await StartAsync(data)).ShouldBe((1, $"The data folder {data} cannot be written: the disk is full. Free space on it, or choose another folder with --data."));
        disk.Free();
        Directory.CreateDirectory(data);
        disk.MakeReadOnly();
        (await StartAsync(data)).ShouldBe((1, $"The data folder {data} cannot be written: the disk is mounted read-only. Mount it writable, or choose another folder with --data."));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(256)]
    public async Task Too_few_file_handles_prevent_the_start_with_one_line(int handles)
    {
        using var folder = new TempFolder();
        var program = Path.Combine(AppContext.BaseDirectory, "attribution.dll");
        var script = string.Create(CultureInfo.InvariantCulture, $"ulimit -n {handles}; exec dotnet '{program}' serve --data '{folder.Path}'");
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        (process.ExitCode, errors.Trim()).ShouldBe(
            (1, $"This process may open {handles} files, but a host needs 1024. Raise the limit: 'ulimit -n 1024' in a shell, LimitNOFILE=1024 for systemd, --ulimit nofile=1024 for a container."));
    }

    [Fact]
    public async Task Restored_or_cut_store_is_reported_by_log_quality_and_reconciliation()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        var store = Path.Combine(data, "attribution.db");
        await using (var host = await HostProcess.ServeAsync(data, Token))
        {
            await host.PostEventsAsync([Order(1)], Token);
            await host.WaitUntilSettledAsync(Token);
            (await host.StopAsync(Token)).ShouldBe(0);
        }

        var copy = await File.ReadAllBytesAsync(store, Token);
        await using (var host = await HostProcess.ServeAsync(data, Token))
        {
            for (var i = 2; i < 5; i++)
            {
                await host.PostEventsAsync([Order(i)], Token);
                await host.WaitUntilSettledAsync(Token);
            }

            await host.KillAsync();
        }

        foreach (var file in new[] { store + "-wal", store + "-shm" }) File.Delete(file);
        await File.WriteAllBytesAsync(store, copy, Token);
        await using var restored = await HostProcess.ServeAsync(data, Token);
        await restored.WaitForOutputAsync("3 packs with their events are missing.", TimeSpan.FromSeconds(10), Token);
        using var quality = await restored.GetAsync("/v1/quality", Token);
        var lost = quality.RootElement.GetProperty("lost").EnumerateArray().ShouldHaveSingleItem();
        (lost.GetProperty("file").GetString(), lost.GetProperty("missing").GetInt64()).ShouldBe(("attribution.db", 3));
        // Answers 409 if the nightly run of the start is active, which reports the same.
        using (await restored.PostAsync("/v1/reconcile", "application/json", "", Token))
            await restored.WaitForOutputAsync("but data is missing", TimeSpan.FromSeconds(60), Token);
        await restored.PostEventsAsync(Enumerable.Range(1, 4).Select(Order), Token);
        await restored.WaitUntilSettledAsync(Token);
        (await OrdersAsync(restored)).ShouldBe(4);
    }

    [Fact]
    public async Task Stop_ends_in_time_although_the_store_is_locked()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.ServeAsync(folder.Path, Token);
        await using var other = new SqliteConnection($"Data Source={folder.File("attribution.db")};Pooling=false");
        await other.OpenAsync(Token);
        await using var command = other.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync(Token);
        await host.PostEventsAsync(Enumerable.Range(1, 500).Select(Order), Token);

        var began = Stopwatch.GetTimestamp();
        await host.StopAsync(Token);
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    private static string Order(int id) =>
        $$"""{"type":"conversion","id":"e-{{id}}","occurredAt":"{{TimeProvider.System.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'}}","kind":"order","orderId":"{{id}}","currency":"USD","gross":"10.00"}""";

    private static async Task<string> ReadyAsync(HostProcess host)
    {
        using var answer = await host.Http.GetAsync(new Uri("/healthz/ready", UriKind.Relative), Token);
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        return await answer.Content.ReadAsStringAsync(Token);
    }

    private static async Task<long> OrdersAsync(HostProcess host)
    {
        using var answer = await host.GetAsync("/v1/rollups/daily?from=2026-01-01&to=2027-12-31", Token);
        return answer.RootElement.GetProperty("totals").GetProperty("orders").GetInt64();
    }

    private static async Task<(int, string)> StartAsync(string data) =>
        await HostProcess.RunAsync("serve", Token, "--data", data, "--urls", "http://127.0.0.1:0");
}
