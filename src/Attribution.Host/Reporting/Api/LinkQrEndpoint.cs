using System.ComponentModel;
using System.Globalization;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Hosting;
using QRCoder;

namespace Attribution.Host.Reporting.Api;

/// <summary>A link as a QR code, for what is printed: packaging, posters, a story's last frame.</summary>
internal static class LinkQrEndpoint
{
    private const int DefaultScale = 8;
    private const int MaxScale = 64;

    public static void MapLinkQr(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/links/{id}/qr", async (
                [Description("The link's id.")] string id,
                [Description("svg or png; svg when absent.")] string? format,
                [Description("Pixels a module, 1 to 64; 8 when absent.")] string? scale,
                [Description("Where links are followed, such as https://go.shop.example; the address this was asked at when absent.")] string? @base,
                HttpContext http, CatalogCache source, CancellationToken cancellation) => await DrawAsync(id, format, scale, @base, http, source, cancellation))
            .AllowQueryParameters("format", "scale", "base")
            .WithTags("Catalog").WithName("GetLinkQr").WithSummary("The link's address as a QR code, error correction level M, with the quiet zone around it.")
            .Produces(StatusCodes.Status200OK, contentType: "image/svg+xml", additionalContentTypes: "image/png")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> DrawAsync(string id, string? format, string? scaleText, string? at, HttpContext http, CatalogCache source, CancellationToken cancellation)
    {
        if (format is not (null or "svg" or "png")) return ApiProblems.BadParameter("format", "svg or png");
        var scale = DefaultScale;
        if (scaleText is not null && !(int.TryParse(scaleText, NumberStyles.None, CultureInfo.InvariantCulture, out scale) && scale is >= 1 and <= MaxScale))
            return ApiProblems.BadParameter("scale", $"A whole number from 1 to {MaxScale}");
        if (at is not null && !(at.Length <= 200 && Uri.TryCreate(at, UriKind.Absolute, out var given) && given.Scheme is "http" or "https" && given.Query.Length + given.Fragment.Length == 0))
            return ApiProblems.BadParameter("base", "An http or https address without a query, such as https://go.shop.example");

        var catalog = await source.RefreshAsync(cancellation);
        if (catalog.Contents.Items.GetValueOrDefault(new CatalogRef(CatalogKind.Links, id)) is not LinkItem link || !CatalogEndpoints.IsVisibleTo(http, link, catalog))
            return ApiProblems.NotFound($"There is no links/{id}");
        var address = (at ?? $"{http.Request.Scheme}://{http.Request.Host}").TrimEnd('/') + GetPath(link, catalog);
        using var data = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        if (format == "png")
        {
            using var png = new PngByteQRCode(data);
            return Results.Bytes(png.GetGraphic(scale), "image/png");
        }

        using var svg = new SvgQRCode(data);
        return Results.Text(svg.GetGraphic(scale), "image/svg+xml; charset=utf-8");
    }

    /// <summary>By slug alone where no other brand has it.</summary>
    private static string GetPath(LinkItem link, CatalogSnapshot catalog)
    {
        var brand = BrandOf(link);
        var shared = catalog.Items<LinkItem>().Any(other => other.Slug == link.Slug && BrandOf(other) != brand);
        return shared ? $"/r/{brand}/{link.Slug}" : $"/r/{link.Slug}";

        string BrandOf(LinkItem of) => catalog.FindCampaign(of.CampaignId)!.Brand;
    }
}
