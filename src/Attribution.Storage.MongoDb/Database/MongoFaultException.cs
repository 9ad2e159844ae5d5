using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Database;

/// <summary>A failure of an access to MongoDB. If a commit failed, its outcome may be unknown.</summary>
public sealed class MongoFaultException : StoreFaultException
{
    // BadValue, FailedToParse, Unauthorized, TypeMismatch, AuthenticationFailed, IllegalOperation, CommandNotFound,
    // InvalidOptions, AtlasError, BSONObjectTooLarge: the request is invalid or the user lacks access, so that a retry
    // cannot succeed.
    private static readonly HashSet<int> PermanentErrorCodes = [2, 9, 13, 14, 18, 20, 59, 72, 8000, 10334];

    // CursorNotFound, CursorKilled, SnapshotTooOld, SnapshotUnavailable: the server has lost the moment of a read, or its
    // cursor.
    private static readonly HashSet<int> LostSnapshotCodes = [43, 237, 239, 246];

    /// <summary>Creates an exception from an exception of the driver, with the same message.</summary>
    public MongoFaultException(Exception fault) : base(
        IsTooLarge(fault) ? $"MongoDB stores documents of at most 16 MiB, and this one is larger: {fault.Message}" : fault.Message,
        fault) => IsTransient = fault switch
    {
        FormatException or MongoAuthenticationException or MongoConfigurationException or MongoWriteException or MongoBulkWriteException => false,
        MongoCommandException command => !PermanentErrorCodes.Contains(command.Code),
        _ => true,
    };

    /// <inheritdoc/>
    public override bool IsTransient { get; }

    /// <summary>Gets a value indicating whether a document with this key already exists.</summary>
    internal bool IsDuplicate =>
        InnerException is MongoBulkWriteException { WriteErrors: [{ Category: ServerErrorCategory.DuplicateKey }, ..] };

    /// <summary>
    /// Returns whether the driver threw an exception. If no server is found, that is the framework's time-out
    /// exception.
    /// </summary>
    internal static bool IsDriverFault(Exception e) => e is MongoException or TimeoutException || IsTooLarge(e);

    /// <summary>
    /// Returns whether reads as of one moment can succeed from a new session: the server has lost the moment or the cursor,
    /// or is no longer the primary.
    /// </summary>
    internal static bool IsLostSnapshot(MongoException e) => e switch
    {
        MongoCursorNotFoundException or MongoNotPrimaryException or MongoNodeIsRecoveringException => true,
        MongoCommandException command => LostSnapshotCodes.Contains(command.Code),
        _ => false,
    };

    private static bool IsTooLarge(Exception e) =>
        e is FormatException && e.Message.Contains("larger than MaxDocumentSize", StringComparison.Ordinal);
}
