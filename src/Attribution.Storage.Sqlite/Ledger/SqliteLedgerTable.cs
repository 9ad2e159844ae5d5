using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Storage.Ledger;
using Attribution.Storage.Sqlite.Database;
using Attribution.Storage.Sqlite.Journeys;
using Attribution.Storage.Sqlite.Rollups;

namespace Attribution.Storage.Sqlite.Ledger;

/// <summary>The table of ledger entries and its index by conversion.</summary>
internal sealed class SqliteLedgerTable(AliasHash hash)
{
    /// <summary>The start of a query whose rows <see cref="ReadLine"/> reads.</summary>
    public const string Columns =
        "SELECT conversion, campaign, creator, order_day, entry_day, amount, micros, commission, reason, caused_by, recorded_at";

    private readonly SqliteTieredIndex index = new("ledger_conversions");

    /// <summary>Appends entries, indexes them by conversion and marks the closed days that they restate.</summary>
    public void Insert(SqliteSession session, IReadOnlyList<LedgerEntry> entries)
    {
        var insert = session[
            "INSERT INTO ledger (brand, conversion, campaign, creator, order_day, entry_day, amount, micros, commission, reason, caused_by, "
            + "recorded_at, restates) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"];
        var insertIndex = session["INSERT INTO ledger_conversions_new (hash, line) VALUES (?, ?)"];
        var closed = new Dictionary<string, DateOnly?>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (!closed.TryGetValue(entry.Brand, out var through))
                closed.Add(entry.Brand, through = SqliteClosingTable.ReadClosedThrough(session, entry.Brand, asOf: null));
            insert.Bind(1, entry.Brand).Bind(2, entry.Conversion).Bind(3, entry.Placement.Campaign).Bind(4, entry.Placement.Creator)
                .Bind(5, entry.OrderDay.DayNumber).Bind(6, entry.EntryDay.DayNumber).Bind(7, entry.Amount).Bind(8, entry.Micros)
                .Bind(9, entry.Commission).Bind(10, (int)entry.Reason).Bind(11, entry.CausedBy).Bind(12, entry.RecordedAt.UnixMilliseconds)
                .Bind(13, RestatedDays.GetBits(entry, through)).Run();
            insertIndex.Bind(1, hash.Compute(new AliasKey(entry.Brand, entry.Conversion)).Hash).Bind(2, session.LastRow).Run();
        }
        index.Promote(session, entries.Count);
    }

    /// <summary>Reads the entries of a conversion in the order of recording.</summary>
    public List<LedgerEntry> ReadLines(SqliteSession session, string brand, string conversion)
    {
        var entries = new List<LedgerEntry>();
        // The plus sign keeps SQLite from using the index by brand, which all entries may share.
        var select = session[
            Columns + " FROM ledger WHERE seq IN (SELECT line FROM ledger_conversions WHERE hash = ?) AND +brand = ? AND conversion = ? ORDER BY seq"]
            .Bind(1, hash.Compute(new AliasKey(brand, conversion)).Hash).Bind(2, brand).Bind(3, conversion);
        while (select.Step()) entries.Add(ReadLine(select, brand));
        return entries;
    }

    /// <summary>Reads a row.</summary>
    public static LedgerEntry ReadLine(SqliteStatement row, string brand) => new()
    {
        Brand = brand,
        Conversion = row.Text(0),
        Placement = new Placement(row.Text(1), row.Text(2)),
        OrderDay = row.Day(3),
        EntryDay = row.Day(4),
        Amount = row.Int64(5),
        Micros = row.Int64(6),
        Commission = row.Int64(7),
        Reason = (LedgerReason)row.Int64(8),
        CausedBy = row.Text(9),
        RecordedAt = row.Timestamp(10),
    };
}
