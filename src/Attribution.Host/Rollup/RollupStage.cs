using Attribution.Host.Configuration;
using Attribution.Host.Jobs;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>
/// Registration of the rollup stage: folding, closing of days, settlement, reconciliation, model fitting, monthly nets
/// and retention.
/// </summary>
internal static class RollupStage
{
    private static readonly TimeSpan RetentionInterval = TimeSpan.FromHours(1);

    /// <summary>Registers the stage's jobs. Quartz keeps the schedule in memory; the store records the runs.</summary>
    public static IServiceCollection AddRollup(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<RollupOptions>(configuration, "Rollup").ValidateWith((rollup, _) =>
        [
            .. ValidateCron(nameof(RollupOptions.ReconcileAt), rollup.ReconcileAt, new RollupOptions().ReconcileAt),
            .. ValidateCron(nameof(RollupOptions.FitAt), rollup.FitAt, new RollupOptions().FitAt),
            .. ValidateCron(nameof(RollupOptions.FixNetAt), rollup.FixNetAt, new RollupOptions().FixNetAt),
        ]);
        services.AddSingleton<RollupMetrics>();
        services.AddSingleton<RollupLease>();
        services.AddSingleton<NightlyJobRunner>();
        services.AddSingleton<PeriodSettlement>();
        services.AddHostedService(provider => provider.GetRequiredService<RollupLease>());

        var options = configuration.GetSection("Rollup").Get<RollupOptions>() ?? new RollupOptions();
        services.AddQuartz(quartz =>
        {
            AddRepeating<FoldJob>(options.FoldEvery);
            AddRepeating<CloseDaysJob>(options.CloseEvery);
            AddRepeating<PeriodSettlementJob>(options.AdjustEvery);
            AddRepeating<RetentionJob>(RetentionInterval);
            AddScheduled<ReconcileJob>(new(RunNames.Reconcile, options.ReconcileAt));
            AddScheduled<FitModelsJob>(new(FitModelsJob.Name, options.FitAt));
            AddScheduled<MonthlyNetJob>(new(MonthlyNetJob.Name, options.FixNetAt));

            void AddRepeating<TJob>(TimeSpan interval) where TJob : class, IJob =>
                quartz.ScheduleJob<TJob>(trigger =>
                    trigger.StartNow().WithSimpleSchedule(schedule => schedule.WithInterval(interval).RepeatForever()));

            void AddScheduled<TJob>(ScheduledJob scheduled) where TJob : class, IJob
            {
                services.AddSingleton(scheduled);
                quartz.ScheduleJob<TJob>(
                    trigger => trigger.WithCronSchedule(scheduled.Cron, cron => cron.InTimeZone(TimeZoneInfo.Utc)),
                    job => job.WithIdentity(scheduled.Name));
            }
        });
        services.AddQuartzHostedService(hosting =>
        {
            hosting.WaitForJobsToComplete = true;
            // Otherwise Quartz waits for the start of a host whose start has failed, and blocks its stop.
            hosting.AwaitApplicationStarted = false;
        });
        services.AddSingleton<ReconcileRun>().AddHostedService<RunWorker<ReconcileRun>>();
        services.AddHostedService<MissedRunRecovery>();
        return services;
    }

    private static IEnumerable<string> ValidateCron(string option, string value, string defaultValue) =>
        CronExpression.TryParse(value, out _)
            ? []
            : [$"Rollup:{option}: '{value}' is not a Quartz cron expression; the default is '{defaultValue}'."];
}
