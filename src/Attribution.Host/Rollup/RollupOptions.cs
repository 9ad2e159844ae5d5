using System.ComponentModel.DataAnnotations;

namespace Attribution.Host.Rollup;

/// <summary>Section <c>Rollup</c>.</summary>
internal sealed class RollupOptions
{
    /// <summary>
    /// Interval of folds. Longer makes reports later and folds cheaper. Default: 2 s; 100 ms to 1 hour.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan FoldEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Time after which another rollup process takes over from a killed one; several times <c>FoldEvery</c>. Default:
    /// 15 s; 1 s to 10 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan LeaseFor { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Interval of period settlement of agreements. Default: 10 s; 100 ms to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan AdjustEvery { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Delta documents per fold. Default: 256; 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int DeltasPerFold { get; set; } = 256;

    /// <summary>
    /// Time after its local end at which a day closes. Later changes are restatements. Default: 48 hours; 0 to 60 days.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "60.00:00:00")]
    public TimeSpan CloseAfter { get; set; } = TimeSpan.FromHours(48);

    /// <summary>Interval of the check for days that can be closed. Default: 1 minute; 1 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CloseEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Retention of rejected events. Afterwards they are not listed and cannot be replayed. Checked every hour.
    /// Default: 90 days; 1 to 3,650 days.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepRejections { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// Retention of archived events; at least <c>Ingest:Horizon</c> plus <c>Attribute:SealAfter</c>. From the first
    /// deletion onward, rebuilds are refused. Default: permanently; 430 to 36,525 days.
    /// </summary>
    [Range(typeof(TimeSpan), "430.00:00:00", "36525.00:00:00", ErrorMessage =
        "must be between 430.00:00:00 (the default horizon plus the time that journeys remember beyond it) and 36525.00:00:00 (100 years)")]
    public TimeSpan? KeepEvents { get; set; }

    /// <summary>
    /// Nightly reconciliation. A missed run happens at startup. Default: <c>0 17 3 * * ?</c> (03:17 UTC); a Quartz cron
    /// expression.
    /// </summary>
    [Required]
    public string ReconcileAt { get; set; } = "0 17 3 * * ?";

    /// <summary>
    /// Nightly fit of the fitted models. A missed run happens at startup. Default: <c>0 47 3 * * ?</c> (03:47 UTC); a
    /// Quartz cron expression.
    /// </summary>
    [Required]
    public string FitAt { get; set; } = "0 47 3 * * ?";

    /// <summary>
    /// Nightly fixing of monthly nets. A missed run happens at startup. Default: <c>0 17 4 * * ?</c> (04:17 UTC); a
    /// Quartz cron expression.
    /// </summary>
    [Required]
    public string FixNetAt { get; set; } = "0 17 4 * * ?";

    /// <summary>
    /// Local days whose conversions, and touches without conversion, are fitted. Longer is steadier and slower to
    /// follow changes. Keep it below <c>Ingest:Horizon</c>. Default: 90 days; 1 to 400 days.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "400.00:00:00")]
    public TimeSpan FitWindow { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// Placements that the Markov chain remembers. An order with more than a million distinct steps falls back to the
    /// next lower one. Default: 1; 1 to 3.
    /// </summary>
    [Range(1, 3)]
    public int FitOrder { get; set; } = 1;

    /// <summary>
    /// Counting of paths without conversion in the Markov chain. Shapley values never count them. Default: true; true,
    /// false.
    /// </summary>
    public bool FitNonConverting { get; set; } = true;

    /// <summary>Minimum number of converting paths for a fit. Default: 100; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int FitMinimumConversions { get; set; } = 100;

    /// <summary>Minimum number of placements in those paths. Default: 2; 1 to 1,000.</summary>
    [Range(1, 1_000)]
    public int FitMinimumPlacements { get; set; } = 2;
}
