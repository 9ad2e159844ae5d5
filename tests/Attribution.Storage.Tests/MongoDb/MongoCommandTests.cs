using System.Collections.Concurrent;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Values;
using Attribution.Storage.Catalog;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Catalog;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Erasures;
using Attribution.Storage.MongoDb.Journeys;
using Attribution.Storage.MongoDb.Rebuilds;
using Attribution.Storage.MongoDb.Runs;
using Attribution.Storage.Runs;
using Attribution.TestKit.Stores;
using MongoDB.Bson;

namespace Attribution.Storage.Tests.MongoDb;

/// <summary>The commands that ports on MongoDB send: how many, how large, and which again.</summary>
public sealed class MongoCommandTests
{
    private static readonly Timestamp Now = new(1_772_445_600_000);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(43)]
    [InlineData(237)]
    [InlineData(239)]
    [InlineData(246)]
    public async Task Read_whose_moment_the_server_lost_begins_again(int code)
    {
        var lost = 2;
        await using var store = new ScriptedMongoStore((_, _) => lost-- > 0 ? ScriptedAnswer.Refusal(code, "Lost", "The snapshot is gone.") : null);
        (await new MongoCatalogStore(store.Context).ReadCatalogVersionAsync(Cancellation)).ShouldBe(0);
        store.Commands.ShouldBe(["find meta", "find meta", "find meta"]);
    }

    [Theory]
    [InlineData(246, 3, true)]
    [InlineData(13, 1, false)]
    public async Task Read_that_fails_each_time_is_a_fault_of_the_store(int code, int reads, bool isTransient)
    {
        await using var store = new ScriptedMongoStore((_, _) => ScriptedAnswer.Refusal(code, "Lost", "No."));
        (await Should.ThrowAsync<MongoFaultException>(async () => await new MongoCatalogStore(store.Context).ReadCatalogVersionAsync(Cancellation)))
            .IsTransient.ShouldBe(isTransient);
        store.Commands.Count.ShouldBe(reads);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 1)]
    public async Task Scan_begins_again_only_before_its_first_journey(int delivered, int scans)
    {
        await using var store = new ScriptedMongoStore((collection, command) => command.GetElement(0).Name switch
        {
            "find" when collection == "journeys.0" => new(new BsonDocument
            {
                { "cursor", new BsonDocument { { "id", 5L }, { "ns", "attribution.journeys.0" }, { "firstBatch", new BsonArray(Enumerable.Range(0, delivered).Select(_ => Stored(NewJourney()))) } } },
                { "ok", 1 },
            }),
            "getMore" => ScriptedAnswer.Refusal(237, "CursorKilled", "The cursor is gone."),
            _ => null,
        });
        var seen = 0;
        await Should.ThrowAsync<MongoFaultException>(async () => await new MongoJourneyStore(store.Context).ScanAsync((_, _, _) => seen++, Cancellation));
        (seen, store.Commands.Count(command => command == "find journeys.0")).ShouldBe((delivered, scans));
    }

    [Fact]
    public async Task Catalog_write_ends_with_its_commit()
    {
        await using var store = new ScriptedMongoStore((_, _) => null);
        var change = new CatalogChange { ExpectedVersion = 0, At = Now, Puts = [new(new(CatalogKind.Creators, "mia"), new CreatorItem("mia", "Mia"))] };
        (await new MongoCatalogStore(store.Context).WriteChangeAsync(change, Cancellation)).ShouldBeTrue();
        store.Commands[^1].ShouldBe("commitTransaction");
        store.Commands.Count(command => command == "update gates").ShouldBe(3, "bar the first, bar the others, open all");
    }

    [Fact]
    public async Task Refused_catalog_write_opens_the_gates()
    {
        await using var store = new ScriptedMongoStore((collection, command) =>
            collection == "meta" && command.GetElement(0).Name == "update" && command["updates"][0]["q"].AsBsonDocument.Contains("catalogVersion")
                ? new(new BsonDocument { { "n", 0 }, { "nModified", 0 }, { "ok", 1 } }) : null);
        var change = new CatalogChange { ExpectedVersion = 0, At = Now };
        (await new MongoCatalogStore(store.Context).WriteChangeAsync(change, Cancellation)).ShouldBeFalse();
        store.Commands.TakeLast(3).ShouldBe(["abortTransaction", "update gates", "update gates"]);
    }

    [Theory]
    [InlineData(2_500, 3)]
    [InlineData(1_000, 1)]
    [InlineData(0, 0)]
    public async Task Rebuild_copies_the_catalog_in_pieces(int items, int pieces)
    {
        var documents = Enumerable.Range(0, items)
            .Select(i => new BsonDocument { { "_id", $"1 creator-{i}" }, { "kind", 1 }, { "item", new string('x', 100) }, { "matched", true } }).ToArray();
        var old = 1;
        await using var store = new ScriptedMongoStore((collection, command) => (command.GetElement(0).Name, collection) switch
        {
            ("find", "catalogItems") => ScriptedAnswer.Batch(documents),
            ("find", "rebuild.catalogItems") when old-- > 0 => ScriptedAnswer.Batch(new BsonDocument("_id", "1 old")),
            _ => null,
        });
        await using var rebuild = new MongoRebuild(store.Context, store.Context.ForRebuild(1));
        await rebuild.CopyCatalogAsync(Cancellation);

        var inserts = store.Requests.Where(request => ScriptedMongoStore.Describe(request) == "insert rebuild.catalogItems").ToList();
        inserts.Count.ShouldBe(pieces);
        foreach (var insert in inserts) insert["documents"].AsBsonArray.Count.ShouldBeLessThanOrEqualTo(1_000);
        inserts.SelectMany(insert => insert["documents"].AsBsonArray).Select(item => item["matched"].AsBoolean).ShouldAllBe(matched => !matched);
        store.Commands.ShouldContain("delete rebuild.catalogItems");
        store.Commands.ShouldNotContain("commitTransaction", "no transaction grows with the catalog");
        store.Commands[^1].ShouldBe("update rebuild.meta", "the version is written last");
    }

    [Theory]
    [InlineData(2_500, 3)]
    [InlineData(1_001, 2)]
    [InlineData(1, 1)]
    public async Task Ids_are_named_in_pieces(int ids, int commands)
    {
        await using var store = new ScriptedMongoStore((_, _) => null);
        var all = Enumerable.Range(0, ids).Select(i => (BsonValue)$"1 code-{i}").ToList();
        await store.Context.Transactions.RunTransactionAsync(
            async session =>
            {
                await MongoCatalogItems.MarkMatchedAsync(session, store.Context.Collections, all, Cancellation);
                await session.DeleteByIdsAsync(store.Context.Collections.Items, all, Cancellation);
                return (await session.FindByIdsAsync(store.Context.Collections.Items, all, Cancellation)).Count;
            },
            Cancellation);
        foreach (var name in (string[])["update", "delete", "find"])
        {
            var sent = store.Requests.Where(request => request.GetElement(0).Name == name).ToList();
            sent.Count.ShouldBe(commands);
            var named = sent.SelectMany(request => Filter(request)["_id"]["$in"].AsBsonArray).ToList();
            named.Count.ShouldBe(ids);
            sent.ShouldAllBe(request => Filter(request)["_id"]["$in"].AsBsonArray.Count <= 1_000);
        }
    }

    [Theory]
    [InlineData(20, 3)]
    [InlineData(17, 3)]
    [InlineData(16, 2)]
    [InlineData(8, 0)]
    [InlineData(0, 0)]
    public async Task Answer_of_any_size_is_stored_and_read(int mebibytes, int parts)
    {
        var stored = new ConcurrentDictionary<BsonValue, BsonDocument>();
        await using var store = new ScriptedMongoStore((_, command) =>
        {
            if (command.GetElement(0).Name == "update")
                foreach (var update in command["updates"].AsBsonArray)
                    stored[update["q"]["_id"]] = new BsonDocument("_id", update["q"]["_id"]).Merge(update["u"].AsBsonDocument, overwriteExistingElements: true);
            return command.GetElement(0).Name == "find" && stored.TryGetValue(command["filter"]["_id"], out var found) ? ScriptedAnswer.Batch(found) : null;
        });
        var runs = new MongoRunStore(store.Context);
        var answer = new byte[mebibytes * 1024 * 1024];
        new Random(7).NextBytes(answer);
        var run = new RunDocument
        {
            Id = Guid.CreateVersion7(), Kind = "test", Request = [.. "{}"u8], CreatedAt = Now, UpdatedAt = Now, Status = RunStatus.Done, Attempt = 2,
            Answer = [.. answer],
        };

        (await runs.UpdateRunAsync(run, Cancellation)).ShouldBeTrue();

        store.Commands.Count.ShouldBe(parts + 1);
        stored.Values.ShouldAllBe(document => document.ToBson().Length < 16 * 1024 * 1024);
        (await runs.FindRunAsync("test", run.Id, Cancellation)).ShouldNotBeNull().Answer.AsSpan().SequenceEqual(answer).ShouldBeTrue();
        stored.Values.ShouldAllBe(document => document["kind"] == "test" && document["status"] == 3 && document["updatedAt"] == Now.UnixMilliseconds);
    }

    [Fact]
    public async Task Document_that_is_too_large_for_MongoDB_is_a_fault()
    {
        await using var store = new ScriptedMongoStore((_, _) => null);
        var document = new BsonDocument { { "_id", 1 }, { "lines", new byte[17 * 1024 * 1024] } };
        var fault = await Should.ThrowAsync<MongoFaultException>(
            async () => await store.Context.Transactions.TryInsertAsync(store.Context.Collections.Statements, document, Cancellation));
        (fault.IsTransient, fault.Summary).ShouldSatisfyAllConditions(
            _ => fault.IsTransient.ShouldBeFalse(), _ => fault.Summary.ShouldStartWith("MongoDB stores documents of at most 16 MiB"));
    }

    [Fact]
    public async Task Erasure_reads_only_the_persons_documents_while_it_writes()
    {
        var journeys = Enumerable.Range(0, 600).Select(i => NewJourney(i % 300 == 7 ? "secret" : $"v-{i}")).OrderBy(journey => journey.Id).ToList();
        await using var store = new ScriptedMongoStore((collection, command) =>
        {
            if (command.GetElement(0).Name != "find" || collection != "journeys.0") return null;
            var id = command["filter"].AsBsonDocument.GetValue("_id", BsonNull.Value) as BsonDocument;
            if (id is not null && id.TryGetValue("$in", out var ids))
                return ScriptedAnswer.Batch([.. journeys.Where(journey => ids.AsBsonArray.Contains(BsonValues.ToBson(journey.Id))).Select(Stored)]);
            var after = id is null ? Guid.Empty : id["$gt"].AsBsonBinaryData.ToGuid(GuidRepresentation.Standard);
            return ScriptedAnswer.Batch([.. journeys.Where(journey => journey.Id.CompareTo(after) > 0).Take(256).Select(Stored)]);
        });
        var erasure = PersonErasure.Create("default", "v:secret", "secret", null, () => "x-1");

        var outcome = (await new MongoErasureStore(store.Context).EraseAsync(erasure, Cancellation)).ShouldNotBeNull();

        outcome.Journeys.ShouldBe(2);
        var requests = store.Requests.ToList();
        var barred = requests.FindIndex(request => ScriptedMongoStore.Describe(request) == "update gates");
        var began = requests.FindIndex(request => request.Contains("startTransaction"));
        (barred, began).ShouldSatisfyAllConditions(_ => barred.ShouldBeGreaterThan(5), _ => began.ShouldBeGreaterThan(barred));
        foreach (var request in requests.Take(barred)) request.Contains("autocommit").ShouldBeFalse("candidates are found outside of transactions");
        foreach (var request in requests.Skip(barred).Take(began - barred).Where(request => ScriptedMongoStore.CollectionOf(request) is "journeys.0" or "ledger" or "rejections" or "packs"))
            request["filter"].AsBsonDocument.Contains(ScriptedMongoStore.CollectionOf(request) == "packs" ? "seq" : "_id").ShouldBeTrue("only newer ones are searched again");
        foreach (var request in requests.Skip(began).Where(request => request.GetElement(0).Name == "find" && ScriptedMongoStore.CollectionOf(request) is not "meta"))
            request["filter"]["_id"].AsBsonDocument.Contains("$in").ShouldBeTrue($"{ScriptedMongoStore.Describe(request)} names ids");
        requests.Single(request => ScriptedMongoStore.Describe(request) == "update journeys.0")["updates"].AsBsonArray.Count.ShouldBe(2);
    }

    [Fact]
    public void Least_id_of_a_second_precedes_all_of_it()
    {
        var second = 1_772_445_600;
        var least = MongoErasureSearch.GuidAt(second);
        var (before, after) = (Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds((second * 1000L) - 1)), Guid.CreateVersion7(DateTimeOffset.FromUnixTimeSeconds(second)));
        BsonValues.ToBson(least).CompareTo(BsonValues.ToBson(after)).ShouldBeLessThan(0);
        BsonValues.ToBson(least).CompareTo(BsonValues.ToBson(before)).ShouldBeGreaterThan(0);
    }

    private static BsonDocument Filter(BsonDocument request) => request.GetElement(0).Name switch
    {
        "update" => request["updates"][0]["q"].AsBsonDocument,
        "delete" => request["deletes"][0]["q"].AsBsonDocument,
        _ => request["filter"].AsBsonDocument,
    };

    private static Journey NewJourney(string visitor = "v") => new()
    {
        Id = Guid.CreateVersion7(),
        Brand = "default",
        Touches = [new Touch { Id = new("shop", visitor), At = Now, Kind = TouchKind.Click, VisitorId = visitor }],
    };

    private static BsonDocument Stored(Journey journey) => new()
    {
        { "_id", BsonValues.ToBson(journey.Id) }, { "version", 1L }, { "catalogVersion", 0L }, { "brand", journey.Brand },
        { "journey", JourneyCodec.Encode(journey, new DocumentWriter()).ToArray() },
    };
}
