using Attribution.Contracts;
using Attribution.Core.Planning;
using Attribution.Host.Attribution;
using Attribution.Storage.Codecs;
using Attribution.Storage.Formats;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Laws;

/// <summary>A load that is predicted from a planned commit equals the load after that commit is written.</summary>
public sealed class PlanAheadTests
{
    private const int Cases = 100;

    [Fact]
    public async Task Load_after_a_planned_commit_equals_the_load_after_writing_it()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        var empty = await EngineRun.EmptyAsync(folder.File("empty.db"), cancellation);
        var (told, merged, untold) = (0, 0, 0);
        for (var seed = 1; seed <= Cases; seed++)
        {
            var @case = LawCases.Create(seed);
            await using var run = await EngineRun.OpenAsync(empty, folder.File($"{seed}.db"), cancellation);
            // As a host does at its start: a version that is agreed on later makes all journeys stale.
            await run.Store.Formats.RegisterProcessAsync(new("test", "test", FormatVersions.Newest, new(long.MaxValue)), new(0), cancellation);
            var aliases = await AliasesAsync(run, @case, cancellation);
            foreach (var step in DeliveryPlan.Shuffled(@case, 0))
            {
                if (step is DeliveryStep.PutItems put) await run.PutAsync(put.Items, cancellation);
                if (step is not DeliveryStep.ReceivePacks take) continue;
                await run.Catalogs.RefreshAsync(cancellation);
                foreach (var pack in take.Packs)
                {
                    var plan = await PlanAsync(run, [pack], cancellation);
                    if (plan.Commit is not { } commit) continue;
                    var before = await run.Store.Journeys.LoadJourneysAsync([], aliases, cancellation);
                    (await run.Attributor.TryCommitAsync(plan, cancellation)).ShouldBeTrue();
                    var after = await run.Store.Journeys.LoadJourneysAsync([], aliases, cancellation);

                    if (before.AfterCommit(commit, aliases) is not { } foretold)
                    {
                        untold++;
                        continue;
                    }

                    Text(foretold).ShouldBe(Text(after), $"seed {seed}");
                    Text(after.AfterCommit(commit, aliases)!).ShouldBe(Text(after), $"seed {seed}: loaded when it was written");
                    told++;
                    merged += commit.Tombstones.Count;
                }
            }
        }

        // Otherwise no prediction is made.
        (told > 300, merged > 50, untold < told / 10).ShouldBe((true, true, true), $"{told} told, {merged} merged, {untold} not told");
    }

    [Fact]
    public void Alias_moved_by_a_commit_resolves_to_its_new_journey()
    {
        var (order, kept, apart) = (new AliasKey("b", "o:1"), Stored(1, version: 3), Stored(2, version: 0));
        var load = new JourneyLoad(new HashSet<Guid>(), new Dictionary<AliasKey, Guid> { [order] = kept.Journey.Id }, new Dictionary<Guid, StoredJourney> { [kept.Journey.Id] = kept });
        var commit = new JourneyCommit { CatalogVersion = 1, At = default, Journeys = [kept, apart], MovedAliases = [new(order, apart.Journey.Id)] };

        var after = load.AfterCommit(commit, [order])!;

        after.Aliases[order].ShouldBe(apart.Journey.Id);
        after.Journeys.Values.Single().ShouldBe(apart with { Version = 1 });
    }

    [Fact]
    public void Alias_to_an_unread_journey_requires_another_load()
    {
        var alias = new AliasKey("b", "v:1");
        var load = new JourneyLoad(new HashSet<Guid>(), new Dictionary<AliasKey, Guid>(), new Dictionary<Guid, StoredJourney>());

        load.AfterCommit(new() { CatalogVersion = 1, At = default, Aliases = [new(alias, Stored(1, version: 1).Journey.Id)] }, [alias]).ShouldBeNull();
        load.AfterCommit(new() { CatalogVersion = 1, At = default }, [alias])!.Aliases.ShouldBeEmpty();
    }

    private static StoredJourney Stored(byte id, long version) => new(new() { Id = new Guid(id, 0, 0, new byte[8]), Brand = "b" }, version);

    private static async Task<Attributor.CommitPlan> PlanAsync(
        EngineRun run, IEnumerable<EventPack> packs, CancellationToken cancellation) =>
        run.Attributor.PlanCommit(await run.Attributor.LoadAsync(run.Attributor.ParsePacks(packs), cancellation), ahead: null)!;

    /// <summary>Returns all aliases of the case's events.</summary>
    private static async Task<HashSet<AliasKey>> AliasesAsync(
        EngineRun run, LawCase @case, CancellationToken cancellation)
    {
        var packs = DeliveryPlan.InOrder(@case).OfType<DeliveryStep.ReceivePacks>().SelectMany(take => take.Packs);
        var plan = await PlanAsync(run, packs, cancellation);
        return [.. plan.Packs.SelectMany(pack => pack.Events).SelectMany(read => JourneyPlanner.GetAliases(read.Event))];
    }

    private static string Text(JourneyLoad load) => string.Join(
        Environment.NewLine,
        load.Aliases.Select(alias => $"{alias.Key} {alias.Value}").Order(StringComparer.Ordinal)
            .Concat(load.Journeys.Values.OrderBy(stored => stored.Journey.Id).Select(stored => $"{stored.Version} {Convert.ToHexString(JourneyCodec.Encode(stored.Journey, new DocumentWriter()))}")));
}
