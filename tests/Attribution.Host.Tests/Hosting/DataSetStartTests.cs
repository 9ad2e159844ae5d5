using System.Text.Json.Nodes;
using Attribution.Core.Catalog;
using Attribution.Host.Hosting;
using Attribution.TestKit;
using Attribution.TestKit.Stores;

namespace Attribution.Host.Tests.Hosting;

/// <summary>Hosts whose data sets come from files.</summary>
public sealed class DataSetStartTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string OldFile
    {
        get
        {
            var path = folder.File("tzdb2026d.nzd");
            File.WriteAllBytes(path, TimeZoneSet.Unrecorded.Content.Span);
            return path;
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Newer_time_zones_are_applied_at_the_next_start_and_older_ones_refused()
    {
        Assert.SkipWhen(StoreUnderTest.IsMongoDb, "the hosts have a SQLite store");
        await using (var host = await BuildAsync($"--Reference:TimeZones={OldFile}"))
        {
            await host.StartAsync();
            (await ReadDataSetAsync(host)).ToJsonString().ShouldBe("""{"version":"2026d","available":"2026d","heldBackBy":[],"moving":false}""");
            var order = """{"type":"conversion","id":"e-1","occurredAt":"NOW","kind":"order","orderId":"1","currency":"USD","gross":"10.00"}"""
                .Replace("NOW", DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture), StringComparison.Ordinal);
            using var posted = await host.SendAsync(HttpMethod.Post, "/v1/events", order);
            ((int)posted.StatusCode).ShouldBe(202);
        }

        await using (var host = await BuildAsync())
        {
            await host.StartAsync();
            await Eventually.IsTrueAsync(
                async () => (await ReadDataSetAsync(host))["moved"] is not null, "the newer time zones are applied");
            var set = await ReadDataSetAsync(host);
            ((string?)set["version"], (bool)set["moving"]!, (long)set["moved"]!["orders"]!).ShouldBe((TimeZoneSet.Bundled.Version, false, 0));
            (await host.Http.GetStringAsync(new Uri("/quality", UriKind.Relative), Cancellation)).ShouldContain("0 orders evaluated again, 0 sealed orders kept");
        }

        var refusal = await Should.ThrowAsync<StartupException>(async () => await BuildAsync($"--Reference:TimeZones={OldFile}"));
        refusal.Message.ShouldBe(
            $"The local days of this store are cut with tzdb {TimeZoneSet.Bundled.Version}; this process has only tzdb 2026d. Start the newer version "
            + $"of Attribution that the other processes run, or specify a file of tzdb {TimeZoneSet.Bundled.Version} or later: Reference:TimeZones=<file>.nzd.");
    }

    [Fact]
    public async Task File_that_is_damaged_or_something_else_is_named_with_the_reason()
    {
        var path = folder.File("zones.nzd");
        await File.WriteAllBytesAsync(path, TimeZoneSet.Unrecorded.Content[..50_000].ToArray(), Cancellation);
        (await GetRefusalAsync(path)).ShouldStartWith($"Reference:TimeZones: '{path}': This is not a time zone file of NodaTime (.nzd), or it is damaged: ");
        await File.WriteAllTextAsync(path, "Zone Europe/Berlin 1:00 EU CE%sT", Cancellation);
        (await GetRefusalAsync(path)).ShouldStartWith($"Reference:TimeZones: '{path}': This is not a time zone file");

        async Task<string> GetRefusalAsync(string file) =>
            (await Should.ThrowAsync<StartupException>(async () => await BuildAsync($"--Reference:TimeZones={file}"))).Message;
    }

    [Fact]
    public async Task Bot_rules_need_a_day_as_version()
    {
        var path = folder.File("rules.json");
        await File.WriteAllTextAsync(path, """{"version":"2","groups":[{"origin":"o","licence":"l","bots":["prober"]}]}""", Cancellation);
        (await Should.ThrowAsync<StartupException>(async () => await BuildAsync($"--Reference:BotRules={path}"))).Message.ShouldBe(
            $"Reference:BotRules: '{path}': version: '2' is not a day, for example 2026-12-31, so that versions have an order.");
    }

    private Task<TestHost> BuildAsync(params string[] settings) => TestHost.BuildAsync(folder.File("data"), null, null, settings);

    private static async Task<JsonNode> ReadDataSetAsync(TestHost host) =>
        JsonNode.Parse(await host.Http.GetStringAsync(new Uri("/v1/quality", UriKind.Relative), Cancellation))!["dataSets"]!["timeZones"]!;
}
