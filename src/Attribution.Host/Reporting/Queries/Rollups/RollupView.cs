namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>The day on which refunds, and the commission they reverse, are counted.</summary>
internal enum RollupView
{
    /// <summary>The order's day: shows the final result of each day's orders.</summary>
    Cohort,

    /// <summary>The refund's day: shows the movements of each day.</summary>
    Cash,
}

/// <summary>The parts of the key by which rows are grouped. Everything else is added up.</summary>
/// <param name="Day">Groups by local day.</param>
/// <param name="Campaign">Groups by campaign.</param>
/// <param name="Creator">Groups by creator.</param>
internal sealed record RollupGrouping(bool Day, bool Campaign, bool Creator)
{
    /// <summary>Describes the accepted texts.</summary>
    public const string Format =
        "Must be a list of day, campaign and creator, each at most once, for example campaign,creator";

    /// <summary>Reads a list of key parts.</summary>
    /// <param name="text">The list; null for all three parts, empty for none.</param>
    /// <returns>The grouping; null if the text is invalid.</returns>
    public static RollupGrouping? Parse(string? text)
    {
        if (text is null) return new(true, true, true);
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Distinct().Count() == names.Length && names.All(name => name is "day" or "campaign" or "creator")
            ? new(names.Contains("day"), names.Contains("campaign"), names.Contains("creator"))
            : null;
    }
}
