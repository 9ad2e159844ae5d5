using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Database;

/// <summary>MongoDB did not do what it was asked. Where it was a commit, the outcome may be unknown.</summary>
public sealed class MongoFaultException : StoreFaultException
{
    // BadValue, FailedToParse, Unauthorized, TypeMismatch, AuthenticationFailed, IllegalOperation, CommandNotFound, InvalidOptions, AtlasError,
    // BSONObjectTooLarge: what was asked is wrong, or who asked.
    private static readonly HashSet<int> PermanentErrorCodes = [2, 9, 13, 14, 18, 20, 59, 72, 8000, 10334];

    /// <summary>With what the driver said.</summary>
    public MongoFaultException(Exception fault) : base(fault.Message, fault) => IsTransient = fault switch
    {
        MongoAuthenticationException or MongoConfigurationException or MongoWriteException or MongoBulkWriteException => false,
        MongoCommandException command => !PermanentErrorCodes.Contains(command.Code),
        _ => true,
    };

    /// <inheritdoc/>
    public override bool IsTransient { get; }

    /// <summary>Whether there is a document of that key already.</summary>
    internal bool IsDuplicate => InnerException is MongoBulkWriteException { WriteErrors: [{ Category: ServerErrorCategory.DuplicateKey }, ..] };

    /// <summary>Whether an exception is the driver's: a server that cannot be found is a time-out of the framework's.</summary>
    internal static bool IsDriverFault(Exception e) => e is MongoException or TimeoutException;
}
