using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rebuilds;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Rebuilds;

/// <summary>The outcome of the last rebuild, a member of the document about the store.</summary>
internal static class MongoRebuildOutcomes
{
    /// <summary>Returns the outcome of a rebuild; null unless it is the last one that was swapped in.</summary>
    public static RebuildOutcome? Find(BsonDocument meta, Guid run) =>
        meta.TryGetValue("rebuilt", out var rebuilt) && rebuilt.AsBsonDocument is var last && last.Id("run") == run
            ? new RebuildOutcome(last.Number("conversions"), last.Number("lines"), last.Number("cells"))
            : null;

    public static BsonDocument ToBson(Guid run, RebuildOutcome outcome) => new()
    {
        { "run", BsonValues.ToBson(run) }, { "conversions", outcome.Conversions }, { "lines", outcome.Lines },
        { "cells", outcome.Cells },
    };
}
