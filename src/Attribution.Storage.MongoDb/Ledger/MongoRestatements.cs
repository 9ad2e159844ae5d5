using System.Globalization;
using Attribution.Core.Ledger;
using Attribution.Storage.Ledger;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Ledger;

/// <summary>Filters and cursors for lists of restatements.</summary>
internal static class MongoRestatements
{
    public static BsonDocument ToFilter(RestatementFilter query)
    {
        var recorded = new BsonDocument { { "$gte", query.From.UnixMilliseconds }, { "$lt", query.To.UnixMilliseconds } };
        var filter = new BsonDocument
        {
            { "brand", query.Brand }, { "recordedAt", recorded },
            { "restates", BsonValues.MatchAny([(int)query.Day, (int)(RestatedDay.OrderDay | RestatedDay.EntryDay)]) },
        };
        return filter.AddIfPresent("campaign", query.Campaign).AddIfPresent("creator", query.Creator);
    }

    /// <summary>Restricts a filter to the entries after a cursor. A null cursor does not restrict it.</summary>
    /// <exception cref="ArgumentException">The cursor is invalid.</exception>
    public static BsonDocument AddCursor(this BsonDocument filter, string? cursor)
    {
        if (ParseCursor(cursor) is var (recorded, id))
            filter.Add("$or", new BsonArray
            {
                new BsonDocument("recordedAt", new BsonDocument("$gt", recorded)),
                new BsonDocument { { "recordedAt", recorded }, { "_id", new BsonDocument("$gt", id) } },
            });
        return filter;
    }

    /// <summary>Formats the cursor behind an entry.</summary>
    public static string FormatCursor(LedgerEntry entry, ObjectId id) =>
        string.Create(CultureInfo.InvariantCulture, $"{entry.RecordedAt.UnixMilliseconds}.{id}");

    private static (long Recorded, ObjectId Id)? ParseCursor(string? cursor)
    {
        if (cursor is null) return null;
        var dot = cursor.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            && long.TryParse(cursor.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var recorded)
            && ObjectId.TryParse(cursor[(dot + 1)..], out var id)
            ? (recorded, id)
            : throw new ArgumentException("Invalid cursor: this list did not return it.", nameof(cursor));
    }
}
