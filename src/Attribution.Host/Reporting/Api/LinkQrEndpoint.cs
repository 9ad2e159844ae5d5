using System.ComponentModel;
using System.Globalization;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries;
using QRCoder;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/links/{id}/qr</c>: a link as QR code for print and video.</summary>
internal static class LinkQrEndpoint
{
    private const int DefaultScale = 8;
    private const int MaxScale = 64;
    private const int MaxBaseLength = 200;

    public static void MapLinkQr(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/links/{id}/qr", async (
                [Description("Id of the link.")] string id,
                [Description("svg (default) or png.")] string? format,
                [Description("Pixels per module, 1 to 64. Defaults to 8.")] string? scale,
                [Description("Address at which links are served, for example https://go.shop.example. Defaults to the "
                    + "address of the request.")] string? @base,
                HttpContext http, CallerCatalog source, CancellationToken cancellation) =>
                    await DrawAsync(id, format, scale, @base, http, source, cancellation))
            .AllowQueryParameters("format", "scale", "base")
            .WithTags("Catalog").WithName("GetLinkQr")
            .WithSummary("Returns the address of a link as QR code with error correction level M and a quiet zone.")
            .Produces(StatusCodes.Status200OK, contentType: "image/svg+xml", additionalContentTypes: "image/png")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> DrawAsync(
        string id, string? format, string? scaleText, string? baseAddress, HttpContext http, CallerCatalog source,
        CancellationToken cancellation)
    {
        if (format is not (null or "svg" or "png"))
            return QueryProblem.BadParameter("format", "Must be svg or png").ToResult();
        var scale = DefaultScale;
        if (scaleText is not null && !(
            int.TryParse(scaleText, NumberStyles.None, CultureInfo.InvariantCulture, out scale)
            && scale is >= 1 and <= MaxScale))
            return QueryProblem.BadParameter("scale", $"Must be a whole number from 1 to {MaxScale}").ToResult();
        if (baseAddress is not null && !IsBaseAddress(baseAddress))
            return QueryProblem.BadParameter(
                "base", "Must be an http or https address without a query, for example https://go.shop.example")
                .ToResult();

        var catalog = await source.RefreshAsync(cancellation);
        if (catalog.Contents.Items.GetValueOrDefault(new CatalogRef(CatalogKind.Links, id)) is not LinkItem link)
            return QueryProblem.NotFound($"There is no links/{id}").ToResult();
        // In ASCII: readers of QR codes guess at the encoding of other characters.
        var served = LinkDestination.ToAsciiUrl(baseAddress ?? $"{http.Request.Scheme}://{http.Request.Host.Value}");
        var address = served.TrimEnd('/') + catalog.PathOfLink(link);
        using var data = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        if (format == "png")
        {
            using var png = new PngByteQRCode(data);
            return Results.Bytes(png.GetGraphic(scale), "image/png");
        }

        using var svg = new SvgQRCode(data);
        return Results.Text(svg.GetGraphic(scale), "image/svg+xml; charset=utf-8");
    }

    private static bool IsBaseAddress(string text) =>
        text.Length <= MaxBaseLength && Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.Scheme is "http" or "https" && address.Query.Length + address.Fragment.Length == 0;
}
