using System.ComponentModel.DataAnnotations;

namespace Attribution.Host.Rollup;

/// <summary>Section <c>Rollup</c>.</summary>
internal sealed class RollupOptions
{
    /// <summary>
    /// Specifies the interval at which waiting deltas are folded into the daily rollups. Default 2 seconds; 100 ms to 1
    /// hour. A longer interval delays the numbers and makes each fold cheaper.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan FoldEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Specifies the duration of the lease that selects one of several rollup processes. The process renews it with
    /// each fold. If it is killed, another one takes over after this time at most; after an orderly stop, with its next
    /// fold. Default 15 seconds; 1 second to 10 minutes. Choose several times <see cref="FoldEvery"/>: a lease that
    /// expires between two folds moves between processes, which only wastes work.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan LeaseFor { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Specifies the interval at which tiers, caps, guarantees and fees are settled for agreements whose conversions,
    /// terms or local day changed. Default 10 seconds; 100 ms to 1 hour. Until then an order counts with the commission
    /// that it accrues by itself.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan AdjustEvery { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Specifies the maximum number of delta documents per transaction. Default 256; 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int DeltasPerFold { get; set; } = 256;

    /// <summary>
    /// Specifies the time after its local end at which a day closes. Default 48 hours; 0 to 60 days. Changes to a
    /// closed day become restatements; late events are not rejected.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "60.00:00:00")]
    public TimeSpan CloseAfter { get; set; } = TimeSpan.FromHours(48);

    /// <summary>
    /// Specifies the interval at which the host checks for days that can be closed. Default 1 minute; 1 second to 1
    /// day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CloseEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Specifies the retention period of rejections with their payloads, counted from their receipt. Default 90 days; 1
    /// day to 10 years. Afterwards they are no longer listed and cannot be replayed. Checked every hour.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepRejections { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// Specifies the retention period of archived events, counted from their receipt. Default none: events are kept
    /// permanently. 430 days to 100 years, and at least the sum of <c>Ingest:Horizon</c> and
    /// <c>Attribute:SealAfter</c>, because duplicates that arrive within that time are detected by their stored
    /// messages. Journeys, ledger and rollups remain, and reconciliation continues. The first deletion permanently
    /// disables rebuilds, and with them the relabeling of history by changed bot rules.
    /// </summary>
    [Range(typeof(TimeSpan), "430.00:00:00", "36525.00:00:00", ErrorMessage =
        "must be between 430.00:00:00 (the default horizon plus the time that journeys remember beyond it) and 36525.00:00:00 (100 years)")]
    public TimeSpan? KeepEvents { get; set; }

    /// <summary>
    /// Specifies the schedule of the reconciliation of rollups with journeys, as a Quartz cron expression in UTC.
    /// Default <c>0 17 3 * * ?</c>, every night at 03:17. A run that was missed because no host was running is done at
    /// start.
    /// </summary>
    [Required]
    public string ReconcileAt { get; set; } = "0 17 3 * * ?";

    /// <summary>
    /// Specifies the schedule at which the fitted models are fitted, as a Quartz cron expression in UTC. Default
    /// <c>0 47 3 * * ?</c>, every night at 03:47. A run that was missed because no host was running is done at start. A
    /// fit applies to the days that are open when it is made; a brand's first fit also to the days of its window. It
    /// does not restate closed days.
    /// </summary>
    [Required]
    public string FitAt { get; set; } = "0 47 3 * * ?";

    /// <summary>
    /// Specifies the schedule at which each creator's net of a closed month is frozen, for campaigns that share costs
    /// by net, as a Quartz cron expression in UTC. Default <c>0 17 4 * * ?</c>, every night at 04:17. A run that was
    /// missed because no host was running is done at start. Until then the month's costs remain with the campaign.
    /// </summary>
    [Required]
    public string FixNetAt { get; set; } = "0 17 4 * * ?";

    /// <summary>
    /// Specifies the window of paths used for fitting: the complete paths of the conversions in this many local days,
    /// and the touches of these days that did not convert. Default 90 days; 1 to 400 days. A longer window is more
    /// stable and slower to follow changes. A window shorter than a lookback does not truncate paths: a conversion
    /// includes all touches within its lookback. Days older than <c>Ingest:Horizon</c> are incomplete: their orders are
    /// no longer linked to a person, and non-converting paths are no longer counted.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "400.00:00:00")]
    public TimeSpan FitWindow { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// Specifies the order of the Markov chain, that is, the number of previous placements that it considers. Default
    /// 1; 1 to 3. A higher order requires many more paths. If an order yields more than a million distinct steps, the
    /// next lower order is used; the fit states the order used.
    /// </summary>
    [Range(1, 3)]
    public int FitOrder { get; set; } = 1;

    /// <summary>
    /// Specifies whether paths without a conversion count in the Markov chain. Default true. Shapley values never count
    /// them.
    /// </summary>
    public bool FitNonConverting { get; set; } = true;

    /// <summary>
    /// Specifies the minimum number of converting paths for a fit. With fewer, no fit is made: the fitted models report
    /// this instead of numbers, and days keep the previous fit. Default 100; 1 to 1,000,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int FitMinimumConversions { get; set; } = 100;

    /// <summary>
    /// Specifies the minimum number of distinct placements in the converting paths for a fit. Default 2; 1 to 1,000.
    /// </summary>
    [Range(1, 1_000)]
    public int FitMinimumPlacements { get; set; } = 2;
}
