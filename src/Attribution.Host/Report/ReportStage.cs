using Attribution.Host.Hosting.Access;
using Attribution.Host.Report.Budgets;
using Attribution.Host.Report.Catalog;
using Attribution.Host.Report.Comparing;
using Attribution.Host.Report.Conversions;
using Attribution.Host.Report.Docs;
using Attribution.Host.Report.Export;
using Attribution.Host.Report.Journeys;
using Attribution.Host.Report.Quality;
using Attribution.Host.Report.Operate;
using Attribution.Host.Report.Pages;
using Attribution.Host.Report.Posts;
using Attribution.Host.Report.Ranking;
using Attribution.Host.Report.Rejections;
using Attribution.Host.Report.Restatements;
using Attribution.Host.Report.Returns;
using Attribution.Host.Report.Rollups;
using Attribution.Host.Report.Statements;
using Attribution.Host.Hosting.Runs;
using Attribution.Host.Report.Unmatched;
using Attribution.Host.Report.WhatIf;
using Attribution.Storage;

namespace Attribution.Host.Report;

/// <summary>Answers analysts, and takes the catalog.</summary>
public static class ReportingStage
{
    /// <summary>Registers the stage's services.</summary>
    public static IServiceCollection AddReporting(this IServiceCollection services, IConfiguration configuration) =>
        services.AddMetrics().AddSingleton<ReportingMetrics>().AddSingleton<CatalogWriter>().AddSingleton<PayoutStatementService>().AddSingleton<WhatIfRun>().AddHostedService<RunWorker<WhatIfRun>>().AddPages().AddApiDescription();

    /// <summary>Maps the stage's endpoints.</summary>
    public static IEndpointRouteBuilder MapReporting(this IEndpointRouteBuilder routes)
    {
        // Endpoints that write ask for more themselves, and those that are open say so.
        routes = routes.MapGroup("").RequireScope(KeyScopes.Read).AddEndpointFilter(routes.ServiceProvider.GetRequiredService<ReportingMetrics>().MeasureAsync);
        routes.MapCatalog();
        routes.MapRollups();
        routes.MapExport();
        routes.MapBudget();
        routes.MapRoi();
        routes.MapRanking();
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
        routes.MapWhatIf();
        routes.MapLinkQr();
        routes.MapOperations();
        routes.MapAudit();
        routes.MapErase();
        routes.MapRejections();
        routes.MapQuality();
        routes.MapApiDescription();
        routes.MapPages();
        return routes;
    }
}
