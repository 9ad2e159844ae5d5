using Attribution.Storage.Access;
using Attribution.Storage.Catalog;
using Attribution.Storage.Erasures;
using Attribution.Storage.Journeys;
using Attribution.Storage.Payouts;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Rollups;
using Attribution.Storage.Runs;

namespace Attribution.Storage;

/// <summary>A store: all of its ports.</summary>
public interface IStore : IJourneyStore, ICatalogStore, IRollupStore, ICredentialStore, IUserStore, IAuditStore, IErasureStore, IRunStore, IRebuildStore, IAgreementStore, IPayoutStatementStore, IAsyncDisposable;
