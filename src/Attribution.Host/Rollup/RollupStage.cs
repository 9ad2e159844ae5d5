using Attribution.Host.Configuration;
using Attribution.Host.Jobs;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>Folds deltas into daily rollups, closes days, reconciles, fits the fitted models, fixes by what net costs are shared.</summary>
internal static class RollupStage
{
    private static readonly TimeSpan RetentionInterval = TimeSpan.FromHours(1);

    /// <summary>Registers the stage's jobs. Quartz keeps them in memory; what they did stands in the store.</summary>
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
            quartz.ScheduleJob<FoldJob>(trigger => trigger.StartNow().WithSimpleSchedule(every => every.WithInterval(options.FoldEvery).RepeatForever()));
            quartz.ScheduleJob<CloseDaysJob>(trigger => trigger.StartNow().WithSimpleSchedule(every => every.WithInterval(options.CloseEvery).RepeatForever()));
            quartz.ScheduleJob<PeriodSettlementJob>(trigger => trigger.StartNow().WithSimpleSchedule(every => every.WithInterval(options.AdjustEvery).RepeatForever()));
            quartz.ScheduleJob<RetentionJob>(trigger => trigger.StartNow().WithSimpleSchedule(every => every.WithInterval(RetentionInterval).RepeatForever()));
            ByCalendar<ReconcileJob>(new(RunNames.Reconcile, options.ReconcileAt));
            ByCalendar<FitModelsJob>(new(FitModelsJob.Name, options.FitAt));
            ByCalendar<MonthlyNetJob>(new(MonthlyNetJob.Name, options.FixNetAt));

            void ByCalendar<TJob>(ScheduledJob calendar) where TJob : class, IJob
            {
                services.AddSingleton(calendar);
                quartz.ScheduleJob<TJob>(
                    trigger => trigger.WithCronSchedule(calendar.Cron, cron => cron.InTimeZone(TimeZoneInfo.Utc)),
                    job => job.WithIdentity(calendar.Name));
            }
        });
        services.AddQuartzHostedService(hosting =>
        {
            hosting.WaitForJobsToComplete = true;
            // Otherwise it waits for the start of a host whose start has failed, and holds up its end.
            hosting.AwaitApplicationStarted = false;
        });
        services.AddSingleton<ReconcileRun>().AddHostedService<RunWorker<ReconcileRun>>();
        services.AddHostedService<MissedRunRecovery>();
        return services;
    }

    private static IEnumerable<string> ValidateCron(string option, string value, string otherwise) =>
        CronExpression.TryParse(value, out _) ? [] : [$"Rollup:{option}: '{value}' is no Quartz cron expression; the default is '{otherwise}'."];
}
