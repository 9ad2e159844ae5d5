using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Attribution.Core.Rollups;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Host.Reporting.Queries.Values;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Attribution.Host.Reporting.Api;

/// <summary>
/// The description of the API: OpenAPI at <c>/openapi/v1.json</c> and an interactive page at <c>/docs/index.html</c>, both
/// served by this process.
/// </summary>
internal static class ApiDescription
{
    // The page draws its icons from data URLs and sets styles in elements.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.CreateSchemaReferenceId = CreateSchemaReferenceId;
        options.AddSchemaTransformer((schema, context, _) =>
        {
            var type = context.JsonTypeInfo.Type;
            if (IsNumberText(type) || IsDecimalText(context.JsonPropertyInfo))
                DescribeNumberText(schema, isNullable: Nullable.GetUnderlyingType(type) is not null);
            else if (type == typeof(RollupRow) || type == typeof(RollupEngagement))
                DescribeRatios(schema);
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            // Nothing that differs between hosts or builds: the description is compared with the file in schemas/.
            document.Info = new OpenApiInfo
            {
                Title = "Attribution", Version = "1",
                Description = "Event-driven campaign attribution: revenue, cost and return of each creator.",
            };
            document.Servers = [];
            return Task.CompletedTask;
        });
    });

    public static void MapApiDescription(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json").AllowWithoutCredentials();
        var page = routes.CreateApplicationBuilder()
            // The middleware serves files only for requests without an endpoint.
            .Use((http, next) =>
            {
                http.SetEndpoint(null);
                http.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
                return next(http);
            })
            .UseSwaggerUI(options =>
            {
                options.RoutePrefix = "docs";
                options.DocumentTitle = "Attribution API";
                options.SwaggerEndpoint("/openapi/v1.json", "Attribution");
            })
            .Build();
        // The documents have the other addresses below /docs; their names end in .md, or have a folder.
        routes.MapGet("/docs/{asset:regex(\\.(html|js|css|png)$)}", page).ExcludeFromDescription().AllowWithoutCredentials();
    }

    private static string? CreateSchemaReferenceId(JsonTypeInfo type) => IsNumberText(type.Type) ? null
        : OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    // JSON contains these numbers as text, so that no client rounds them.
    private static bool IsNumberText(Type type) => (Nullable.GetUnderlyingType(type) ?? type) is var value
        && (value == typeof(Money) || value == typeof(Share) || value == typeof(Ratio));

    private static bool IsDecimalText(JsonPropertyInfo? property) =>
        property?.AttributeProvider?.GetCustomAttributes(
            typeof(JsonConverterAttribute), inherit: true) is [JsonConverterAttribute { ConverterType: { } converter }]
        && converter == typeof(DecimalTextConverter);

    private static void DescribeNumberText(OpenApiSchema schema, bool isNullable)
    {
        schema.Type = isNullable ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
        schema.Properties = null;
        schema.Required = null;
        schema.Pattern = null;
        schema.Format = null;
    }

    private static void DescribeRatios(OpenApiSchema schema)
    {
        foreach (var ratio in RatioDefinition.All)
            if (schema.Properties!.TryGetValue(ratio.Name, out var property))
                property.Description = ratio.Description;
    }
}
