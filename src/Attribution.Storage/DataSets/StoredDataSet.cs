using Attribution.Core.Values;

namespace Attribution.Storage.DataSets;

/// <summary>A version of a data set that a store contains.</summary>
/// <param name="Kind">The kind, one of <see cref="DataSetKinds"/>.</param>
/// <param name="Number">The version as a number that rises from version to version.</param>
/// <param name="Version">The version as its authors name it.</param>
/// <param name="CatalogVersion">
/// The version of the catalog from which on journeys are evaluated with it; 0 for the first one of the store; null
/// while it is not applied.
/// </param>
/// <param name="SealedBefore">Events before this instant keep the results of the previous version.</param>
/// <param name="Outcome">The outcome of the search for the journeys that it reaches; null before its end.</param>
public sealed record StoredDataSet(
    string Kind, int Number, string Version, long? CatalogVersion, Timestamp SealedBefore, DataSetOutcome? Outcome)
{
    /// <summary>Gets a value indicating that it is applied, but the journeys that it reaches are not all marked.</summary>
    public bool IsPending => CatalogVersion > 0 && Outcome is null;
}

/// <summary>The journeys that a newer data set reaches.</summary>
/// <param name="At">The time at which all were marked to be evaluated again.</param>
/// <param name="Journeys">The number of marked journeys.</param>
/// <param name="Orders">The number of their orders and other conversions that it moves.</param>
/// <param name="SealedOrders">The number of orders and other conversions that it would move if they were not sealed.</param>
public sealed record DataSetOutcome(Timestamp At, long Journeys, long Orders, long SealedOrders);
