namespace Attribution.Storage;

/// <summary>
/// A store's file or server cannot be used. The message is one line for people: the problem, its place and its remedy.
/// </summary>
public sealed class StoreUnusableException : Exception
{
    /// <summary>Initializes the exception with a message and an optional cause.</summary>
    public StoreUnusableException(string message, Exception? cause = null) : base(message, cause)
    {
    }
}
