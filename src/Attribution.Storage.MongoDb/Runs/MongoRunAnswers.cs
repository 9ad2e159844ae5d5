using System.Collections.Immutable;
using System.Globalization;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Runs;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Runs;

/// <summary>
/// Answers of runs. One that might exceed the 16 MiB of a document is stored in parts, which are documents of their own next to
/// the run. They have its kind, end and time, and are therefore deleted with it.
/// </summary>
internal static class MongoRunAnswers
{
    /// <summary>Number of bytes of a part, and of the longest answer that is stored within its run.</summary>
    public const int MaxPartBytes = 8 * 1024 * 1024;

    /// <summary>Adds the answer to the document of its run, or the number of its parts.</summary>
    public static BsonDocument AddTo(RunDocument run, BsonDocument document) => CountParts(run) is > 0 and var parts
        ? document.Add("answer", Array.Empty<byte>()).Add("answerParts", parts)
        : document.Add("answer", run.Answer.ToArray());

    /// <summary>Creates the documents of the parts; none if the answer is stored within its run.</summary>
    public static IEnumerable<BsonDocument> ToParts(RunDocument run) => Enumerable.Range(0, CountParts(run)).Select(part => new BsonDocument
    {
        { "_id", IdOf(run.Id, run.Attempt, part) }, { "kind", run.Kind }, { "status", (int)run.Status },
        { "updatedAt", run.UpdatedAt.UnixMilliseconds },
        { "answer", run.Answer.AsSpan().Slice(part * MaxPartBytes, Math.Min(MaxPartBytes, run.Answer.Length - (part * MaxPartBytes))).ToArray() },
    });

    /// <summary>Reads the answer of a run, from its parts if it has any.</summary>
    public static async Task<ImmutableArray<byte>> ReadAsync(
        MongoSession session, MongoCollections collections, BsonDocument run, CancellationToken cancellation)
    {
        if (!run.Contains("answerParts")) return run.Bytes("answer").ToImmutableArray();
        var answer = ImmutableArray.CreateBuilder<byte>();
        for (var part = 0; part < run.Number("answerParts"); part++)
        {
            var id = IdOf(run.Id(), (int)run.Number("attempt"), part);
            var stored = await session.FirstAsync(collections.Runs, new("_id", id), cancellation)
                ?? throw new InvalidDataException($"Part {part} of the answer of the run {run.Id()} is missing.");
            answer.AddRange(stored.Bytes("answer"));
        }
        return answer.ToImmutable();
    }

    private static int CountParts(RunDocument run) =>
        run.Answer.Length <= MaxPartBytes ? 0 : (run.Answer.Length + MaxPartBytes - 1) / MaxPartBytes;

    private static string IdOf(Guid run, int attempt, int part) =>
        string.Create(CultureInfo.InvariantCulture, $"{run:D} {attempt} {part}");
}
