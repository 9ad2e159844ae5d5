namespace Attribution.Storage;

/// <summary>A store: all of its ports.</summary>
public interface IStore : IJourneyStore, ICatalogStore, IRollupStore, ICredentialStore, IUserStore, IAuditStore, IErasureStore, IRunStore, IRebuildStore, IAgreementStore, IPayoutStatementStore, IAsyncDisposable;
