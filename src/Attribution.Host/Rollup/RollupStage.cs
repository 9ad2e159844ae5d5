using Attribution.Host.Configuration;
using Attribution.Host.Jobs;
using Attribution.Host.Observability;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>
/// Registration of the rollup stage: folding, closing of days, settlement, reconciliation, model fitting, monthly nets
/// and retention.
/// </summary>
internal static class RollupStage
{
    private static readonly TimeSpan RetentionInterval = TimeSpan.FromHours(1);

    /// <summary>Registers the stage's jobs.</summary>
    public static IServiceCollection AddRollup(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<RollupOptions>(configuration, "Rollup").ValidateWith((rollup, provider) =>
        {
            var now = (provider.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow();
            return
            [
                .. ValidateCron(nameof(RollupOptions.ReconcileAt), rollup.ReconcileAt, new RollupOptions().ReconcileAt, now),
                .. ValidateCron(nameof(RollupOptions.FitAt), rollup.FitAt, new RollupOptions().FitAt, now),
                .. ValidateCron(nameof(RollupOptions.FixNetAt), rollup.FixNetAt, new RollupOptions().FixNetAt, now),
            ];
        });
        services.AddSingleton<RollupMetrics>();
        services.AddSingleton<CreateWatchedSeries>(provider => provider.GetRequiredService<RollupMetrics>().CreateWatchedSeries);
        services.AddSingleton<RollupLease>();
        services.AddSingleton<NightlyJobRunner>();
        services.AddSingleton<PeriodSettlement>();
        services.AddHostedService(provider => provider.GetRequiredService<RollupLease>());
        services.AddSingleton<ReconcileRun>().AddHostedService<RunWorker<ReconcileRun>>();

        var options = configuration.GetSection("Rollup").Get<RollupOptions>() ?? new RollupOptions();
        AddRepeating<FoldJob>("fold", options.FoldEvery);
        AddRepeating<CloseDaysJob>("close-days", options.CloseEvery);
        AddRepeating<PeriodSettlementJob>("settle", options.AdjustEvery);
        AddRepeating<RetentionJob>("retention", RetentionInterval);
        AddScheduled<ReconcileJob>(RunNames.Reconcile, options.ReconcileAt);
        AddScheduled<FitModelsJob>(FitModelsJob.Name, options.FitAt);
        AddScheduled<MonthlyNetJob>(MonthlyNetJob.Name, options.FixNetAt);
        services.AddHostedService<JobScheduler>();
        return services;

        void AddRepeating<TJob>(string name, TimeSpan interval) where TJob : class, IRepeatingJob =>
            services.AddSingleton<TJob>()
                .AddSingleton(new RepeatingJob(name, interval, provider => provider.GetRequiredService<TJob>()));

        void AddScheduled<TJob>(string name, string cron) where TJob : class, INightlyJob =>
            services.AddSingleton<TJob>()
                .AddSingleton(new ScheduledJob(name, cron, provider => provider.GetRequiredService<TJob>()));
    }

    /// <summary>Returns the fault of a schedule: it cannot be read, or it has no time after now.</summary>
    private static IEnumerable<string> ValidateCron(string option, string value, string defaultValue, DateTimeOffset now)
    {
        if (!CronExpression.TryParse(value, out var schedule))
            yield return $"Rollup:{option}: '{value}' is not a Quartz cron expression; the default is '{defaultValue}'.";
        else if (schedule.GetNextValidTimeAfter(now) is null)
            yield return $"Rollup:{option}: '{value}' never fires; the default is '{defaultValue}'.";
    }
}
