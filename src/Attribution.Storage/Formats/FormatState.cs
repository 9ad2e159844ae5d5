using System.Collections.Immutable;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.DataSets;

namespace Attribution.Storage.Formats;

/// <summary>The agreement of a store's processes on the formats that they write. Pure.</summary>
/// <param name="Agreed">The newest versions that may be written. They rise and never fall.</param>
/// <param name="Processes">The registered processes.</param>
public sealed record FormatState(FormatVersions Agreed, ImmutableArray<RegisteredProcess> Processes)
{
    /// <summary>Returns the state after a process of a build updates it; expired processes are removed.</summary>
    /// <param name="known">The newest versions that the caller reads.</param>
    /// <param name="process">The caller's registration; null if it does not register.</param>
    /// <param name="now">The current time.</param>
    /// <exception cref="StoreUnusableException">
    /// The store may contain versions that the caller cannot read.
    /// </exception>
    public FormatState Update(FormatVersions known, RegisteredProcess? process, Timestamp now)
    {
        EnsureReadable(known);
        var others = Processes.Where(other => other.Until > now && other.Id != process?.Id);
        ImmutableArray<RegisteredProcess> live = process is null ? [.. others] : [.. others, process];
        return new(Agreed.RaiseTo([known, .. live.Select(other => other.Known)]), live);
    }

    /// <summary>
    /// Returns true if the agreed versions can contain results of evaluation that those before could not. All journeys are
    /// then stale once, and are evaluated again in the background.
    /// </summary>
    /// <param name="before">The state before the update.</param>
    internal bool MakesJourneysStale(FormatState before) =>
        before.Agreed[DocumentKinds.Journey] < JourneyCodec.VersionWithConverted
        && Agreed[DocumentKinds.Journey] >= JourneyCodec.VersionWithConverted;

    /// <summary>Checks that a build reads every version that the store may contain.</summary>
    /// <exception cref="StoreUnusableException">It does not.</exception>
    public void EnsureReadable(FormatVersions known)
    {
        if (known.MissingKinds(Agreed).FirstOrDefault() is not { } kind) return;
        throw new StoreUnusableException(DataSetKinds.DescribeOlder(kind, Agreed[kind], known[kind]) ??
            $"The processes of this store agreed on version {Agreed[kind]} of the format of a {kind}; this build reads up to "
            + $"version {known[kind]}. Start the newer version of Attribution that the other processes run.");
    }
}
