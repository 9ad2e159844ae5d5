namespace Attribution.Host.Observability;

/// <summary>Ids of log events, in ranges by area. An id is never reused or changed once it is released.</summary>
internal static class EventIds
{
    // Ingest: 1000 to 1049
    public const int SpoolOpened = 1000;
    public const int SpoolFull = 1001;
    public const int SpoolWriteFailed = 1002;
    public const int SpoolUnwritable = 1003;
    public const int SpoolWritable = 1004;
    public const int SpoolDrainFailed = 1010;
    public const int SpoolRedelivered = 1011;
    public const int SpoolMessageUnreadable = 1012;
    public const int SpoolDrainStopped = 1013;
    public const int SpoolMessageNewer = 1014;
    public const int BrokerCircuitOpened = 1020;
    public const int BrokerCircuitClosed = 1021;
    public const int BrokerDrainFailed = 1022;
    public const int BrokerDrainMessageUnreadable = 1023;
    public const int BrokerDrainStopped = 1024;
    public const int ClickLost = 1040;

    // Access: 1050 to 1099
    public const int AuditOutcomeLost = 1050;

    // Jobs: 1400 to 1499
    public const int RunFailed = 1401;
    public const int RunStoreUnavailable = 1402;
    public const int RunRestarted = 1403;

    // Attribution: 2000 to 2099
    public const int EventRejectedOnBus = 2001;
    public const int JourneysReevaluated = 2002;
    public const int ReevaluationFailed = 2003;
    public const int RebuildCompleted = 2004;
    public const int PlanFailed = 2005;
    public const int MovingToPlacementShares = 2006;
    public const int DataSetApplied = 2007;
    public const int DataSetMove = 2008;
    public const int MovingToFirstOrders = 2009;
    public const int TouchesRelabeled = 2010;
    public const int PackParked = 2020;
    public const int PackRenewed = 2021;
    public const int PackNotRenewed = 2022;

    // Rollup: 3000 to 3099
    public const int RollupMismatch = 3001;
    public const int ReconciliationCompleted = 3002;
    public const int ModelsFitted = 3003;
    public const int FitSkipped = 3004;
    public const int AccrualMismatch = 3005;
    public const int StoredSumMismatch = 3006;
    public const int MonthlyNetFrozen = 3007;
    public const int MonthlyNetInvalid = 3008;
    public const int MonthlyNetSkipped = 3009;
    public const int ReconciliationFault = 3010;
    public const int ReconciliationIncomplete = 3011;
    public const int JobFailed = 3020;
    public const int JobRecovered = 3021;
    public const int JobRunVoid = 3022;
    public const int LeaseVoid = 3023;
    public const int FitVoid = 3024;
    public const int WebhookSendingFailed = 3030;

    // Reporting: 4000 to 4099
    public const int CatalogWritten = 4001;

    // Start and stop of the host: 5000 to 5009
    public const int HostStarted = 5000;
    public const int NoCredentials = 5001;
    public const int HostStopped = 5002;

    // Messaging: 5010 to 5019
    public const int BrokerQueueUnavailable = 5010;
    public const int BrokerQueueRecovered = 5011;
    public const int BrokerUnreachable = 5012;

    // Snapshots of catalog and credentials: 5020 to 5029
    public const int SnapshotRefreshFailed = 5020;
    public const int SnapshotRefreshRecovered = 5021;

    // Formats of stored documents: 5040 to 5049
    public const int FormatsAgreed = 5040;
    public const int FormatLeaseNotRenewed = 5041;
    public const int FormatLeaseNotRemoved = 5042;
    public const int FormatLeaseVoid = 5043;

    // The machine: 5050 to 5059
    public const int ClockStepped = 5050;

    // Store and files: 5060 to 5069
    public const int StoreDamaged = 5060;
    public const int StoreUnavailable = 5061;
    public const int StoreAvailable = 5062;
    public const int DataLost = 5063;
}
