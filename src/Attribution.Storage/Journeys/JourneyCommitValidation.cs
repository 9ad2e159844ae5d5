using Attribution.Core.Planning;

namespace Attribution.Storage.Journeys;

/// <summary>The checks that every store makes before it writes a commit.</summary>
internal static class JourneyCommitValidation
{
    /// <summary>Checks that the commit does not contradict itself.</summary>
    /// <exception cref="ArgumentException">
    /// The commit writes a journey twice, or merges a journey into one that it also merges.
    /// </exception>
    public static void Validate(this JourneyCommit commit)
    {
        var written = new HashSet<Guid>(commit.Journeys.Count + commit.Tombstones.Count);
        foreach (var stored in commit.Journeys)
            if (!written.Add(stored.Journey.Id))
                throw new ArgumentException($"The commit writes the journey {stored.Journey.Id} twice.", nameof(commit));
        foreach (var tombstone in commit.Tombstones)
            if (!written.Add(tombstone.Id))
                throw new ArgumentException($"The commit writes the journey {tombstone.Id} twice.", nameof(commit));
        foreach (var tombstone in commit.Tombstones)
            if (commit.Tombstones.Any(other => other.Id == tombstone.MergedInto))
                throw new ArgumentException(
                    $"The commit merges the journey {tombstone.Id} into one that is itself merged.", nameof(commit));
    }

    /// <summary>Compares the versions that the commit was planned with to those of the store.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="catalogVersion">The store's catalog version.</param>
    /// <param name="generation">
    /// The store's generation of journeys; not used, and may be null, if the commit has none.
    /// </param>
    /// <returns>The outcome of a commit that must not be written; null if it may be.</returns>
    public static CommitOutcome? CheckVersions(this JourneyCommit commit, long catalogVersion, long? generation)
    {
        if (catalogVersion > commit.CatalogVersion) return CommitOutcome.CatalogChanged;
        return commit.Generation is { } planned && planned != generation ? CommitOutcome.Conflict : null;
    }
}
