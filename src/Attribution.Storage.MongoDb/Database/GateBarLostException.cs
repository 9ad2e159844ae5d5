namespace Attribution.Storage.MongoDb.Database;

/// <summary>The end of exclusive work whose bar another process removed. The work is restarted.</summary>
internal sealed class GateBarLostException : Exception;
