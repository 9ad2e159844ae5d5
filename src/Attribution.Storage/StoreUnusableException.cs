namespace Attribution.Storage;

/// <summary>A store's file or server cannot be used as it is. The message is one line for people: what is wrong, where, and how to put it right.</summary>
public sealed class StoreUnusableException : Exception
{
    /// <summary>With a message and what caused it, if anything did.</summary>
    public StoreUnusableException(string message, Exception? cause = null) : base(message, cause)
    {
    }
}
