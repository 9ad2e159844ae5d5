using Attribution.Simulator;
using Attribution.Storage.Formats;
using Attribution.TestKit;
using Attribution.TestKit.Brokers;
using Attribution.TestKit.Hosts;
using Attribution.TestKit.Stores;
using Microsoft.Data.Sqlite;

namespace Attribution.IntegrationTests;

/// <summary>Processes of an earlier build and of this one work on one store, over a real broker.</summary>
public sealed class MixedBuildTests
{
    // Processes register each minute.
    private static readonly TimeSpan RegistrationTimeout = TimeSpan.FromMinutes(3);

    private static readonly int Newest = FormatVersions.Newest[DocumentKinds.Journey];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Long")]
    public async Task Older_build_holds_the_journey_format_back_until_it_stops()
    {
        Assert.SkipWhen(Broker.MissingReason is not null, Broker.MissingReason ?? "");
        Assert.SkipWhen(StoreUnderTest.IsMongoDb, "the test reads SQLite's file");
        var missing = await EarlierBuild.FindMissingReasonAsync(EarlierBuild.BeforeHeads, Token);
        Assert.SkipWhen(missing is not null, missing ?? "");
        var older = await EarlierBuild.BuildAsync(EarlierBuild.BeforeHeads, Token);
        var market = Market.Create(41, TruthTests.First, new MarketOptions { People = 200 });
        await using var broker = await Broker.StartAsync(Token);
        await using var cluster = await HostCluster.StartAsync(broker, [], Token, DocumentedExample.Horizon);
        await cluster.StartAsync("attribute-1", Token, program: older);
        foreach (var name in (string[])["attribute-2", "ingest-1", "report-1", "rollup-1"]) await cluster.StartAsync(name, Token);
        await cluster.Report.ImportAsync(market.Catalog, Token);
        var parts = market.Events.Chunk((market.Events.Count / 2) + 1).ToArray();

        // Both processes take messages of the same journeys.
        await cluster.Ingest.PostEventsAsync(parts[0], Token, perRequest: 10);
        await cluster.WaitUntilSettledAsync(Token);
        (await ReadFormatAsync(cluster)).ShouldBe((5, Newest, 1));
        (await ReadNewestJourneyVersionAsync(cluster)).ShouldBeInRange(1, 5);

        (await cluster["attribute-1"].StopAsync(Token)).ShouldBe(0);
        await Eventually.IsTrueAsync(
            async () => await ReadFormatAsync(cluster) == (Newest, Newest, 0), RegistrationTimeout, () => cluster.Report.Output, Token);
        // A process knows what is agreed from its next registration on.
        await cluster["attribute-2"].WaitForOutputAsync($"journey={Newest}", RegistrationTimeout, Token);
        await cluster.Ingest.PostEventsAsync(parts[1], Token, perRequest: 10);
        await cluster.WaitUntilSettledAsync(Token);
        (await ReadNewestJourneyVersionAsync(cluster)).ShouldBeGreaterThan(5);
        await TruthTests.ShouldEqualTruthAsync(cluster.Report, market, "last_touch");

        var refused = await Should.ThrowAsync<InvalidOperationException>(() => cluster.StartAsync("attribute-3", Token, program: older));
        refused.Message.ShouldMatch("agreed on version [0-9]+ of the format of a journey|uses the bot rules of");
    }

    /// <summary>Returns the written and the readable version of journeys, and the number of builds that hold it back.</summary>
    private static async Task<(int Written, int Readable, int HeldBackBy)> ReadFormatAsync(HostCluster cluster)
    {
        using var quality = await cluster.Report.GetAsync("/v1/quality", Token);
        var journey = quality.RootElement.GetProperty("formats").GetProperty("journey");
        return (journey.GetProperty("written").GetInt32(), journey.GetProperty("readable").GetInt32(), journey.GetProperty("heldBackBy").GetArrayLength());
    }

    private static async Task<long> ReadNewestJourneyVersionAsync(HostCluster cluster)
    {
        await using var store = new SqliteConnection($"Data Source={cluster.StoreFile};Mode=ReadOnly;Pooling=False");
        await store.OpenAsync(Token);
        await using var select = new SqliteCommand("SELECT hex(MAX(substr(doc, 1, 1))) FROM journeys WHERE merged_into IS NULL", store);
        return long.Parse((string)(await select.ExecuteScalarAsync(Token))!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
