namespace Attribution.Storage.Rollups;

/// <summary>A range of rows to be read.</summary>
/// <param name="Table">The table.</param>
/// <param name="First">
/// The first day, inclusive; for rows that cover several days, the first day of the first row.
/// </param>
/// <param name="Last">The last day, inclusive.</param>
/// <param name="Campaign">
/// The campaign: also selects unattributed rows and totals; empty selects only these; null selects all. With a creator,
/// selects only the creator's rows in this campaign.
/// </param>
/// <param name="Creator">The only creator; null selects all.</param>
/// <param name="IsSubtracted">True if the rows are subtracted instead of added.</param>
/// <param name="GroupDay">The day under which all rows are summed; null keeps each row's own day.</param>
internal readonly record struct RollupScan(
    RollupTable Table,
    DateOnly First,
    DateOnly Last,
    string? Campaign = null,
    string? Creator = null,
    bool IsSubtracted = false,
    DateOnly? GroupDay = null);
