using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Storage.Ledger;
using Attribution.Storage.Payouts;
using Attribution.Storage.Rollups;
using Attribution.Storage.WebhookSubscriptions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Reporting.WebhookSubscriptions;

/// <summary>
/// Reads the messages of a subscription from the ledger, the closed days and the payout statements: nothing is written for
/// messages that wait.
/// </summary>
internal sealed class WebhookMessageReader(
    ILedgerStore ledger, IRollupStore rollups, IPayoutStatementStore statements, CatalogCache catalogs, TimeProvider time,
    IOptions<WebhookSubscriptionOptions> options)
{
    /// <summary>Returns the position after everything that a brand has now.</summary>
    public async ValueTask<WebhookPosition> ReadEndAsync(string brand, CancellationToken cancellation)
    {
        var (statement, payment) = await statements.ReadLastNumbersAsync(brand, cancellation);
        return new(
            await ledger.ReadLedgerEndAsync(cancellation), await rollups.ReadClosedThroughAsync(brand, cancellation), statement, payment);
    }

    /// <summary>
    /// Returns the next messages of a subscription. Those of one conversion, day or statement are in their order; a statement
    /// is closed before it is paid.
    /// </summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="limit">The approximate number of messages; at least 1.</param>
    /// <param name="cancellation">Cancels the reads.</param>
    public async ValueTask<WebhookPage> ReadAsync(WebhookSubscriptionDocument subscription, int limit, CancellationToken cancellation)
    {
        var position = subscription.Position;
        if ((await catalogs.RefreshAsync(cancellation)).FindBrand(subscription.Brand) is not { } brand) return new([], position, false);
        var (linkBase, messages) = (options.Value.LinkBase.TrimEnd('/'), new List<WebhookMessage>());

        var page = await ledger.ReadLedgerPageAsync(brand.Id, position.Ledger, limit, cancellation);
        foreach (var entry in page.Entries)
        {
            position = position with { Ledger = FormattableString.Invariant($"{entry.Number}") };
            if (WebhookMessage.TypeOf(entry) is { } type && Wants(type))
                messages.Add(WebhookMessage.FromEntry(type, entry, brand, linkBase, position));
        }
        position = position with { Ledger = page.Cursor };
        if (page.HasMore) return new(messages, position, true);

        var end = messages.Count + limit;
        if (await rollups.ReadClosedThroughAsync(brand.Id, cancellation) is { } through)
            for (var day = position.ClosedThrough?.AddDays(1) ?? through; day <= through && messages.Count < end; day = day.AddDays(1))
            {
                position = position with { ClosedThrough = day };
                if (Wants(WebhookEventTypes.DayClosed))
                    messages.Add(WebhookMessage.FromDay(day, Timestamp.From(time.GetUtcNow()), brand, linkBase, position));
            }

        var (lastStatement, lastPayment) = await statements.ReadLastNumbersAsync(brand.Id, cancellation);
        while (position.Statements < lastStatement && messages.Count < end)
        {
            position = position with { Statements = position.Statements + 1 };
            await AddAsync(WebhookEventTypes.StatementClosed, position.Statements);
        }

        if (position.Payments < lastPayment && messages.Count < end)
            foreach (var (payment, statement) in await statements.ListPaymentsAsync(brand.Id, position.Payments, limit, cancellation))
            {
                // Closed since the last statement was read: its closing is sent first.
                if (statement > position.Statements) break;
                position = position with { Payments = payment };
                await AddAsync(WebhookEventTypes.StatementPaid, statement);
            }
        return new(messages, position, messages.Count >= end);

        bool Wants(string type) => subscription.Events.Contains(type);

        async ValueTask AddAsync(string type, long number)
        {
            if (Wants(type) && await statements.FindStatementAsync(brand.Id, number, cancellation) is { } statement)
                messages.Add(WebhookMessage.FromStatement(type, statement, brand, linkBase, position));
        }
    }
}

/// <summary>Messages of a subscription.</summary>
/// <param name="Messages">The messages, in the order of sending.</param>
/// <param name="End">The position after all of them.</param>
/// <param name="HasMore">True if there may be more.</param>
internal sealed record WebhookPage(IReadOnlyList<WebhookMessage> Messages, WebhookPosition End, bool HasMore);
