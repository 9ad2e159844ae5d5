using System.Collections.Immutable;

namespace Attribution.Host.Reporting.WebhookSubscriptions;

/// <summary>The types of messages. They are wire names.</summary>
internal static class WebhookEventTypes
{
    /// <summary>The credit of a conversion changed, and its day was not closed.</summary>
    public const string ConversionCredited = "conversion.credited";

    /// <summary>The credit of a conversion changed on a closed day.</summary>
    public const string ConversionRestated = "conversion.restated";

    /// <summary>A refund, cancellation or chargeback changed the credit of a conversion.</summary>
    public const string RefundApplied = "refund.applied";

    /// <summary>A day was closed.</summary>
    public const string DayClosed = "day.closed";

    /// <summary>A payout statement was closed.</summary>
    public const string StatementClosed = "statement.closed";

    /// <summary>A payout statement was marked as paid.</summary>
    public const string StatementPaid = "statement.paid";

    /// <summary>All types, in alphabetical order.</summary>
    public static readonly ImmutableArray<string> All =
        [ConversionCredited, ConversionRestated, DayClosed, RefundApplied, StatementClosed, StatementPaid];
}
