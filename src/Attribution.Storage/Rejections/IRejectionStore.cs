using Attribution.Core.Quality;
using Attribution.Core.Values;

namespace Attribution.Storage.Rejections;

/// <summary>Refused events. They are written by the commits of the packs that contained them.</summary>
public interface IRejectionStore
{
    /// <summary>
    /// Returns rejections by id, newest first, and the cursor of the next page, which is null at the end.
    /// </summary>
    /// <param name="query">Selects the rejections.</param>
    /// <param name="cursor">The cursor of this page; null starts with the newest rejection.</param>
    /// <param name="limit">The maximum number of rejections.</param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <exception cref="ArgumentException">This method did not return the cursor.</exception>
    ValueTask<(IReadOnlyList<RejectionDocument> Rejections, string? Cursor)> ListRejectionsAsync(
        RejectionFilter query, string? cursor, int limit, CancellationToken cancellation);

    /// <summary>Returns those of the rejections that exist, open or resolved, in no particular order.</summary>
    ValueTask<IReadOnlyList<RejectionDocument>> FindRejectionsAsync(
        IReadOnlyCollection<Guid> ids, CancellationToken cancellation);

    /// <summary>
    /// Marks rejections as resolved, in one transaction. A rejection that is already resolved keeps its time; an
    /// unknown one is ignored.
    /// </summary>
    ValueTask ResolveRejectionsAsync(IReadOnlyCollection<Guid> ids, Timestamp at, CancellationToken cancellation);

    /// <summary>Deletes the rejections that were received before a time (exclusive).</summary>
    /// <returns>The number of deleted rejections.</returns>
    ValueTask<long> DeleteRejectionsBeforeAsync(Timestamp before, CancellationToken cancellation);
}
