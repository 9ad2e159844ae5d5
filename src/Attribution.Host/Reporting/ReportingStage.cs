using Attribution.Host.Access;
using Attribution.Host.Jobs;
using Attribution.Host.Reporting.Api;
using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Host.Reporting.Pages;
using Attribution.Host.Reporting.Queries.Payouts;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Host.Reporting.Queries.WhatIf;
using Attribution.Host.Reporting.WebhookSubscriptions;
using Attribution.Storage.Access;

namespace Attribution.Host.Reporting;

/// <summary>The reporting stage: queries, catalog writes and pages.</summary>
internal static class ReportingStage
{
    /// <summary>Registers the stage's services.</summary>
    public static IServiceCollection AddReporting(this IServiceCollection services, IConfiguration configuration) =>
        services.AddMetrics().AddSingleton<ReportingMetrics>().AddSingleton<CatalogWriter>()
            .AddSingleton<RollupReader>()
            .AddSingleton<PayoutStatementService>().AddSingleton<PersonEraser>()
            .AddSingleton<WhatIfRun>().AddHostedService<RunWorker<WhatIfRun>>().AddPages().AddApiDescription()
            .AddWebhookSubscriptions(configuration);

    /// <summary>Maps the stage's endpoints.</summary>
    public static IEndpointRouteBuilder MapReporting(this IEndpointRouteBuilder routes)
    {
        // The default; endpoints that write require more, and public endpoints allow anonymous access.
        var metrics = routes.ServiceProvider.GetRequiredService<ReportingMetrics>();
        routes = routes.MapGroup("").RequireScope(KeyScopes.Read).AddEndpointFilter(metrics.MeasureAsync);
        routes.MapCatalog();
        routes.MapRollups();
        routes.MapExport();
        routes.MapBudget();
        routes.MapRoi();
        routes.MapRanking();
        routes.MapChanges();
        routes.MapComparison();
        routes.MapPosts();
        routes.MapConversionList();
        routes.MapConversion();
        routes.MapJourneys();
        routes.MapModels();
        routes.MapFits();
        routes.MapRestatements();
        routes.MapPayoutStatements();
        routes.MapUnmatched();
        routes.MapCodeUsage();
        routes.MapProducts();
        routes.MapCohorts();
        routes.MapWhatIf();
        routes.MapLinkQr();
        routes.MapOperations();
        routes.MapWebhookSubscriptions();
        routes.MapAudit();
        routes.MapErase();
        routes.MapRejections();
        routes.MapQuality();
        routes.MapApiDescription();
        routes.MapPages();
        return routes;
    }
}
