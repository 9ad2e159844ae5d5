using System.ComponentModel.DataAnnotations;

namespace Attribution.Host.Rollup;

/// <summary>Section <c>Rollup</c>.</summary>
internal sealed class RollupOptions
{
    /// <summary>How often waiting deltas are folded into the daily rollups. Default 2 s; 100 ms to 1 h. Longer makes numbers later, and a fold cheaper.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan FoldEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Of several rollup processes one works, under a lease in the store that it prolongs with each fold. When it is killed, another takes
    /// over after this long at the most; when it stops in order, with the other's next fold. Default 15 s; 1 s to 10 minutes. Best several
    /// times <see cref="FoldEvery"/>: a lease that ends between two folds goes from process to process, which costs work and changes nothing.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan LeaseFor { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How often tiers, caps, guarantees and fees of agreements are reckoned anew where conversions, terms or the day changed. Default 10 s;
    /// 100 ms to 1 h. Until then an order counts with the commission that it accrues by itself.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan AdjustEvery { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most delta documents that one transaction folds. Default 256; 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int DeltasPerFold { get; set; } = 256;

    /// <summary>
    /// How long after its local end a day closes. Default 48 hours; 0 to 60 days. What changes a closed day is a restatement; nothing is
    /// refused for coming after.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "60.00:00:00")]
    public TimeSpan CloseAfter { get; set; } = TimeSpan.FromHours(48);

    /// <summary>How often it is seen to which days close. Default 1 minute; 1 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CloseEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long refused events are kept, with what was sent, from their receipt on. Default 90 days; 1 day to 10 years. Lost beyond it: they are
    /// listed no more and cannot be replayed. Looked for each hour.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepRejections { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long archived events are kept, from their receipt on. Default: for good. 430 days to 100 years; no shorter than <c>Ingest:Horizon</c> and
    /// <c>Attribute:SealAfter</c> together, for what is sent again until then is known by its message. Journeys, ledger and rollups stay, and reconciling
    /// goes on. Lost from the first deletion on, for good: rebuilding, which is refused then, and with it the labelling of history by other bot rules.
    /// </summary>
    [Range(typeof(TimeSpan), "430.00:00:00", "36525.00:00:00", ErrorMessage = "must lie between 430.00:00:00 and 36525.00:00:00, the default horizon with what journeys hold beyond it and a hundred years")]
    public TimeSpan? KeepEvents { get; set; }

    /// <summary>
    /// When rollups are reconciled with the journeys, as a Quartz cron expression in UTC. Default <c>0 17 3 * * ?</c>, each night at 03:17. A run
    /// that is missed because no host was up is made up for at start.
    /// </summary>
    [Required]
    public string ReconcileAt { get; set; } = "0 17 3 * * ?";

    /// <summary>
    /// When the fitted models are fitted anew, as a Quartz cron expression in UTC. Default <c>0 47 3 * * ?</c>, each night at 03:47. A run that
    /// is missed because no host was up is made up for at start. A fit credits the days that are open when it is made, a brand's first also
    /// those of its window; it restates no closed day.
    /// </summary>
    [Required]
    public string FitAt { get; set; } = "0 47 3 * * ?";

    /// <summary>
    /// When each creator's net of a month that has closed is fixed, for campaigns that share costs by net, as a Quartz cron expression in UTC. Default
    /// <c>0 17 4 * * ?</c>, each night at 04:17. A run that is missed because no host was up is made up for at start. Until then the month's costs are the campaign's own.
    /// </summary>
    [Required]
    public string FixNetAt { get; set; } = "0 17 4 * * ?";

    /// <summary>
    /// Which paths are fitted: those of the conversions of so many local days, each whole, and of the touches of these days that led to none.
    /// Default 90 days; 1 to 400 days. Longer is steadier, and slower to follow a change. Shorter than a lookback cuts no path: a conversion of the
    /// window brings the touches that its lookback reaches, wherever they lie. Lost beyond <c>Ingest:Horizon</c>: orders of that age stand apart
    /// from their person, and what did not convert is counted no more.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "400.00:00:00")]
    public TimeSpan FitWindow { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How many placements back the Markov chain remembers. Default 1; 1 to 3. A higher order needs many more paths; one with more than a
    /// million distinct steps gives way to the one below, and the fit says its order.
    /// </summary>
    [Range(1, 3)]
    public int FitOrder { get; set; } = 1;

    /// <summary>Whether paths that have not converted count in the Markov chain. Default true. Shapley values never count them.</summary>
    public bool FitNonConverting { get; set; } = true;

    /// <summary>
    /// Fewest paths that converted, below which no fit is made: the fitted models then say so instead of giving numbers, and days keep the
    /// fit before. Default 100; 1 to 1,000,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int FitMinimumConversions { get; set; } = 100;

    /// <summary>Fewest placements in those paths, below which no fit is made. Default 2; 1 to 1,000.</summary>
    [Range(1, 1_000)]
    public int FitMinimumPlacements { get; set; } = 2;
}
