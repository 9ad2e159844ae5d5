using Attribution.Core.Planning;

namespace Attribution.Storage.Journeys;

/// <summary>What every store asks of a commit before it begins.</summary>
internal static class JourneyCommitValidation
{
    /// <exception cref="ArgumentException">The commit contradicts itself: it writes a journey twice, or buries one in one that it buries.</exception>
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
                throw new ArgumentException($"The commit buries the journey {tombstone.Id} in one that it buries too.", nameof(commit));
    }
}
