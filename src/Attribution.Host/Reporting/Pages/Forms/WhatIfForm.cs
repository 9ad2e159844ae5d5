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

/// <summary>The question what the books would say, and its answer beside them.</summary>
internal static class WhatIfForm
{
    public static void MapWhatIfForm(this IEndpointRouteBuilder routes)
    {
        routes.MapPage<WhatIfPage>("/what-if", ShowAsync, "run");
        routes.MapForm<WhatIfPage>("/what-if", KeyScopes.Read, StartAsync);
    }

    private static async Task<object> ShowAsync(PageContext page)
    {
        if (page.Scope.GetParameter("run") is not { } id) return new WhatIfModel(CreateBlankQuestion(page), [], null, null);
        if (!(await WhatIfRuns.FindAsync(id, Caller.FromContext(page.Http), page.GetService<IRunStore>(), page.Cancellation)).TryGet(out var found, out var problem)) return problem;
        var run = RunAnswer.FromDocument(found);
        return new WhatIfModel(JsonObject.Create(run.Request)!, [], run, WhatIfRuns.ReadResult(run));
    }

    private static async Task<object> StartAsync(PageContext page, IFormCollection form)
    {
        var question = ItemForm.Read(typeof(WhatIfRequest), form);
        question["brand"] = page.Scope.Brand.Id;
        var (run, problem) = await WhatIfRuns.StartAsync(
            JsonSerializer.SerializeToUtf8Bytes(question), Caller.FromContext(page.Http), page.Scope.Catalog, page.GetService<IRunStore>(), page.GetService<IdGenerator>(), page.Now, page.Cancellation);
        if (run is not null) return new PageRedirect(page.Scope.LinkTo("/what-if", ("run", run.Id.ToString())));
        return problem!.Errors is { } faults ? new WhatIfModel(question, faults, null, null) : problem;
    }

    private static JsonObject CreateBlankQuestion(PageContext page) => new() { ["from"] = PageScope.ToIsoDay(page.Scope.Query.From), ["to"] = PageScope.ToIsoDay(page.Scope.Query.To) };
}

/// <summary>A question, what is wrong with it, and how far its answer is.</summary>
internal sealed record WhatIfModel(JsonObject Question, IReadOnlyList<CatalogFault> Faults, RunAnswer? Run, WhatIfAnswer? Answer);
