using Attribution.Core.Rollups;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Queries.Rollups;
using Microsoft.OpenApi;

namespace Attribution.Host.Reporting.Api;

/// <summary>The API's own description: OpenAPI at <c>/openapi/v1.json</c>, a page to browse and try it at <c>/docs</c>, all from this process.</summary>
internal static class ApiDescription
{
    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options => options
        .AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type != typeof(RollupRow) && context.JsonTypeInfo.Type != typeof(RollupEngagement)) return Task.CompletedTask;
            foreach (var ratio in RatioDefinition.All)
                if (schema.Properties!.TryGetValue(ratio.Name, out var property))
                    property.Description = ratio.Description;
            return Task.CompletedTask;
        })
        .AddDocumentTransformer((document, _, _) =>
        {
            // Nothing that differs from host to host or from build to build: the description is compared with the file in schemas/.
            document.Info = new OpenApiInfo
            {
                Title = "Attribution", Version = "1",
                Description = "Event-driven campaign attribution: which creator earned what, what did it cost, is it worth repeating.",
            };
            document.Servers = [];
            return Task.CompletedTask;
        }));

    public static void MapApiDescription(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json").AllowWithoutCredentials();
        var page = routes.CreateApplicationBuilder()
            // The files are served only to requests that no endpoint has taken.
            .Use((http, next) =>
            {
                http.SetEndpoint(null);
                return next(http);
            })
            .UseSwaggerUI(options =>
            {
                options.RoutePrefix = "docs";
                options.DocumentTitle = "Attribution API";
                options.SwaggerEndpoint("/openapi/v1.json", "Attribution");
            })
            .Build();
        routes.MapGet("/docs/{**path}", page).ExcludeFromDescription().AllowWithoutCredentials();
    }
}
