namespace Attribution.Host.Ingest.Api;

/// <summary>Selection of rejections to replay: by ids, or open ones by brand and reason.</summary>
/// <param name="Ids">1 to 1,000 ids. Excludes all other members.</param>
/// <param name="Brand">Brand of the rejections; when absent, all brands that the key has access to.</param>
/// <param name="Reason">Reason of the rejections, such as <c>brand_unknown</c>; when absent, any.</param>
/// <param name="Limit">Greatest number of rejections, 1 to 1,000; 1,000 when absent.</param>
/// <param name="Cursor">Cursor of the previous page.</param>
internal sealed record ReplayRequest(
    IReadOnlyList<Guid>? Ids = null, string? Brand = null, string? Reason = null, int? Limit = null, string? Cursor = null);
