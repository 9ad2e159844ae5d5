using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Queries.WhatIf;

/// <summary>The ledger of the requested days, compared with the simulated one.</summary>
/// <param name="Rows">Rows by day, campaign and creator that have credit or commission on either side.</param>
/// <param name="Unattributed">Conversions that are not credited to any placement; by day if rows are.</param>
/// <param name="Totals">
/// All conversions, each counted once: equal on both sides except for commission, which is in the rows.
/// </param>
/// <param name="Currency">Currency of the brand.</param>
internal sealed record WhatIfAnswer(
    IReadOnlyList<WhatIfRow> Rows, IReadOnlyList<WhatIfRow> Unattributed, WhatIfRow Totals, string Currency)
{
    private static readonly ConcurrentDictionary<string,
    JsonSerializerOptions> ReadingOptions = new(StringComparer.Ordinal);

    /// <summary>Reads a stored answer. Its amounts are text in the currency of the answer.</summary>
    public static WhatIfAnswer Parse(JsonElement stored)
    {
        var options = ReadingOptions.GetOrAdd(stored.GetProperty("currency").GetString()!, code =>
        {
            var options = new JsonSerializerOptions(ReportJson.Options);
            options.Converters.Add(new MoneyJsonConverter(Core.Values.Currency.Parse(code)));
            options.MakeReadOnly();
            return options;
        });
        return stored.Deserialize<WhatIfAnswer>(options)!;
    }
}

/// <summary>A row of a CSV answer.</summary>
/// <param name="Row">The row.</param>
/// <param name="Currency">Currency of the brand.</param>
/// <param name="Attributed">False for conversions that are not credited to any placement.</param>
internal sealed record WhatIfCsvRow(WhatIfRow Row, string Currency, bool Attributed)
{
    /// <summary>Returns the rows, followed by the unattributed ones.</summary>
    public static IEnumerable<WhatIfCsvRow> FromAnswer(WhatIfAnswer answer) =>
    [
        .. answer.Rows.Select(row => new WhatIfCsvRow(row, answer.Currency, Attributed: true)),
        .. answer.Unattributed.Select(row => new WhatIfCsvRow(row, answer.Currency, Attributed: false)),
    ];
}

/// <summary>A row on both sides, and the difference.</summary>
internal sealed record WhatIfRow
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateOnly? Day { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CampaignId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CreatorId { get; init; }

    /// <summary>Figures of the ledger.</summary>
    public required WhatIfFigures Book { get; init; }

    /// <summary>Figures with the other settings.</summary>
    public required WhatIfFigures WhatIf { get; init; }

    /// <summary>Simulated figures minus figures of the ledger.</summary>
    public required WhatIfFigures Difference { get; init; }
}

/// <summary>The figures of one side of a row, with refunds on the order's day.</summary>
internal sealed record WhatIfFigures(
    long Orders, Share Conversions, Share Leads, long NewCustomers, Money Gross, Money Discount, Money Refunds,
    Money Net, Money Commission)
{
    /// <summary>Creates the figures of a cell.</summary>
    public static WhatIfFigures FromCell(MeasureCell cell, Currency currency)
    {
        var figures = RollupFigures.FromCell(cell, Model.Book, RollupView.Cohort);
        return new(
            figures.Orders, new(figures.ConversionMicros), new(figures.LeadMicros), figures.NewCustomers,
            new(figures.Gross, currency),
            new(figures.Discount, currency), new(figures.Refunds, currency), new(figures.Net, currency),
            new(figures.Commission, currency));
    }
}
