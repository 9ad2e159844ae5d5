namespace Attribution.Storage.DataSets;

/// <summary>
/// The port of data sets. A store contains every version that it was evaluated with, and those that its processes have.
/// </summary>
public interface IDataSetStore
{
    /// <summary>Returns the versions of a kind, the oldest first.</summary>
    ValueTask<IReadOnlyList<StoredDataSet>> ListDataSetsAsync(string kind, CancellationToken cancellation);

    /// <summary>Returns the content of a version; null if the store does not contain the version.</summary>
    ValueTask<byte[]?> ReadContentAsync(string kind, int number, CancellationToken cancellation);

    /// <summary>
    /// Applies a version: raises the version of the catalog, so that no commit that was planned with an older version
    /// is written any more.
    /// </summary>
    /// <returns>
    /// False if this version or a newer one is applied already, if not all live processes have it, or if the catalog has
    /// another version than expected.
    /// </returns>
    ValueTask<bool> ApplyDataSetAsync(DataSetChange change, CancellationToken cancellation);

    /// <summary>Records the outcome of the search for the journeys that an applied version reaches.</summary>
    ValueTask CompleteDataSetAsync(string kind, int number, DataSetOutcome outcome, CancellationToken cancellation);
}
