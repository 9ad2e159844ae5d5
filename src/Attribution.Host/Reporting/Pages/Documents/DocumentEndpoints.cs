using Attribution.Host.Access;
using Attribution.Host.Reporting.Api;
using Attribution.Host.Reporting.Queries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Attribution.Host.Reporting.Pages.Documents;

/// <summary>
/// The documents at <c>/docs</c>, at the paths that they have in the repository, and their search. They are public, like the
/// description of the API.
/// </summary>
internal static class DocumentEndpoints
{
    private static readonly TimeSpan PictureAge = TimeSpan.FromHours(1);

    public static void MapDocuments(this IEndpointRouteBuilder routes) =>
        routes.MapMethods(DocumentLibrary.Url + "/{**path}", [HttpMethods.Get, HttpMethods.Head], ShowAsync)
            .AllowWithoutCredentials().AllowQueryParameters("q").ExcludeFromDescription();

    private static Task ShowAsync(HttpContext http, PageModel model, string? path, string? q)
    {
        if (!string.IsNullOrWhiteSpace(q)) return ShowPageAsync(http, model, DocumentPageModel.ForSearch(q.Trim()));
        if (DocumentLibrary.FindPath(path?.TrimEnd('/')) is not { } file)
        {
            model.Initialize(http, null, QueryProblem.NotFound($"There is no document at {http.Request.Path}. {DocumentLibrary.Url} lists all documents."));
            return new RazorComponentResult<ErrorPage> { StatusCode = StatusCodes.Status404NotFound }.ExecuteAsync(http);
        }

        return DocumentLibrary.IsDocument(file) ? ShowPageAsync(http, model, DocumentPageModel.ForDocument(file)) : WriteFileAsync(http, file);
    }

    private static Task ShowPageAsync(HttpContext http, PageModel model, DocumentPageModel page)
    {
        model.Initialize(http, null, page);
        return new RazorComponentResult<DocumentPage>().ExecuteAsync(http);
    }

    private static Task WriteFileAsync(HttpContext http, string file)
    {
        http.Response.GetTypedHeaders().CacheControl = new() { Public = true, MaxAge = PictureAge };
        var type = Path.GetExtension(file) == ".webp" ? "image/webp" : "text/plain; charset=utf-8";
        return TypedResults.Stream(DocumentLibrary.Open(file), type).ExecuteAsync(http);
    }
}

/// <summary>Contents of a page of the documents: a document, or what a search found.</summary>
/// <param name="Title">Title of the page.</param>
/// <param name="Document">The document; null for a search.</param>
/// <param name="Query">The words of the search; null for a document.</param>
/// <param name="Hits">The sections that the search found.</param>
internal sealed record DocumentPageModel(string Title, DocumentText? Document, string? Query, IReadOnlyList<DocumentHit> Hits)
{
    /// <summary>Gets the navigation.</summary>
    public IReadOnlyList<DocumentGroup> Groups { get; } = DocumentMarkdown.ReadIndex();

    /// <summary>Gets the address of the document; null for a search.</summary>
    public string? Url => Document is null ? null : DocumentLibrary.UrlOf(Document.Path);

    public static DocumentPageModel ForDocument(string path)
    {
        var document = DocumentMarkdown.Render(path);
        return new(document.Title, document, null, []);
    }

    public static DocumentPageModel ForSearch(string query) => new("Search in the documents", null, query, DocumentSearch.Find(query));
}
