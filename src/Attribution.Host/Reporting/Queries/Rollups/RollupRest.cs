using System.Text.Json.Serialization;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>
/// A sum over conversions without a placement: the unattributed conversions, or all conversions of the brand.
/// </summary>
internal sealed record RollupRest
{
    /// <summary>The brand's local day; absent if days are added up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateOnly? Day { get; init; }

    /// <summary>The model; absent unless every model was requested.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    public required long Orders { get; init; }

    public required string Currency { get; init; }

    public required Money Net { get; init; }

    public required Money Gross { get; init; }

    public required Money Discount { get; init; }

    public required Money Refunds { get; init; }

    public required Share Conversions { get; init; }

    public required Share Leads { get; init; }

    public required long NewCustomers { get; init; }

    /// <summary>True if amounts wait for an exchange rate; otherwise absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Incomplete { get; init; }

    /// <summary>Creates the total of all conversions, which is the same under every model that needs no fit.</summary>
    public static RollupRest FromTotals(RollupQuery query, MeasureCell totals) =>
        FromCell(query, null, totals, Core.Models.Model.LastTouch) with { Model = null };

    /// <summary>Creates the sum of a cell under a model.</summary>
    public static RollupRest FromCell(RollupQuery query, DateOnly? day, MeasureCell cell, Model model)
    {
        var (figures, currency) = (RollupFigures.FromCell(cell, model, query.View), query.Brand.Currency);
        return new()
        {
            Day = day, Model = query.AllModels ? ModelNames.NameOf(model)
                : null, Orders = figures.Orders, Currency = currency.Code,
            Net = new(figures.Net, currency), Gross = new(figures.Gross, currency),
            Discount = new(figures.Discount, currency),
            Refunds = new(figures.Refunds, currency), Conversions = new(figures.ConversionMicros),
            Leads = new(figures.LeadMicros), NewCustomers = figures.NewCustomers, Incomplete = figures.Incomplete,
        };
    }
}
