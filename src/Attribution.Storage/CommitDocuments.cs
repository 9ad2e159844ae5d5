using Attribution.Storage.Codecs;

namespace Attribution.Storage;

/// <summary>What of a commit is bytes in every store. Making them takes a fifth of what a commit does, and needs neither lock nor transaction.</summary>
public sealed class CommitDocuments
{
    // It has grown to the longest pack: not anew for every commit.
    [ThreadStatic]
    private static DocumentWriter? writer;

    private CommitDocuments(IReadOnlyList<byte[]> packs, IReadOnlyList<byte[]> journeys) => (Packs, Journeys) = (packs, journeys);

    /// <summary>The commit's packs as archived, in their order; none where they are not archived.</summary>
    internal IReadOnlyList<byte[]> Packs { get; }

    /// <summary>The commit's journeys, in their order.</summary>
    internal IReadOnlyList<byte[]> Journeys { get; }

    /// <summary>Encodes a commit's documents.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="archives">Whether its packs are archived: a rebuild's are already.</param>
    internal static CommitDocuments Of(JourneyCommit commit, bool archives)
    {
        var to = writer ??= new DocumentWriter();
        return new(
            archives ? [.. commit.Packs.Select(pack => PackCodec.Encode(pack, to))] : [],
            [.. commit.Journeys.Select(stored => JourneyCodec.Encode(stored.Journey, to))]);
    }
}
