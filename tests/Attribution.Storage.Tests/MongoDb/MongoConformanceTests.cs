using Attribution.TestKit.Storage;

namespace Attribution.Storage.Tests.MongoDb;

public sealed class MongoAgreementStoreTests() : AgreementStoreConformance(new MongoConformanceStores());

public sealed class MongoAliasMoveTests() : AliasMoveConformance(new MongoConformanceStores());

public sealed class MongoAuditStoreTests() : AuditStoreConformance(new MongoConformanceStores());

public sealed class MongoCatalogStoreTests() : CatalogStoreConformance(new MongoConformanceStores());

public sealed class MongoConcurrencyTests() : ConcurrencyConformance(new MongoConformanceStores());

public sealed class MongoCredentialStoreTests() : CredentialStoreConformance(new MongoConformanceStores());

public sealed class MongoDataSetStoreTests() : DataSetStoreConformance(new MongoConformanceStores());

public sealed class MongoErasureStoreTests() : ErasureStoreConformance(new MongoConformanceStores());

public sealed class MongoFitTests() : FitConformance(new MongoConformanceStores());

public sealed class MongoFormatStoreTests() : FormatStoreConformance(new MongoConformanceStores());

public sealed class MongoInterruptedWriteTests() : InterruptedWriteConformance(new MongoConformanceStores());

public sealed class MongoJobStoreTests() : JobStoreConformance(new MongoConformanceStores());

public sealed class MongoJourneyStoreTests() : JourneyStoreConformance(new MongoConformanceStores());

public sealed class MongoLedgerExportTests() : LedgerExportConformance(new MongoConformanceStores());

public sealed class MongoLedgerStoreTests() : LedgerStoreConformance(new MongoConformanceStores());

public sealed class MongoPayoutStatementStoreTests() : PayoutStatementStoreConformance(new MongoConformanceStores());

public sealed class MongoRebuildStoreTests() : RebuildStoreConformance(new MongoConformanceStores());

public sealed class MongoReconciliationStoreTests() : ReconciliationStoreConformance(new MongoConformanceStores());

public sealed class MongoRejectionStoreTests() : RejectionStoreConformance(new MongoConformanceStores());

public sealed class MongoRollupAsOfTests() : RollupAsOfConformance(new MongoConformanceStores());

public sealed class MongoRollupChangeTests() : RollupChangeConformance(new MongoConformanceStores());

public sealed class MongoRollupStoreTests() : RollupStoreConformance(new MongoConformanceStores());

public sealed class MongoRollupSumTests() : RollupSumConformance(new MongoConformanceStores());

public sealed class MongoRunStoreTests() : RunStoreConformance(new MongoConformanceStores());

public sealed class MongoUnmatchedNameTests() : UnmatchedNameConformance(new MongoConformanceStores());

public sealed class MongoUserStoreTests() : UserStoreConformance(new MongoConformanceStores());

public sealed class MongoWebhookSecretStoreTests() : WebhookSecretStoreConformance(new MongoConformanceStores());

public sealed class MongoWebhookSubscriptionStoreTests() : WebhookSubscriptionStoreConformance(new MongoConformanceStores());
