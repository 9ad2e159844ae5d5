namespace Attribution.Host.Ingest;

/// <summary>Takes events at the door and gets them onto the bus.</summary>
public static class IngestStage
{
    /// <summary>Registers the stage's services.</summary>
    public static IServiceCollection AddIngest(this IServiceCollection services, IConfiguration configuration) => services;

    /// <summary>Maps the stage's endpoints.</summary>
    public static IEndpointRouteBuilder MapIngest(this IEndpointRouteBuilder routes) => routes;
}
