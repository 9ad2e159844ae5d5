using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;

namespace Attribution.Storage.Journeys;

/// <summary>
/// A commit with its packs and journeys encoded. Encoding takes a fifth of a commit's time and needs neither lock nor
/// transaction.
/// </summary>
public sealed class EncodedCommit
{
    // The buffer has grown to the longest pack, so it is reused for the next commit.
    [ThreadStatic]
    private static DocumentWriter? writer;

    private readonly int agreedVersion;

    private EncodedCommit(JourneyCommit commit, IReadOnlyList<byte[]> packs, IReadOnlyList<byte[]> journeys, int agreedVersion)
    {
        (Commit, Packs, Journeys) = (commit, packs, journeys);
        this.agreedVersion = agreedVersion;
    }

    /// <summary>Gets the commit.</summary>
    public JourneyCommit Commit { get; }

    /// <summary>Gets the commit's packs as archived, in order; empty if they are not archived.</summary>
    internal IReadOnlyList<byte[]> Packs { get; }

    /// <summary>Gets the commit's encoded journeys, in order.</summary>
    internal IReadOnlyList<byte[]> Journeys { get; }

    /// <summary>
    /// Gets the versions of formats and data sets that the documents need; null if those suffice that were agreed on when
    /// they were encoded. They never fall.
    /// </summary>
    internal FormatVersions? RequiredFormats
    {
        get
        {
            var version = Journeys.Select(document => JourneyCodec.VersionOf(document)).DefaultIfEmpty().Max();
            var hasNewCurrency = Commit.Journeys.Any(stored => HasNewCurrency(stored.Journey));
            var packs = Packs.Select(PackCodec.VersionOf).DefaultIfEmpty().Max();
            if (version <= agreedVersion && packs <= 1 && !hasNewCurrency) return null;
            var required = version > 1 ? FormatVersions.First.With(DocumentKinds.Journey, version) : FormatVersions.First;
            if (packs > 1) required = required.With(DocumentKinds.Pack, packs);
            return hasNewCurrency ? required.With(DataSetKinds.Currencies, Currency.ListNumber) : required;
        }
    }

    /// <summary>Returns true if a journey has amounts in a currency that earlier builds do not know.</summary>
    private static bool HasNewCurrency(Journey journey)
    {
        foreach (var reported in journey.ReportedConversions)
            if (Currency.IsNew(reported.Currency)) return true;
        foreach (var refund in journey.ReportedRefunds)
            if (Currency.IsNew(refund.Currency)) return true;
        foreach (var payment in journey.ReportedPayments)
            if (Currency.IsNew(payment.Currency)) return true;
        return false;
    }

    /// <summary>Encodes a commit.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="agreed">The versions of formats that the live processes of the store agreed on.</param>
    /// <param name="archivePacks">False for a rebuild, whose packs are in the archive already.</param>
    internal static EncodedCommit Encode(JourneyCommit commit, FormatVersions agreed, bool archivePacks)
    {
        var to = writer ??= new DocumentWriter();
        var agreedVersion = agreed[DocumentKinds.Journey];
        var withHead = agreedVersion >= JourneyCodec.VersionWithHead;
        return new(
            commit,
            archivePacks ? [.. commit.Packs.Select(pack => PackCodec.Encode(pack, to))] : [],
            [.. commit.Journeys.Select(stored => JourneyCodec.Encode(stored.Journey, to, withHead))],
            agreedVersion);
    }
}

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
