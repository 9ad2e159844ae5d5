using System.Buffers.Binary;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Storage.Journeys;
using Attribution.Storage.Sqlite;
using Attribution.Storage.Sqlite.Database;
using Attribution.Storage.Sqlite.Journeys;
using Attribution.TestKit;

namespace Attribution.Storage.Tests.Sqlite;

/// <summary>Aliases move between tables as others are inserted, and keep leading to the same journey.</summary>
public sealed class SqliteAliasesTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    /// <summary>
    /// Compares two instances that share a file, with transactions in turn, some of them rolled back, to a dictionary.
    /// </summary>
    [Theory]
    [InlineData(1, 8, 64, 3)]
    [InlineData(2, 16, 48, 40)]
    [InlineData(3, 64, 256, 10)]
    [InlineData(4, 1, 2, 5)]
    [InlineData(5, 7, 1_000_000, 4)]
    public async Task Aliases_resolve_as_in_a_dictionary_after_any_change(
        int seed, long newTurn, long recentTurn, int most)
    {
        var aliases = new SqliteAliasIndex(new AliasHash(new byte[16]), new SqliteTieredIndex("aliases", newTurn, recentTurn));
        await using var one = await OpenAsync("store.db");
        await using var other = await OpenAsync("store.db");
        var random = new Random(seed);
        var twin = new Dictionary<AliasKey, long>();
        for (var commit = 0; commit < 300; commit++)
        {
            var after = new Dictionary<AliasKey, long>(twin);
            var taken = random.Next(5) > 0;
            await (commit % 2 == 0 ? one : other).WriteAsync(
                session =>
                {
                    var inserted = 0;
                    for (var i = random.Next(most + 1); i > 0; i--)
                    {
                        var (alias, journey) = (new AliasKey(random.Next(2) == 0 ? "a" : "b", $"v:{random.Next(1_500)}"), random.NextInt64(1, 1_000_000));
                        switch (random.Next(12))
                        {
                            case 0:
                                aliases.Delete(session, alias).ShouldBe(after.Remove(alias));
                                break;
                            case 1 when after.ContainsKey(alias):
                                aliases.Move(session, alias, after[alias] = journey);
                                break;
                            case 1:
                                Should.Throw<ArgumentException>(
                                    () => aliases.Move(session, alias, journey)).Message.ShouldContain("unknown alias");
                                break;
                            default:
                                var isNew = after.TryAdd(alias, journey);
                                aliases.Insert(session, alias, journey).ShouldBe(isNew);
                                inserted += isNew ? 1 : 0;
                                break;
                        }
                    }
                    aliases.Promote(session, inserted);
                    if (!taken) session.Abandon();
                    return true;
                },
                Cancellation);
            if (taken) twin = after;
            if (commit % 30 != 29) continue;
            await one.ReadAsync(
                session =>
                {
                    for (var id = 0; id < 1_500; id++)
                        foreach (var brand in (string[])["a", "b"])
                            aliases.Find(session, new(brand, $"v:{id}")).ShouldBe(
                                twin.TryGetValue(new(brand, $"v:{id}"), out var journey) ? journey : null);
                    Number(session, "SELECT COUNT(*) FROM aliases").ShouldBe(twin.Count);
                    Number(session, "SELECT COUNT(*) FROM aliases_new").ShouldBeLessThanOrEqualTo(newTurn + most);
                    Number(session, "SELECT COUNT(*) FROM aliases_recent").ShouldBeLessThanOrEqualTo(newTurn + recentTurn + most);
                    return true;
                },
                Cancellation);
        }

        twin.Count.ShouldBeGreaterThan(200);
        if (recentTurn < 1_000)
            (await one.ReadAsync(session => Number(session, "SELECT COUNT(*) FROM aliases_settled"), Cancellation)).ShouldBeGreaterThan(twin.Count / 4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1 << 16)]
    [InlineData((1 << 21) - 1)]
    public void Every_hash_is_migrated_once_regardless_of_commit_size(long turn)
    {
        var random = new Random(1);
        for (var (count, expected) = (0L, long.MinValue); count < 3 * turn;)
        {
            var to = count + random.NextInt64(1, turn + 1);
            var first = expected;
            foreach (var stretch in SqliteTieredIndex.HashRanges(count, to, turn))
            {
                stretch.First.ShouldBe(expected);
                stretch.Last.ShouldBeGreaterThan(stretch.First);
                expected = unchecked(stretch.Last + 1);
            }
            // The share of all hashes equals the share of a turn.
            var share = unchecked((ulong)(expected - first)) / Math.Pow(2, 64);
            if (to - count < turn) share.ShouldBe((double)(to - count) / turn, 1e-9);
            else share.ShouldBe(0, "a whole turn ends where it began");
            count = to;
        }

        SqliteTieredIndex.HashRanges(5 * turn + turn / 2, 17 * turn + turn / 2, turn).Sum(stretch => (double)stretch.Last - stretch.First).ShouldBe(Math.Pow(2, 64), 1e6, "more than one turn counts as one");
    }

    [Fact]
    public async Task Each_store_hashes_with_its_own_persistent_key()
    {
        (await HashAsync("a.db", "v:1")).ShouldNotBe(await HashAsync("b.db", "v:1"));

        // The second store finds the alias only if both use the same hash key.
        await using var again = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("a.db") }, Cancellation);
        (await again.Journeys.FindByAliasAsync(new AliasKey("default", "v:1"), Cancellation)).ShouldNotBeNull();

        async Task<long> HashAsync(string name, string alias)
        {
            var journey = new Journey { Id = Guid.CreateVersion7(), Brand = "default" };
            await using (var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File(name) }, Cancellation))
                (await store.Journeys.CommitAsync(
                    new JourneyCommit { CatalogVersion = 0, At = new Timestamp(0), Journeys = [new(journey, 0)], Aliases = [new(new("default", alias), journey.Id)] },
                    Cancellation)).ShouldBe(CommitOutcome.Committed);
            await using var file = await OpenAsync(name);
            return await file.ReadAsync(session => Number(session, "SELECT hash FROM aliases"), Cancellation);
        }
    }

    private ValueTask<SqliteDatabase> OpenAsync(string name) => SqliteDatabase.OpenAsync(
        folder.File(name), SqliteSchema.ApplicationId, SqliteSchema.Migrations, new SqliteDatabaseOptions { Synchronous = SqliteSynchronous.Normal }, Cancellation);

    private static long Number(SqliteSession session, string query)
    {
        var select = session[query];
        select.Step();
        var number = select.Int64(0);
        select.Reset();
        return number;
    }

    /// <summary>
    /// Values of the reference implementation for 128 bits: key 00 01 … 0f, input 00 01 … of the given length.
    /// </summary>
    [Theory]
    [InlineData(0, "a3817f04ba25a8e66df67214c7550293")]
    [InlineData(1, "da87c1d86b99af44347659119b22fc45")]
    [InlineData(8, "3b62a9ba6258f5610f83e264f31497b4")]
    [InlineData(15, "5493e99933b0a8117e08ec0f97cfc3d9")]
    public void Aliases_are_hashed_by_SipHash(int length, string expected)
    {
        var key = Enumerable.Range(0, 16).Select(i => (byte)i).ToArray();

        var (low, high) = new AliasHash(key).Compute(key.AsSpan(0, length));

        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, low);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), high);
        Convert.ToHexStringLower(bytes).ShouldBe(expected);
    }

    [Fact]
    public void Aliases_of_any_length_hash_brand_and_text_separately()
    {
        var hash = new AliasHash(new byte[16]);
        List<AliasKey> aliases = [.. Enumerable.Range(0, 2000).Select(length => new AliasKey("a", new string('ü', length))), new("aü", ""), new("a", " "), new("b", "")];

        aliases.Select(alias => hash.Compute(alias)).Distinct().Count().ShouldBe(aliases.Count);
        hash.Compute(new AliasKey("a", "b")).ShouldBe(unchecked(((long, long))hash.Compute("a b"u8)));
    }
}
