using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Storage;
using Attribution.Storage.Journeys;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Moves of aliases between journeys.</summary>
public abstract class AliasMoveConformance(ConformanceStores stores) : StoreConformance(stores)
{
    /// <summary>
    /// Creates a journey with the alias <c>v:1</c> and the aliases <c>o:1</c> and <c>o:2</c> of a journey merged into
    /// it.
    /// </summary>
    private async ValueTask<Journey> InsertMergedAsync(IStore store)
    {
        var (kept, ended) = (NewJourney("a"), NewJourney("b"));
        await InsertJourneysAsync(store, (kept, "v:1"), (ended, "o:1"));
        await CommitSuccessfullyAsync(store, new JourneyCommit { CatalogVersion = 0, At = Now, Aliases = [new(Alias("o:2"), ended.Id)] });
        await CommitSuccessfullyAsync(store, Replace(kept, 1) with { Tombstones = [new Tombstone(ended.Id, 1, kept.Id)] });
        return kept;
    }

    /// <summary>Splits off a new journey and moves some aliases to it.</summary>
    private JourneyCommit SplitOff(Journey rest, long version, string marks, params string[] aliases)
    {
        var apart = NewJourney(marks);
        return Replace(rest, version) with
        {
            Journeys = [new(rest, version), new(apart, 0)],
            MovedAliases = [.. aliases.Select(alias => KeyValuePair.Create(Alias(alias), apart.Id))],
        };
    }

    [Fact]
    public async Task A_moved_alias_resolves_to_its_new_journey()
    {
        await using var store = await OpenNewAsync();
        var kept = await InsertMergedAsync(store);

        await CommitSuccessfullyAsync(store, SplitOff(Marked(kept, 'x'), 2, "s", "o:1"));

        Marks((await FindJourneyAsync(store, "o:1")).Journey).ShouldBe("s");
        Marks((await FindJourneyAsync(store, "v:1")).Journey).ShouldBe("ax");
        Marks((await FindJourneyAsync(store, "o:2")).Journey).ShouldBe("ax");
        var load = await store.Journeys.LoadJourneysAsync([], [Alias("o:1"), Alias("o:2")], Cancellation);
        load.Journeys.Count.ShouldBe(2);

        var apart = load.Journeys[load.Aliases[Alias("o:1")]];
        await CommitSuccessfullyAsync(
            store,
            Replace(Marked(kept, 'y'), 3) with { Tombstones = [new Tombstone(apart.Journey.Id, apart.Version, kept.Id)] });
        Marks((await FindJourneyAsync(store, "o:1")).Journey).ShouldBe("ay");
        await CommitSuccessfullyAsync(store, SplitOff(Marked(kept, 'z'), 4, "t", "o:1", "o:2"));
        Marks((await FindJourneyAsync(store, "o:1")).Journey).ShouldBe("t");
        Marks((await FindJourneyAsync(store, "o:2")).Journey).ShouldBe("t");
        Marks((await FindJourneyAsync(store, "v:1")).Journey).ShouldBe("az");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Moving_an_alias_conflicts_with_a_write_of_its_journey(long version)
    {
        await using var store = await OpenNewAsync();
        var kept = await InsertMergedAsync(store);

        (await CommitAsync(store, SplitOff(Marked(kept, 'x'), version, "s", "o:1"))).ShouldBe(CommitOutcome.Conflict);

        Marks((await FindJourneyAsync(store, "o:1")).Journey).ShouldBe("a");
        (await store.Journeys.CountStaleAsync(long.MaxValue, Cancellation)).ShouldBe(1);
    }

    [Fact]
    public async Task Moving_an_unknown_alias_or_to_a_missing_journey_is_refused()
    {
        await using var store = await OpenNewAsync();
        var kept = await InsertMergedAsync(store);

        await Should.ThrowAsync<ArgumentException>(async () => await CommitAsync(store, SplitOff(Marked(kept, 'x'), 2, "s", "o:1", "o:3")));
        await Should.ThrowAsync<ArgumentException>(async () =>
            await CommitAsync(store, Replace(Marked(kept, 'x'), 2) with { MovedAliases = [new(Alias("o:1"), NextId())] }));

        Marks((await FindJourneyAsync(store, "o:1")).Journey).ShouldBe("a");
    }

    [Fact]
    public async Task Concurrent_alias_moves_and_journey_writes_have_one_winner()
    {
        await using var left = await OpenAsync("race-move");
        await using var right = await OpenAsync("race-move");
        var kept = await InsertMergedAsync(left);

        for (var round = 2; round < 2 + Rounds; round++)
        {
            var outcomes = await RunConcurrentlyAsync([left, right, left], async (store, index) =>
                await CommitAsync(store, index < 2 ? SplitOff(kept, round, $"{index}", "o:1") : Replace(Marked(kept, '2'), round)));
            outcomes.Count(outcome => outcome == CommitOutcome.Committed).ShouldBe(1);
            if (Array.IndexOf(outcomes, CommitOutcome.Committed) is < 2 and var winner)
                Marks((await FindJourneyAsync(right, "o:1")).Journey).ShouldBe($"{winner}");
        }
    }
}
