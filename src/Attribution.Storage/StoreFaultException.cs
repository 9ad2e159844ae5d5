namespace Attribution.Storage;

/// <summary>A failure of a store. If a commit failed, it may still have been written.</summary>
public abstract class StoreFaultException(string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>
    /// Gets a value indicating that the same call may succeed later, because the store is unavailable, locked, full or
    /// out of memory.
    /// </summary>
    public abstract bool IsTransient { get; }

    /// <summary>Gets one sentence for the operator: the problem, its place and its remedy.</summary>
    public virtual string Summary => Message.ReplaceLineEndings(" ");

    /// <summary>
    /// Gets a value indicating that the store's environment causes the fault, for example a full disk, so that a stack
    /// trace explains nothing.
    /// </summary>
    public virtual bool IsEnvironmental => IsTransient;

    /// <summary>Returns <see cref="Summary"/> alone for an environmental fault, so that logs have one line of it.</summary>
    public override string ToString() => IsEnvironmental ? Summary : base.ToString();
}
