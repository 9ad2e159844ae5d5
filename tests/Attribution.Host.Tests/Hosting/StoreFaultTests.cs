using System.Net;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Sqlite.Database;
using Attribution.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Attribution.Host.Tests.Hosting;

/// <summary>Requests, log and readiness while the store fails.</summary>
public sealed class StoreFaultTests
{
    private const int Busy = 5, Corrupt = 11;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_that_the_store_fails_gets_503_and_the_log_one_line()
    {
        using var log = new LogRecorder();
        await using var host = await TestHost.BuildAsync(builder => builder.Logging.ClearProviders().AddProvider(log));
        host.App.MapGet("/v1/busy", string () => throw new SqliteFaultException(Busy, "database is locked") { Path = "/data/attribution.db" });
        host.App.MapGet("/v1/corrupt", string () => throw new InvalidOperationException("wrapped", new SqliteFaultException(Corrupt, "malformed")));
        await host.StartAsync();

        for (var i = 0; i < 3; i++)
        {
            using var answer = await host.Http.GetAsync("/v1/busy", Cancellation);
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldBe(TimeSpan.FromSeconds(2));
            (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldContain("The store is unavailable. Repeat the request");
        }

        using (var answer = await host.Http.GetAsync("/v1/corrupt", Cancellation))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.Headers.RetryAfter.ShouldBeNull();
        }

        log.Warnings.Where(line => line.Contains("/data/attribution.db is locked by another process.", StringComparison.Ordinal)).ShouldHaveSingleItem();
        log.Warnings.ShouldNotContain(line => line.Contains("   at ", StringComparison.Ordinal), "no stack trace");
    }

    [Fact]
    public async Task Damaged_store_is_not_ready_and_names_the_remedy()
    {
        using var folder = new TempFolder();
        await using (var host = await TestHost.BuildAsync(folder.Path, null)) await host.StartAsync();
        Damage(folder.File("attribution.db"));

        using var log = new LogRecorder();
        await using var damaged = await TestHost.BuildAsync(folder.Path, null, builder => builder.Logging.ClearProviders().AddProvider(log));
        await damaged.StartAsync();
        await Eventually.IsTrueAsync(() => log.Warnings.Any(line => line.Contains("The store is damaged: ", StringComparison.Ordinal)), "damage is logged");
        using var answer = await damaged.Http.GetAsync("/healthz/ready", Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldContain("Stop the host and restore the file from a backup");
        log.Warnings.Count(line => line.Contains("The store is damaged: ", StringComparison.Ordinal)).ShouldBe(1);
    }

    /// <summary>Writes random bytes over pages of tables that no start reads.</summary>
    private static void Damage(string path)
    {
        using (var file = new SqliteConnection($"Data Source={path};Pooling=false"))
        {
            file.Open();
            using var command = file.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE); SELECT rootpage FROM sqlite_master WHERE name = 'statement_lines'";
            using var reader = command.ExecuteReader();
            reader.NextResult();
            reader.Read().ShouldBeTrue();
            var page = reader.GetInt64(0);
            using var bytes = File.OpenWrite(path);
            bytes.Position = (page - 1) * 4096;
            var random = new byte[4096];
            new Random(7).NextBytes(random);
            bytes.Write(random);
        }
    }
}
