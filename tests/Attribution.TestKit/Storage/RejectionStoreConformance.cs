using Attribution.Contracts;
using Attribution.Core.Planning;
using Attribution.Storage.Rejections;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>Rejections: filters and pages.</summary>
public abstract class RejectionStoreConformance(ConformanceStores stores) : StoreConformance(stores)
{
    [Fact]
    public async Task Rejections_are_filtered_by_open_or_resolved()
    {
        await using var store = await OpenNewAsync();
        var mine = Enumerable.Range(0, 4).Select(
            i => Rejection($"{i}") with { Reason = i == 1 ? RejectionReason.TooLong : RejectionReason.TooLate }).ToArray();
        await CommitSuccessfullyAsync(
            store,
            new JourneyCommit { CatalogVersion = 0, At = Now, Rejections = [.. mine, Rejection("theirs", "other")] });
        async Task<string> Listed(RejectionFilter query) =>
            string.Join(
                ' ',
                (await store.Rejections.ListRejectionsAsync(query, null, 10, Cancellation)).Rejections.Select(one => one.Detail));

        await store.Rejections.ResolveRejectionsAsync([mine[2].Id, mine[1].Id, Guid.NewGuid()], Now, Cancellation);
        await store.Rejections.ResolveRejectionsAsync([mine[2].Id], Now + TimeSpan.FromDays(1), Cancellation);
        await store.Rejections.ResolveRejectionsAsync([], Now, Cancellation);

        (await Listed(new())).ShouldBe("theirs 3 2 1 0");
        (await Listed(new(Resolved: false))).ShouldBe("theirs 3 0");
        (await Listed(new(Brand, Resolved: false))).ShouldBe("3 0");
        (await Listed(new(Resolved: true))).ShouldBe("2 1");
        (await Listed(new(Reason: RejectionReason.TooLong))).ShouldBe("1");
        (await Listed(new(Brand, false, RejectionReason.TooLate))).ShouldBe("3 0");

        var found = (await store.Rejections.FindRejectionsAsync([mine[2].Id, mine[3].Id, Guid.NewGuid(), mine[2].Id], Cancellation)).OrderBy(one => one.Detail).ToList();
        found.Select(RecordText.Serialize).ShouldBe(
            [RecordText.Serialize(mine[2] with { ResolvedAt = Now }), RecordText.Serialize(mine[3])]);
    }

    [Fact]
    public async Task Rejections_are_paged_newest_first()
    {
        await using var store = await OpenNewAsync();
        var mine = Enumerable.Range(0, 5).Select(i => Rejection($"{i}", eventId: i == 3 ? null : "e")).ToArray();
        var other = Rejection("theirs", "other");
        await CommitSuccessfullyAsync(store, new JourneyCommit { CatalogVersion = 0, At = Now, Rejections = [mine[1], mine[0], other] });
        await CommitSuccessfullyAsync(store, new JourneyCommit { CatalogVersion = 0, At = Now, Rejections = mine[2..] });

        var pages = new List<string>();
        string? cursor = null;
        do
        {
            var (rejections, next) = await store.Rejections.ListRejectionsAsync(new(Brand), cursor, 2, Cancellation);
            pages.Add(string.Concat(rejections.Select(rejection => rejection.Detail)));
            cursor = next;
        }
        while (cursor is not null);

        pages.ShouldBe(["43", "21", "0"]);
        var all = await store.Rejections.ListRejectionsAsync(new(), null, 6, Cancellation);
        all.Cursor.ShouldBeNull();
        all.Rejections.Select(rejection => rejection.Detail).ShouldBe(["theirs", "4", "3", "2", "1", "0"]);
        RecordText.Serialize(all.Rejections[2]).ShouldBe(RecordText.Serialize(mine[3]));
        await Should.ThrowAsync<ArgumentException>(
            async () => await store.Rejections.ListRejectionsAsync(new(), "page 2", 5, Cancellation));
    }
}
