using System.Globalization;
using Attribution.Core.Ledger;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Ledger;

namespace Attribution.Host.Reporting.Export;

/// <summary>A line of the ledger.</summary>
internal sealed record ExportedLine
{
    /// <summary>Permanent, unique id of the line: text of digits.</summary>
    public required string Id { get; init; }

    public required string BrandId { get; init; }

    /// <summary>
    /// Subject of the line: <c>o:</c> and an order id, <c>n:</c> and the id of another conversion; other kinds have
    /// other first letters.
    /// </summary>
    public required string Subject { get; init; }

    public required string CampaignId { get; init; }

    public required string CreatorId { get; init; }

    public required DateOnly OrderDay { get; init; }

    public required DateOnly EntryDay { get; init; }

    public required string Currency { get; init; }

    /// <summary>Change of net revenue.</summary>
    public required Money Amount { get; init; }

    /// <summary>Change of the credited share.</summary>
    public required Share Share { get; init; }

    /// <summary>Change of the commission owed to the creator.</summary>
    public required Money Commission { get; init; }

    public required LedgerReason Reason { get; init; }

    /// <summary>The event that caused the line, as <c>source/id</c>; empty if the catalog caused it.</summary>
    public required string CausedBy { get; init; }

    public required string RecordedAt { get; init; }

    /// <summary>True if the order's day was closed when the line was written.</summary>
    public required bool RestatesOrderDay { get; init; }

    /// <summary>True if the entry's day was closed when the line was written.</summary>
    public required bool RestatesEntryDay { get; init; }

    /// <summary>Creates the exported form of a ledger line.</summary>
    public static ExportedLine FromLine(NumberedLedgerEntry numbered, Currency currency)
    {
        var line = numbered.Entry;
        return new()
        {
            Id = numbered.Number.ToString(CultureInfo.InvariantCulture), BrandId = line.Brand,
            Subject = line.Conversion,
            CampaignId = line.Placement.Campaign, CreatorId = line.Placement.Creator, OrderDay = line.OrderDay,
            EntryDay = line.EntryDay, Currency = currency.Code,
            Amount = new(line.Amount, currency), Share = new(line.Micros), Commission = new(line.Commission, currency),
            Reason = line.Reason, CausedBy = line.CausedBy, RecordedAt = line.RecordedAt.ToString(),
            RestatesOrderDay = numbered.RestatesOrderDay, RestatesEntryDay = numbered.RestatesEntryDay,
        };
    }
}
