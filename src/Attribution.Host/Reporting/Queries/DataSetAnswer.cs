using System.Text.Json.Serialization;
using Attribution.Core.Values;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The data sets that results depend on and that others maintain.</summary>
/// <param name="TimeZones">The tz database, by which local days are cut.</param>
/// <param name="Currencies">The list of currencies, and the rates that law fixes.</param>
/// <param name="BotRules">The rules that identify bots.</param>
internal sealed record DataSetsAnswer(DataSetAnswer TimeZones, DataSetAnswer Currencies, DataSetAnswer BotRules)
{
    /// <summary>Gets the answers by kind.</summary>
    [JsonIgnore]
    public IEnumerable<(string Kind, DataSetAnswer Set)> ByKind =>
        [(DataSetKinds.TimeZones, TimeZones), (DataSetKinds.Currencies, Currencies), (DataSetKinds.BotRules, BotRules)];

    /// <summary>Reads the data sets of a store.</summary>
    /// <param name="sets">The data sets.</param>
    /// <param name="state">The agreement of the live processes.</param>
    /// <param name="known">The versions of this process.</param>
    /// <param name="cancellation">Cancels the query.</param>
    public static async Task<DataSetsAnswer> ReadAsync(
        IDataSetStore sets, FormatState state, FormatVersions known, CancellationToken cancellation) =>
        new(
            await ReadAsync(DataSetKinds.TimeZones, sets, state, known, cancellation),
            await ReadAsync(DataSetKinds.Currencies, sets, state, known, cancellation),
            await ReadAsync(DataSetKinds.BotRules, sets, state, known, cancellation));

    private static async Task<DataSetAnswer> ReadAsync(
        string kind, IDataSetStore sets, FormatState state, FormatVersions known, CancellationToken cancellation) =>
        DataSetAnswer.FromStored(
            await sets.ListDataSetsAsync(kind, cancellation), DataSetKinds.VersionOf(kind, known[kind]),
            FormatAnswer.HoldersOf(kind, state, known));
}

/// <summary>A data set.</summary>
/// <param name="Version">The version that results are computed with.</param>
/// <param name="Available">The version of this process.</param>
/// <param name="HeldBackBy">
/// Builds of live processes that do not have <paramref name="Available"/>. It is applied once these processes have
/// stopped.
/// </param>
/// <param name="Moving">
/// True while the journeys that <paramref name="Version"/> reaches are searched; afterwards they count as
/// <c>backlog.journeys</c>.
/// </param>
/// <param name="Moved">Results of the change to <paramref name="Version"/>; absent earlier, and for the first version.</param>
internal sealed record DataSetAnswer(
    string Version, string Available, IReadOnlyList<string> HeldBackBy, bool Moving,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DataSetMoveAnswer? Moved)
{
    /// <summary>Creates the answer.</summary>
    /// <param name="stored">The versions of the store; at least one is applied.</param>
    /// <param name="available">The version of this process.</param>
    /// <param name="heldBackBy">The builds that do not have it.</param>
    public static DataSetAnswer FromStored(
        IReadOnlyList<StoredDataSet> stored, string available, IReadOnlyList<string> heldBackBy)
    {
        var current = stored.Last(set => set.CatalogVersion is not null);
        return new(
            current.Version, available, heldBackBy, stored.Any(set => set.IsPending),
            current.Outcome is { } outcome
                ? new(outcome.At.ToString(), outcome.Journeys, outcome.Orders, outcome.SealedOrders,
                    current.SealedBefore == new Timestamp(long.MinValue) ? null : current.SealedBefore.ToString())
                : null);
    }
}

/// <summary>The results of the change to another version of a data set.</summary>
/// <param name="At">Time at which all affected journeys were found.</param>
/// <param name="Journeys">Number of journeys that are evaluated again.</param>
/// <param name="Orders">Number of their orders and other conversions that change.</param>
/// <param name="SealedOrders">Number of orders and other conversions that would change if they were not sealed.</param>
/// <param name="SealedBefore">Events before this time are sealed and keep their results; absent if nothing is sealed.</param>
internal sealed record DataSetMoveAnswer(string At, long Journeys, long Orders, long SealedOrders,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SealedBefore);
