using System.Runtime.CompilerServices;
using Attribution.Core.Catalog;
using Attribution.Core.Payouts;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Storage.Payouts;

namespace Attribution.Host.Reporting.Queries.Payouts;

/// <summary>
/// The statements of creators: reads them, closes months, approves held commission and records payments. The rules are
/// in <see cref="PayoutStatement"/>.
/// </summary>
internal sealed class PayoutStatementService(IPayoutStatementStore store, CatalogCache catalogs, TimeProvider time)
{
    private const int MaxAttempts = 10;

    /// <summary>
    /// Number of accounts read concurrently for a list. Low, because an embedded store blocks other readers meanwhile.
    /// </summary>
    private const int MaxConcurrency = 4;

    /// <summary>Reads a month of an address or body: <c>2026-03</c>.</summary>
    public static bool TryParseMonth(string? text, out DateOnly month) =>
        CalendarMonth.TryParse(text, out month) && month < new DateOnly(9999, 12, 1);

    /// <summary>Returns the closed statement, or the statement that closing would produce now.</summary>
    public async ValueTask<(PayoutStatement Statement, ClosedPayoutStatement? Closed)> GetAsync(
        BrandSettings brand, string creator, DateOnly month, CancellationToken cancellation) =>
        await GetAsync(brand, creator, month, await catalogs.RefreshAsync(cancellation), cancellation);

    /// <summary>
    /// Returns every creator's statement of a month, by creator, except empty statements without pending items.
    /// </summary>
    public async IAsyncEnumerable<(string Creator, PayoutStatement Statement, ClosedPayoutStatement? Closed)> ListAsync(
        BrandSettings brand, DateOnly month, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var catalog = await catalogs.RefreshAsync(cancellation);
        foreach (var creators in (await store.ListEarningCreatorsAsync(brand.Id, cancellation)).Chunk(MaxConcurrency))
        {
            // An embedded store reads on the caller's thread.
            var read = await Task.WhenAll(
                creators.Select(
                creator => Task.Run(() => GetAsync(brand, creator, month, catalog, cancellation), cancellation)));
            foreach (var (creator, (statement, closed)) in creators.Zip(read))
                if (closed is not null || !statement.IsEmpty || !statement.PendingItems.IsEmpty)
                    yield return (creator, statement, closed);
        }
    }

    /// <summary>Indicates whether a month of the brand has ended.</summary>
    public bool HasEnded(BrandSettings brand, DateOnly month) => CalendarMonth.LastOf(month) < GetToday(brand);

    /// <summary>
    /// Closes a creator's month. A closed statement is returned unchanged; an empty statement is not created.
    /// </summary>
    /// <returns>
    /// The statement, or a later month that is already closed; both null if there is nothing to state.
    /// </returns>
    public async ValueTask<(ClosedPayoutStatement? Statement, DateOnly? Later)> CloseAsync(
        BrandSettings brand, string creator, DateOnly month, string by, string? keyId, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await store.FindStatementAsync(brand.Id, creator, month, cancellation) is { } known)
                return (known, null);
            var account = await store.ReadAccountAsync(brand.Id, creator, CalendarMonth.LastOf(month), cancellation);
            if (account.LastMonth > month) return (null, account.LastMonth);
            var statement = PayoutStatement.Create(
                month, account, brand, await catalogs.RefreshAsync(cancellation), GetToday(brand));
            if (statement.IsEmpty) return default;
            if (await store.CloseStatementAsync(
                brand.Id, account, statement, CreateSignature(by, keyId), cancellation) is { } closed) return (
                closed, null);
        }

        throw new InvalidOperationException(
            $"The statement of {creator} could not be closed after {MaxAttempts} conflicting writes.");
    }

    /// <summary>Approves items that wait for approval at the end of a month.</summary>
    /// <param name="brand">The brand.</param>
    /// <param name="creator">The creator.</param>
    /// <param name="month">The month.</param>
    /// <param name="items">Keys of the items; null for all that wait.</param>
    /// <param name="by">Name of the caller.</param>
    /// <param name="keyId">Id of the caller's API key; null without one.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The number of approved items, and the given items that do not wait for approval.</returns>
    public async ValueTask<(long Approved, IReadOnlyList<string> Unknown)> ApproveAsync(
        BrandSettings brand, string creator, DateOnly month, IReadOnlyList<string>? items, string by, string? keyId,
        CancellationToken cancellation)
    {
        var account = await store.ReadAccountAsync(brand.Id, creator, CalendarMonth.LastOf(month), cancellation);
        var statement = PayoutStatement.Create(
            month, account, brand, await catalogs.RefreshAsync(cancellation), GetToday(brand));
        var waiting = statement.PendingItems.Where(item => item.NeedsApproval).ToList();
        var unknown = items?.Except(waiting.Select(item => item.Item), StringComparer.Ordinal).ToList() ?? [];
        if (unknown.Count > 0) return (0, unknown);
        var chosen = waiting.Where(item => items?.Contains(item.Item, StringComparer.Ordinal) ?? true)
            .Select(item => (item.Item, item.Campaign)).ToList();
        return (await store.ApproveItemsAsync(brand.Id, creator, chosen, CreateSignature(by, keyId), cancellation), []);
    }

    /// <summary>Marks a statement as paid; returns null if there is no statement with the number.</summary>
    public ValueTask<ClosedPayoutStatement?> PayAsync(
        BrandSettings brand, long number, string? reference, string by, string? keyId,
        CancellationToken cancellation) =>
        store.MarkStatementPaidAsync(brand.Id, number, CreateSignature(by, keyId), reference, cancellation);

    private async Task<(PayoutStatement Statement, ClosedPayoutStatement? Closed)> GetAsync(
        BrandSettings brand, string creator, DateOnly month, CatalogSnapshot catalog, CancellationToken cancellation)
    {
        if (await store.FindStatementAsync(brand.Id, creator, month, cancellation) is { } closed)
            return (closed.Statement, closed);
        var account = await store.ReadAccountAsync(brand.Id, creator, CalendarMonth.LastOf(month), cancellation);
        return (PayoutStatement.Create(month, account, brand, catalog, GetToday(brand)), null);
    }

    private DateOnly GetToday(BrandSettings brand) => brand.Calendar.DayOf(Timestamp.From(time.GetUtcNow()));

    private ActorStamp CreateSignature(string by, string? keyId) => new(by, keyId, Timestamp.From(time.GetUtcNow()));
}
