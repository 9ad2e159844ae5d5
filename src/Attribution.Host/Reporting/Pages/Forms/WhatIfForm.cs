using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Jobs;
using Attribution.Host.Reporting.Queries.WhatIf;
using Attribution.Storage.Access;
using Attribution.Storage.Runs;

namespace Attribution.Host.Reporting.Pages.Forms;

/// <summary>The what-if page: a form that starts a run, and the run's result compared with the ledger.</summary>
internal static class WhatIfForm
{
    public static void MapWhatIfForm(this IEndpointRouteBuilder routes)
    {
        routes.MapPage<WhatIfPage>("/what-if", ShowAsync, "run");
        routes.MapForm<WhatIfPage>("/what-if", KeyScopes.Read, StartAsync);
    }

    private static async Task<object> ShowAsync(PageContext page)
    {
        if (page.Scope.GetParameter("run") is not { } id)
            return new WhatIfModel(CreateBlankQuestion(page), [], null, null);
        var found = await WhatIfRuns.FindAsync(
            id, Caller.FromContext(page.Http), page.GetService<IRunStore>(), page.Cancellation);
        if (!found.TryGet(out var document, out var problem)) return problem;
        var run = RunAnswer.FromDocument(document);
        return new WhatIfModel(JsonObject.Create(run.Request)!, [], run, WhatIfRuns.ReadResult(run));
    }

    private static async Task<object> StartAsync(PageContext page, IFormCollection form)
    {
        var question = ItemForm.Read(typeof(WhatIfRequest), form);
        question["brand"] = page.Scope.Brand.Id;
        var (run, problem) = await WhatIfRuns.StartAsync(
            JsonSerializer.SerializeToUtf8Bytes(question), Caller.FromContext(page.Http), page.Scope.Catalog,
            page.GetService<IRunStore>(), page.GetService<IdGenerator>(), page.Now, page.Cancellation);
        if (run is not null) return new PageRedirect(page.Scope.LinkTo("/what-if", ("run", run.Id.ToString())));
        return problem!.Errors is { } faults ? new WhatIfModel(question, faults, null, null) : problem;
    }

    private static JsonObject CreateBlankQuestion(PageContext page) => new()
    {
        ["from"] = PageFormat.IsoDay(page.Scope.Query.From),
        ["to"] = PageFormat.IsoDay(page.Scope.Query.To),
    };
}

/// <summary>Contents of the what-if page.</summary>
/// <param name="Question">The values of the form.</param>
/// <param name="Faults">The validation errors of the form; empty if there are none.</param>
/// <param name="Run">The run with its progress; null before one is started.</param>
/// <param name="Answer">The result; null until the run has ended.</param>
internal sealed record WhatIfModel(
    JsonObject Question, IReadOnlyList<CatalogFault> Faults, RunAnswer? Run, WhatIfAnswer? Answer);
