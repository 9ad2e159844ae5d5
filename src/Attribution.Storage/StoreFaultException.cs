namespace Attribution.Storage;

/// <summary>A store did not do what it was asked, for reasons of its own. What was asked may have happened all the same, where it was a commit.</summary>
public abstract class StoreFaultException(string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>Whether the same may succeed later without anybody's mending what was asked: the store is away, locked, full or out of memory.</summary>
    public abstract bool IsTransient { get; }
}
