namespace Attribution.Storage;

/// <summary>A failure of a store. If a commit failed, it may still have been written.</summary>
public abstract class StoreFaultException(string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>
    /// Gets a value indicating that the same call may succeed later, because the store is unavailable, locked, full or
    /// out of memory.
    /// </summary>
    public abstract bool IsTransient { get; }
}
