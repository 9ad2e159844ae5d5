using Attribution.TestKit.Storage;

namespace Attribution.Storage.Tests.Sqlite;

public sealed class SqliteAgreementStoreTests() : AgreementStoreConformance(new SqliteConformanceStores());

public sealed class SqliteAliasMoveTests() : AliasMoveConformance(new SqliteConformanceStores());

public sealed class SqliteAuditStoreTests() : AuditStoreConformance(new SqliteConformanceStores());

public sealed class SqliteCatalogStoreTests() : CatalogStoreConformance(new SqliteConformanceStores());

public sealed class SqliteConcurrencyTests() : ConcurrencyConformance(new SqliteConformanceStores());

public sealed class SqliteCredentialStoreTests() : CredentialStoreConformance(new SqliteConformanceStores());

public sealed class SqliteDataSetStoreTests() : DataSetStoreConformance(new SqliteConformanceStores());

public sealed class SqliteErasureStoreTests() : ErasureStoreConformance(new SqliteConformanceStores());

public sealed class SqliteFitTests() : FitConformance(new SqliteConformanceStores());

public sealed class SqliteFormatStoreTests() : FormatStoreConformance(new SqliteConformanceStores());

public sealed class SqliteInterruptedWriteTests() : InterruptedWriteConformance(new SqliteConformanceStores());

public sealed class SqliteJobStoreTests() : JobStoreConformance(new SqliteConformanceStores());

public sealed class SqliteJourneyStoreTests() : JourneyStoreConformance(new SqliteConformanceStores());

public sealed class SqliteLedgerExportTests() : LedgerExportConformance(new SqliteConformanceStores());

public sealed class SqliteLedgerStoreTests() : LedgerStoreConformance(new SqliteConformanceStores());

public sealed class SqlitePayoutStatementStoreTests() : PayoutStatementStoreConformance(new SqliteConformanceStores());

public sealed class SqliteRebuildStoreTests() : RebuildStoreConformance(new SqliteConformanceStores());

public sealed class SqliteReconciliationStoreTests() : ReconciliationStoreConformance(new SqliteConformanceStores());

public sealed class SqliteRejectionStoreTests() : RejectionStoreConformance(new SqliteConformanceStores());

public sealed class SqliteRollupAsOfTests() : RollupAsOfConformance(new SqliteConformanceStores());

public sealed class SqliteRollupChangeTests() : RollupChangeConformance(new SqliteConformanceStores());

public sealed class SqliteRollupStoreTests() : RollupStoreConformance(new SqliteConformanceStores());

public sealed class SqliteRollupSumTests() : RollupSumConformance(new SqliteConformanceStores());

public sealed class SqliteRunStoreTests() : RunStoreConformance(new SqliteConformanceStores());

public sealed class SqliteUnmatchedNameTests() : UnmatchedNameConformance(new SqliteConformanceStores());

public sealed class SqliteUserStoreTests() : UserStoreConformance(new SqliteConformanceStores());

public sealed class SqliteWebhookSecretStoreTests() : WebhookSecretStoreConformance(new SqliteConformanceStores());

public sealed class SqliteWebhookSubscriptionStoreTests() : WebhookSubscriptionStoreConformance(new SqliteConformanceStores());
