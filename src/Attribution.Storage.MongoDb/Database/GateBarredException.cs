namespace Attribution.Storage.MongoDb.Database;

/// <summary>
/// The end of a transaction that found the gates barred. The transaction is restarted when they are open.
/// </summary>
internal sealed class GateBarredException : Exception;
