using Attribution.Core.Catalog;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Storage.DataSets;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.DataSets;

/// <summary>The table of data sets.</summary>
internal static class SqliteDataSetTable
{
    /// <summary>
    /// Adds the data sets of the process that the store does not contain. A new store begins with them; a store that
    /// records none was evaluated with <see cref="DataSetContent.Unrecorded"/>.
    /// </summary>
    /// <exception cref="StoreUnusableException">The store was evaluated with a newer version than that of the process.</exception>
    public static async ValueTask AddAsync(
        SqliteDatabase database, IReadOnlyList<DataSetContent> sets, CancellationToken cancellation)
    {
        if (!await database.ReadAsync(session => sets.All(set => IsKnown(session, set)), cancellation))
            await database.WriteAsync(
                session =>
                {
                    var isNew = !session["SELECT 1 FROM journeys UNION ALL SELECT 1 FROM packs LIMIT 1"].Exists();
                    foreach (var set in sets.Where(set => !IsKnown(session, set))) Add(session, set, isNew);
                    return true;
                },
                cancellation);
        foreach (var set in sets)
            if (await database.ReadAsync(session => FindCurrent(session, set.Kind), cancellation) is { } current && current > set.Number)
                throw new StoreUnusableException(DataSetKinds.DescribeOlder(set.Kind, current, set.Number)!);
    }

    /// <summary>Reads the history of the applied time zones.</summary>
    public static TimeZoneHistory ReadTimeZones(SqliteSession session, ParsedDataSets<TimeZoneSet> sets)
    {
        var rows = new List<(int Number, long Applied, long SealedBefore)>();
        var select = session["SELECT number, applied, sealed_before FROM data_sets WHERE kind = ? AND applied IS NOT NULL"]
            .Bind(1, DataSetKinds.TimeZones);
        while (select.Step()) rows.Add(((int)select.Int64(0), select.Int64(1), select.Int64(2)));
        return TimeZoneHistory.FromApplied(rows.Select(row => new AppliedTimeZones(
            Get(session, sets, row.Number), row.Applied, new(row.SealedBefore))));
    }

    /// <summary>Reads the current bot rules; those of the build if there are none.</summary>
    public static BotRules ReadBotRules(SqliteSession session, ParsedDataSets<BotRules> sets) =>
        FindCurrent(session, DataSetKinds.BotRules) is { } number
            ? Get(session, sets, number) : BotRules.Default;

    /// <summary>Reads the version of the catalog from which on fixed rates apply; null if they do not.</summary>
    public static long? ReadFixedRatesVersion(SqliteSession session)
    {
        var select = session["SELECT MIN(applied) FROM data_sets WHERE kind = ? AND number > ? AND applied IS NOT NULL"]
            .Bind(1, DataSetKinds.Currencies).Bind(2, Currency.UnrecordedListNumber);
        long? version = select.Step() && !select.IsNull(0) ? select.Int64(0) : null;
        select.Reset();
        return version;
    }

    private static T Get<T>(SqliteSession session, ParsedDataSets<T> sets, int number) =>
        sets.TryGet(number, out var known) ? known : sets.Parse(number, ReadContent(session, sets.Kind, number));

    private static byte[] ReadContent(SqliteSession session, string kind, int number)
    {
        var select = session["SELECT content FROM data_sets WHERE kind = ? AND number = ?"].Bind(1, kind).Bind(2, number);
        select.Step();
        var content = select.Blob(0).ToArray();
        select.Reset();
        return content;
    }

    private static bool IsKnown(SqliteSession session, DataSetContent set) =>
        FindCurrent(session, set.Kind) is not null
        && session["SELECT 1 FROM data_sets WHERE kind = ? AND number = ?"].Bind(1, set.Kind).Bind(2, set.Number).Exists();

    private static int? FindCurrent(SqliteSession session, string kind)
    {
        var select = session["SELECT MAX(number) FROM data_sets WHERE kind = ? AND applied IS NOT NULL"].Bind(1, kind);
        int? current = select.Step() && !select.IsNull(0) ? (int)select.Int64(0) : null;
        select.Reset();
        return current;
    }

    private static void Add(SqliteSession session, DataSetContent set, bool isNewStore)
    {
        if (FindCurrent(session, set.Kind) is null)
            Insert(session, isNewStore ? set : DataSetContent.Unrecorded(set.Kind), applied: 0);
        if (!IsKnown(session, set)) Insert(session, set, applied: null);
    }

    private static void Insert(SqliteSession session, DataSetContent set, long? applied) =>
        session["INSERT INTO data_sets (kind, number, version, applied, sealed_before, content) VALUES (?, ?, ?, ?, ?, ?)"]
            .Bind(1, set.Kind).Bind(2, set.Number).Bind(3, set.Version).Bind(4, applied).Bind(5, long.MinValue)
            .Bind(6, set.Content.Span).Run();

    private static bool Exists(this SqliteStatement statement)
    {
        var exists = statement.Step();
        statement.Reset();
        return exists;
    }
}
