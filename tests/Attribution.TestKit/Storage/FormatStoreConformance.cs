using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Storage;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.Storage.Journeys;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Processes of several builds on one store: they write only what all of them read.</summary>
public abstract class FormatStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    private static Timestamp LeaseEnd => Now + TimeSpan.FromMinutes(5);

    public static TheoryData<string> DocumentKindNames => [.. FormatVersions.Newest.ByKind.Keys.Except(DataSetKinds.All)];

    [Fact]
    public async Task New_store_agrees_on_the_formats_of_its_first_process()
    {
        await using var store = await OpenNewAsync();
        (await store.Formats.ReadFormatsAsync(Cancellation)).Agreed.ShouldBe(FormatVersions.First);

        var state = await store.Formats.RegisterProcessAsync(Process("a", FormatVersions.Newest), Now, Cancellation);

        state.Agreed.ShouldBe(FormatVersions.Newest);
        var read = await store.Formats.ReadFormatsAsync(Cancellation);
        (read.Agreed, read.Processes.Single()).ShouldBe((FormatVersions.Newest, Process("a", FormatVersions.Newest)));
    }

    [Theory]
    [MemberData(nameof(DocumentKindNames))]
    public async Task Newer_format_is_agreed_when_every_live_process_reads_it(string kind)
    {
        var name = Guid.NewGuid().ToString("N");
        var (older, newer) = (FormatVersions.Newest, FormatVersions.Newest.With(kind, FormatVersions.Newest[kind] + 1));
        await using var oldStore = await OpenAsync(name, formats: older);
        await using var newStore = await OpenAsync(name, formats: newer);
        await oldStore.Formats.RegisterProcessAsync(Process("old", older), Now, Cancellation);

        // Held back by the old process, while it runs and after it stopped to renew, until its lease ends.
        (await newStore.Formats.RegisterProcessAsync(Process("new", newer), Now, Cancellation)).Agreed[kind].ShouldBe(older[kind]);
        (await oldStore.Formats.RegisterProcessAsync(Process("old", older), Now, Cancellation)).Agreed[kind].ShouldBe(older[kind]);
        (await newStore.Formats.RegisterProcessAsync(Process("new", newer), LeaseEnd - TimeSpan.FromMilliseconds(1), Cancellation)).Agreed[kind].ShouldBe(older[kind]);

        await oldStore.Formats.RemoveProcessAsync("old", Cancellation);
        (await newStore.Formats.RegisterProcessAsync(Process("new", newer), Now, Cancellation)).Agreed.ShouldBe(newer);

        // It never falls: the old build can neither continue nor start.
        var refusal = await Should.ThrowAsync<StoreUnusableException>(
            async () => await oldStore.Formats.RegisterProcessAsync(Process("old", older), Now, Cancellation));
        refusal.Message.ShouldStartWith($"The processes of this store agreed on version {newer[kind]} of the format of a {kind}; this build reads up to version {older[kind]}.");
        await Should.ThrowAsync<StoreUnusableException>(async () => await OpenAsync(name, formats: older));
        await newStore.Formats.RemoveProcessAsync("new", Cancellation);
        (await newStore.Formats.ReadFormatsAsync(Cancellation)).Agreed.ShouldBe(newer);
    }

    [Fact]
    public async Task Expired_process_no_longer_holds_a_format_back()
    {
        var name = Guid.NewGuid().ToString("N");
        await using var oldStore = await OpenAsync(name, formats: FormatVersions.First);
        await using var newStore = await OpenAsync(name);
        await oldStore.Formats.RegisterProcessAsync(Process("old", FormatVersions.First), Now, Cancellation);

        var state = await newStore.Formats.RegisterProcessAsync(Process("new", FormatVersions.Newest), LeaseEnd, Cancellation);

        state.Agreed.ShouldBe(FormatVersions.Newest);
        state.Processes.Select(process => process.Id).ShouldBe(["new"]);
    }

    [Fact]
    public async Task Journeys_of_old_and_new_processes_are_read_by_both()
    {
        var name = Guid.NewGuid().ToString("N");
        await using var oldStore = await OpenAsync(name, formats: FormatVersions.First);
        await using var newStore = await OpenAsync(name);
        await oldStore.Formats.RegisterProcessAsync(Process("old", FormatVersions.First), Now, Cancellation);
        await newStore.Formats.RegisterProcessAsync(Process("new", FormatVersions.Newest), Now, Cancellation);
        var (ofOld, ofNew, withState) = (NewJourney("a"), NewJourney("b"), WithState(NewJourney("c")));
        (await CommitJourneyAsync(oldStore, ofOld, "v:old")).ShouldBe(CommitOutcome.Committed);
        (await CommitJourneyAsync(newStore, ofNew, "v:new")).ShouldBe(CommitOutcome.Committed);

        // Version 1 cannot contain the state, and the old process cannot read version 2.
        var refusal = await Should.ThrowAsync<FormatNotAgreedException>(async () => await CommitJourneyAsync(newStore, withState, "v:state"));
        refusal.IsTransient.ShouldBeTrue();
        refusal.Message.ShouldBe(
            $"A journey must be stored in version 2, but a live process reads up to version 1: old (build of old, lease until {LeaseEnd}). "
            + "The events wait until it is stopped or upgraded.");
        foreach (var store in new[] { oldStore, newStore })
        {
            var load = await store.Journeys.LoadJourneysAsync([], [Alias("v:old"), Alias("v:new"), Alias("v:state")], Cancellation);
            load.Journeys.Values.Select(stored => Marks(stored.Journey)).Order().ShouldBe(["a", "b"]);
        }

        // The commit finds that the old process is gone. What it agrees on makes all journeys stale once.
        await oldStore.Formats.RemoveProcessAsync("old", Cancellation);
        (await CommitJourneyAsync(newStore, withState, "v:state")).ShouldBe(CommitOutcome.CatalogChanged);
        (await CommitJourneyAsync(newStore, withState, "v:state", catalogVersion: 1)).ShouldBe(CommitOutcome.Committed);
        var stored = (await newStore.Journeys.FindByAliasAsync(Alias("v:state"), Cancellation))!.Journey;
        RecordText.Serialize(stored).ShouldBe(RecordText.Serialize(withState));
        (await newStore.Formats.ReadFormatsAsync(Cancellation)).Agreed.ShouldBe(FormatVersions.Newest);
        await Should.ThrowAsync<StoreUnusableException>(
            async () => await oldStore.Formats.RegisterProcessAsync(Process("old", FormatVersions.First), Now, Cancellation));
    }

    [Fact]
    public async Task All_journeys_are_stale_once_when_converted_visitors_are_agreed()
    {
        var name = Guid.NewGuid().ToString("N");
        var older = FormatVersions.Newest.With(DocumentKinds.Journey, 4);
        await using var oldStore = await OpenAsync(name, formats: older);
        await using var newStore = await OpenAsync(name);
        await oldStore.Formats.RegisterProcessAsync(Process("old", older), Now, Cancellation);
        (await CommitJourneyAsync(oldStore, NewJourney("a"), "v:a")).ShouldBe(CommitOutcome.Committed);
        await newStore.Formats.RegisterProcessAsync(Process("new", FormatVersions.Newest), Now, Cancellation);
        (await VersionsAsync()).ShouldBe((0, 0));

        await oldStore.Formats.RemoveProcessAsync("old", Cancellation);
        for (var i = 0; i < 2; i++)
        {
            await newStore.Formats.RegisterProcessAsync(Process("new", FormatVersions.Newest), Now, Cancellation);
            (await VersionsAsync()).ShouldBe((1, 1));
        }

        (await newStore.Journeys.FindStaleAsync(1, 10, Cancellation)).Count.ShouldBe(1);
        await using var empty = await OpenNewAsync();
        await empty.Formats.RegisterProcessAsync(Process("first", FormatVersions.Newest), Now, Cancellation);
        (await empty.Catalog.LoadCatalogAsync(Cancellation)).Version.ShouldBe(0);

        async Task<(long, long)> VersionsAsync() =>
            await newStore.Catalog.LoadCatalogAsync(Cancellation) is var catalog ? (catalog.Version, catalog.JourneysVersion) : default;
    }

    [Fact]
    public async Task Old_and_new_processes_that_start_at_once_agree_on_what_both_read()
    {
        for (var round = 0; round < 10; round++)
        {
            var name = Guid.NewGuid().ToString("N");
            await using var oldStore = await OpenAsync(name, formats: FormatVersions.First);
            await using var newStore = await OpenAsync(name);

            var starts = await Task.WhenAll(
                RegisterAsync(oldStore, Process("old", FormatVersions.First)), RegisterAsync(newStore, Process("new", FormatVersions.Newest)));

            // Either the old process came first and holds the format back, or it is refused.
            var agreed = (await newStore.Formats.ReadFormatsAsync(Cancellation)).Agreed;
            agreed.ShouldBe(starts[0] ? FormatVersions.First : FormatVersions.Newest);
            starts[1].ShouldBeTrue();
        }

        static async Task<bool> RegisterAsync(IStore store, RegisteredProcess process)
        {
            try
            {
                await Task.Run(async () => await store.Formats.RegisterProcessAsync(process, Now, Cancellation), Cancellation);
                return true;
            }
            catch (StoreUnusableException)
            {
                return false;
            }
        }
    }

    private static RegisteredProcess Process(string id, FormatVersions known) => new(id, $"build of {id}", known, LeaseEnd);

    private static Journey WithState(Journey journey) => journey with
    {
        ReportedRefunds =
        [
            new ReportedRefund
            {
                Id = new EventId("shop", "e"), Brand = Brand, At = Now, OrderId = "1", RefundId = "r", Kind = RefundKind.Cancel, IsVoid = true, ReceivedAt = Now,
            },
        ],
    };

    private static ValueTask<CommitOutcome> CommitJourneyAsync(IStore store, Journey journey, string alias, long catalogVersion = 0) =>
        store.Journeys.CommitAsync(
            new JourneyCommit { CatalogVersion = catalogVersion, At = Now, Journeys = [new StoredJourney(journey, 0)], Aliases = [new(Alias(alias), journey.Id)] }, Cancellation);
}
