using Attribution.Host.Hosting;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>Folds deltas into daily rollups, closes days, reconciles.</summary>
public static class RollupStage
{
    /// <summary>Registers the stage's jobs. Quartz keeps them in memory; what they did stands in the store.</summary>
    public static IServiceCollection AddRollup(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStageOptions<RollupOptions>(configuration, "Rollup").Refuse((rollup, services) =>
            CronExpression.TryParse(rollup.ReconcileAt, out _)
                ? []
                : [$"Rollup:ReconcileAt: '{rollup.ReconcileAt}' is no Quartz cron expression; the default is '{new RollupOptions().ReconcileAt}'."]);
        services.AddSingleton<RollupMeter>();
        services.AddSingleton<RollupLease>();
        services.AddHostedService(provider => provider.GetRequiredService<RollupLease>());

        var options = configuration.GetSection("Rollup").Get<RollupOptions>() ?? new RollupOptions();
        services.AddQuartz(quartz =>
        {
            quartz.ScheduleJob<FoldJob>(trigger => trigger.StartNow().WithSimpleSchedule(every => every.WithInterval(options.FoldEvery).RepeatForever()));
            quartz.ScheduleJob<CloseJob>(trigger => trigger.StartNow().WithSimpleSchedule(every => every.WithInterval(options.CloseEvery).RepeatForever()));
            quartz.ScheduleJob<ReconcileJob>(
                trigger => trigger.WithCronSchedule(options.ReconcileAt, cron => cron.InTimeZone(TimeZoneInfo.Utc)),
                job => job.WithIdentity(ReconcileJob.Name));
        });
        services.AddQuartzHostedService(hosting =>
        {
            hosting.WaitForJobsToComplete = true;
            // Otherwise it waits for the start of a host whose start has failed, and holds up its end.
            hosting.AwaitApplicationStarted = false;
        });
        services.AddHostedService<MissedReconcile>();
        return services;
    }
}
