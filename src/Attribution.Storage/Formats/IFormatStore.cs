using Attribution.Core.Values;

namespace Attribution.Storage.Formats;

/// <summary>The port of the processes of a store and of the versions of formats that they agreed on.</summary>
public interface IFormatStore
{
    /// <summary>Gets the newest versions that this process reads.</summary>
    FormatVersions Known { get; }

    /// <summary>Gets the agreed versions as this process last read them.</summary>
    FormatVersions Agreed { get; }

    /// <summary>
    /// Registers a process or extends its lease, removes expired processes, and raises the agreed versions if all live
    /// processes read newer ones.
    /// </summary>
    /// <exception cref="StoreUnusableException">The agreed versions are newer than the process reads.</exception>
    ValueTask<FormatState> RegisterProcessAsync(RegisteredProcess process, Timestamp now, CancellationToken cancellation);

    /// <summary>Removes a process, because it stops.</summary>
    ValueTask RemoveProcessAsync(string id, CancellationToken cancellation);

    /// <summary>Returns the agreed versions and the registered processes.</summary>
    ValueTask<FormatState> ReadFormatsAsync(CancellationToken cancellation);
}
