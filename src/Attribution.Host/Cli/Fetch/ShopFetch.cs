using System.Net.Http.Headers;
using System.Text.Json;

namespace Attribution.Host.Cli.Fetch;

/// <summary>
/// Fetches the changed orders of a shop page by page, and imports each page into a host before the next one. The position
/// is stored after each page, so a stopped command continues; a repeated page changes nothing.
/// </summary>
internal static class ShopFetch
{
    /// <summary>
    /// Time before the start of a command from which the next one fetches, for clocks that differ and changes that appear
    /// late.
    /// </summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    /// <summary>Fetches up to a number of pages.</summary>
    /// <param name="pages">The pages of the vendor.</param>
    /// <param name="shop">The client of the shop.</param>
    /// <param name="host">The host.</param>
    /// <param name="start">The position.</param>
    /// <param name="brand">The brand; null for the key's.</param>
    /// <param name="maxPages">Greatest number of pages.</param>
    /// <param name="time">The clock, for shops that do not state the time.</param>
    /// <param name="save">Stores the position after each page.</param>
    /// <param name="report">Receives messages.</param>
    /// <param name="cancellation">Cancels the command.</param>
    /// <exception cref="HostClientException">The shop or the host does not answer, or refuses a request.</exception>
    public static async Task<FetchResult> RunAsync(
        IShopPages pages, ShopClient shop, HostClient host, FetchState start, string? brand, int maxPages, TimeProvider time, Action<FetchState> save,
        Action<string> report, CancellationToken cancellation)
    {
        var (state, result) = (start, new FetchResult());
        var path = $"/v1/orders/import?format={pages.Format}&source={state.Source}{(brand is null ? "" : $"&brand={Uri.EscapeDataString(brand)}")}";
        while (result.Pages < maxPages)
        {
            var (documents, next, at) = await shop.GetAsync(
                () => pages.CreateRequest(state),
                (response, body) =>
                {
                    var (read, following) = pages.Read(state, response, body);
                    var copies = read.Select(document => JsonSerializer.SerializeToUtf8Bytes(document)).ToList();
                    return (copies, following, response.Headers.Date ?? time.GetUtcNow());
                },
                pause => report($"The shop limits the rate or failed; trying again in {pause.TotalSeconds:0.#} s."), cancellation);
            state = state with { Until = state.Until ?? at - Overlap };
            result = await ImportAsync(host, path, documents, result, report, cancellation);
            state = next is null ? new(state.Vendor, state.Source, state.Until.Value) : state with { Next = next };
            save(state);
            report($"page {result.Pages}: {CommandOutput.FormatCount(documents.Count, "document")}");
            if (next is null) return result with { IsComplete = true };
        }

        return result;
    }

    private static async Task<FetchResult> ImportAsync(
        HostClient host, string path, List<byte[]> documents, FetchResult result, Action<string> report, CancellationToken cancellation)
    {
        result = result with { Pages = result.Pages + 1, Documents = result.Documents + documents.Count };
        if (documents.Count == 0) return result;
        var body = new MemoryStream();
        foreach (var document in documents)
        {
            body.Write(document);
            body.WriteByte((byte)'\n');
        }

        using var answer = await host.PostAsync(
            path,
            () => new ByteArrayContent(body.GetBuffer(), 0, (int)body.Length) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } },
            pause => report($"The host is busy; sending again in {pause.TotalSeconds:0} s."), cancellation);
        OrderTransfer.PrintFaults(answer.RootElement, report);
        return result with
        {
            Accepted = result.Accepted + answer.RootElement.GetProperty("accepted").GetInt64(),
            Rejected = result.Rejected + answer.RootElement.GetProperty("rejected").GetInt64(),
        };
    }
}

/// <summary>Result of fetching.</summary>
/// <param name="Pages">Number of pages.</param>
/// <param name="Documents">Number of orders or events.</param>
/// <param name="Accepted">Number of those whose events were accepted.</param>
/// <param name="Rejected">Number of rejected ones.</param>
/// <param name="IsComplete">True if no page is left.</param>
internal readonly record struct FetchResult(int Pages = 0, long Documents = 0, long Accepted = 0, long Rejected = 0, bool IsComplete = false);
