using Attribution.Core.Values;

namespace Attribution.Storage.Formats;

/// <summary>The rules of <see cref="IFormatStore"/> that both stores share. Thread-safe.</summary>
/// <param name="known">The newest versions that this process reads.</param>
internal abstract class FormatStore(FormatVersions known) : IFormatStore
{
    // Only rises, so an old value is never wrong.
    private volatile FormatVersions agreed = FormatVersions.First;

    /// <inheritdoc/>
    public FormatVersions Known => known;

    /// <inheritdoc/>
    public FormatVersions Agreed => agreed;

    /// <inheritdoc/>
    public ValueTask<FormatState> RegisterProcessAsync(
        RegisteredProcess process, Timestamp now, CancellationToken cancellation) => UpdateAsync(process, now, cancellation);

    /// <inheritdoc/>
    public abstract ValueTask RemoveProcessAsync(string id, CancellationToken cancellation);

    /// <inheritdoc/>
    public abstract ValueTask<FormatState> ReadFormatsAsync(CancellationToken cancellation);

    /// <summary>Checks that every version that the store may contain can be read.</summary>
    /// <exception cref="StoreUnusableException">It cannot.</exception>
    public async ValueTask EnsureReadableAsync(CancellationToken cancellation) =>
        (await ReadFormatsAsync(cancellation)).EnsureReadable(known);

    /// <summary>
    /// Checks that documents of some versions may be written. Raises the agreed versions if that is possible by now.
    /// </summary>
    /// <exception cref="FormatNotAgreedException">A live process cannot read them.</exception>
    public async ValueTask EnsureAgreedAsync(FormatVersions required, Timestamp now, CancellationToken cancellation)
    {
        if (agreed.Covers(required)) return;
        var state = await UpdateAsync(null, now, cancellation);
        if (!state.Agreed.Covers(required)) throw new FormatNotAgreedException(required, state);
    }

    /// <summary>Raises the agreed versions as far as the live processes allow by now.</summary>
    public async ValueTask RaiseAsync(Timestamp now, CancellationToken cancellation) => await UpdateAsync(null, now, cancellation);

    /// <summary>
    /// Checks that documents of some versions may be written, without writing to the store. For a caller that holds the
    /// store's writer, for whom raising would wait forever.
    /// </summary>
    /// <exception cref="FormatNotAgreedException">The live processes have not agreed on them.</exception>
    public async ValueTask RequireAgreedAsync(FormatVersions required, CancellationToken cancellation)
    {
        if (agreed.Covers(required)) return;
        var state = await ReadFormatsAsync(cancellation);
        if (!state.Agreed.Covers(required)) throw new FormatNotAgreedException(required, state);
    }

    /// <summary>Replaces the stored state by <see cref="FormatState.Update"/> in one transaction.</summary>
    protected abstract ValueTask<FormatState> UpdateStateAsync(
        RegisteredProcess? process, Timestamp now, CancellationToken cancellation);

    private async ValueTask<FormatState> UpdateAsync(
        RegisteredProcess? process, Timestamp now, CancellationToken cancellation)
    {
        var state = await UpdateStateAsync(process, now, cancellation);
        agreed = state.Agreed;
        return state;
    }
}
