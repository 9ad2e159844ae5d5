using System.Runtime.CompilerServices;
using Attribution.Core.Catalog;
using Attribution.Core.Payouts;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Storage.Payouts;

namespace Attribution.Host.Reporting.Queries.Payouts;

/// <summary>Creators' statements: shows one as it stands, closes months, has held commission approved. Decides nothing itself: <see cref="PayoutStatement"/> does.</summary>
internal sealed class PayoutStatementService(IPayoutStatementStore store, CatalogCache catalogs, TimeProvider time)
{
    private const int MaxAttempts = 10;

    /// <summary>Accounts that are read at once for a list: as many as an embedded store reads, each in a moment, so that whoever else asks is not kept waiting.</summary>
    private const int MaxConcurrency = 4;

    /// <summary>A month as it stands in addresses and bodies: <c>2026-03</c>.</summary>
    public static bool TryParseMonth(string? text, out DateOnly month) =>
        CalendarMonth.TryParse(text, out month) && month < new DateOnly(9999, 12, 1);

    /// <summary>The statement as closed, or as it would be closed now.</summary>
    public async ValueTask<(PayoutStatement Statement, ClosedPayoutStatement? Closed)> GetAsync(BrandSettings brand, string creator, DateOnly month, CancellationToken cancellation) =>
        await GetAsync(brand, creator, month, await catalogs.RefreshAsync(cancellation), cancellation);

    /// <summary>Every creator's statement of a month, by creator; those without anything to state or to come are left out.</summary>
    public async IAsyncEnumerable<(string Creator, PayoutStatement Statement, ClosedPayoutStatement? Closed)> ListAsync(
        BrandSettings brand, DateOnly month, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var catalog = await catalogs.RefreshAsync(cancellation);
        foreach (var some in (await store.ListEarningCreatorsAsync(brand.Id, cancellation)).Chunk(MaxConcurrency))
        {
            // An embedded store reads on the caller's thread.
            var shown = await Task.WhenAll(some.Select(creator => Task.Run(() => GetAsync(brand, creator, month, catalog, cancellation), cancellation)));
            foreach (var (creator, (statement, closed)) in some.Zip(shown))
                if (closed is not null || !statement.IsEmpty || !statement.PendingItems.IsEmpty) yield return (creator, statement, closed);
        }
    }

    /// <summary>Whether a month of the brand has passed.</summary>
    public bool HasEnded(BrandSettings brand, DateOnly month) => CalendarMonth.LastOf(month) < GetToday(brand);

    /// <summary>
    /// Closes a creator's month. One that is closed already is answered as it is; one of nothing is not made.
    /// </summary>
    /// <returns>The statement, or the later month that is closed already; both null where there is nothing to state.</returns>
    public async ValueTask<(ClosedPayoutStatement? Statement, DateOnly? Later)> CloseAsync(
        BrandSettings brand, string creator, DateOnly month, string by, string? keyId, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await store.FindStatementAsync(brand.Id, creator, month, cancellation) is { } known) return (known, null);
            var account = await store.ReadAccountAsync(brand.Id, creator, CalendarMonth.LastOf(month), cancellation);
            if (account.LastMonth > month) return (null, account.LastMonth);
            var statement = PayoutStatement.Create(month, account, brand, await catalogs.RefreshAsync(cancellation), GetToday(brand));
            if (statement.IsEmpty) return default;
            if (await store.CloseStatementAsync(brand.Id, account, statement, CreateSignature(by, keyId), cancellation) is { } closed) return (closed, null);
        }

        throw new InvalidOperationException($"The statement of {creator} was closed by others {MaxAttempts} times in a row, and is not there.");
    }

    /// <summary>Approves what waits for it by a month's end: of these items, or all.</summary>
    /// <returns>How many items were approved, and which of those named do not wait for it.</returns>
    public async ValueTask<(long Approved, IReadOnlyList<string> Unknown)> ApproveAsync(
        BrandSettings brand, string creator, DateOnly month, IReadOnlyList<string>? items, string by, string? keyId, CancellationToken cancellation)
    {
        var account = await store.ReadAccountAsync(brand.Id, creator, CalendarMonth.LastOf(month), cancellation);
        var waiting = PayoutStatement.Create(month, account, brand, await catalogs.RefreshAsync(cancellation), GetToday(brand)).PendingItems.Where(item => item.NeedsApproval).ToList();
        var unknown = items?.Except(waiting.Select(item => item.Item), StringComparer.Ordinal).ToList() ?? [];
        if (unknown.Count > 0) return (0, unknown);
        var chosen = waiting.Where(item => items?.Contains(item.Item, StringComparer.Ordinal) ?? true).Select(item => (item.Item, item.Campaign)).ToList();
        return (await store.ApproveItemsAsync(brand.Id, creator, chosen, CreateSignature(by, keyId), cancellation), []);
    }

    /// <summary>Notes a statement as paid; null when there is none of the number.</summary>
    public ValueTask<ClosedPayoutStatement?> PayAsync(BrandSettings brand, long number, string? reference, string by, string? keyId, CancellationToken cancellation) =>
        store.MarkStatementPaidAsync(brand.Id, number, CreateSignature(by, keyId), reference, cancellation);

    private async Task<(PayoutStatement Statement, ClosedPayoutStatement? Closed)> GetAsync(BrandSettings brand, string creator, DateOnly month, CatalogSnapshot catalog, CancellationToken cancellation)
    {
        if (await store.FindStatementAsync(brand.Id, creator, month, cancellation) is { } closed) return (closed.Statement, closed);
        var account = await store.ReadAccountAsync(brand.Id, creator, CalendarMonth.LastOf(month), cancellation);
        return (PayoutStatement.Create(month, account, brand, catalog, GetToday(brand)), null);
    }

    private DateOnly GetToday(BrandSettings brand) => brand.Calendar.DayOf(Timestamp.From(time.GetUtcNow()));

    private ActorStamp CreateSignature(string by, string? keyId) => new(by, keyId, Timestamp.From(time.GetUtcNow()));
}
