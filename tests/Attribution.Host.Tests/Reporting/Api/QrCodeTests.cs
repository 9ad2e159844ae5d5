using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Attribution.Host.Tests.Fixtures;
using Attribution.Host.Tests.Infra;
using Attribution.TestKit;
using QRCoder;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>QR codes of links: both formats contain the address of the link, module by module.</summary>
public sealed class QrCodeTests : IAsyncLifetime
{
    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(DocumentedExample.Catalog);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Svg_and_png_encode_the_address_of_the_link()
    {
        var expected = Modules("https://go.shop.example/r/mia-spring");
        Png(await BytesAsync("format=png&scale=1&base=https://go.shop.example/")).ShouldBe(expected);
        Png(await BytesAsync("format=png&scale=3&base=https://go.shop.example"), 3).ShouldBe(expected);
        Svg(System.Text.Encoding.UTF8.GetString(await BytesAsync("scale=2&base=https://go.shop.example")), 2).ShouldBe(expected);
        Png(await BytesAsync("format=png&scale=1")).ShouldBe(Modules($"{host.Http.BaseAddress}r/mia-spring"), "where it was asked, when nothing else is said");
    }

    [Fact]
    public async Task Slug_used_by_two_brands_includes_its_brand()
    {
        await host.PutCatalogAsync(
            ("/v1/brands/other", """{"name":"Other","currency":"EUR","timeZone":"Etc/UTC"}"""), ("/v1/campaigns/theirs", """{"name":"Theirs","brandId":"other"}"""),
            ("/v1/links/theirs", """{"slug":"mia-spring","destination":"https://other.example/","campaignId":"theirs","creatorId":"mia"}"""));
        Png(await BytesAsync("format=png&scale=1&base=https://go.example")).ShouldBe(Modules("https://go.example/r/default/mia-spring"));
    }

    [Fact]
    public async Task Link_of_another_brand_always_includes_its_brand()
    {
        await host.PutCatalogAsync(
            ("/v1/brands/other", """{"name":"Other","currency":"EUR","timeZone":"Etc/UTC"}"""), ("/v1/campaigns/theirs", """{"name":"Theirs","brandId":"other"}"""),
            ("/v1/links/poster", """{"slug":"poster","destination":"https://other.example/","campaignId":"theirs","creatorId":"mia"}"""));
        var drawn = await host.Http.GetByteArrayAsync(new Uri("/v1/links/poster/qr?format=png&scale=1&base=https://go.example", UriKind.Relative), ReportingHost.Token);
        Png(drawn).ShouldBe(Modules("https://go.example/r/other/poster"));
        (await host.Http.GetStringAsync(new Uri("/creators/mia?brand=other", UriKind.Relative), ReportingHost.Token)).ShouldContain("<code>/r/other/poster</code>");
    }

    [Theory]
    [InlineData("https://go.shop.example", "https://go.shop.example/r/mia-spring")]
    [InlineData("https://магазин.example", "https://xn--80aairftm.example/r/mia-spring")]
    [InlineData("https://müller.example:8443/", "https://xn--mller-kva.example:8443/r/mia-spring")]
    [InlineData("https://日本語.example/größe", "https://xn--wgv71a119e.example/gr%C3%B6%C3%9Fe/r/mia-spring")]
    public async Task Decoders_read_the_address_as_browsers_open_it(string served, string address)
    {
        var query = $"format=png&scale=4&base={Uri.EscapeDataString(served)}";
        var png = await BytesAsync(query);
        Png(png, 4).ShouldBe(Modules(address));

        Assert.SkipWhen(Executables.Find("zbarimg") is null, "zbarimg is not installed");
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("code.png"), png, TestContext.Current.CancellationToken);
        (await Executables.RunAsync(Executables.Find("zbarimg")!, "--raw", "--quiet", folder.File("code.png"))).TrimEnd()
            .ShouldBe(address);
    }

    /// <summary>Phones read codes by libraries such as jsqr, which expects a quiet zone and whole modules.</summary>
    [Fact]
    [Trait("Category", "Long")]
    public async Task Second_decoder_reads_the_same_addresses()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var (npm, missing) = await NpmFolder.InstallAsync(cancellation, "jsqr@1.4.0", "pngjs@7.0.0");
        Assert.SkipWhen(npm is null, missing);
        using var folder = npm;
        foreach (var (served, address) in new[]
        {
            ("https://go.shop.example", "https://go.shop.example/r/mia-spring"),
            ("https://müller.example:8443/", "https://xn--mller-kva.example:8443/r/mia-spring"),
            ("https://日本語.example/größe", "https://xn--wgv71a119e.example/gr%C3%B6%C3%9Fe/r/mia-spring"),
        })
        {
            await File.WriteAllBytesAsync(npm.File("code.png"), await BytesAsync($"format=png&scale=4&base={Uri.EscapeDataString(served)}"), cancellation);
            (await npm.RunAsync(
                """
                import { readFileSync } from 'node:fs';
                import jsqr from 'jsqr';
                import { PNG } from 'pngjs';
                const image = PNG.sync.read(readFileSync(process.argv[2]));
                console.log((jsqr.default ?? jsqr)(new Uint8ClampedArray(image.data), image.width, image.height)?.data);
                """,
                cancellation, npm.File("code.png"))).ShouldBe(address);
        }
    }

    [Theory]
    [InlineData("/v1/links/none/qr", 404)]
    [InlineData("/v1/links/mia-spring/qr?format=gif", 400)]
    [InlineData("/v1/links/mia-spring/qr?scale=65", 400)]
    [InlineData("/v1/links/mia-spring/qr?base=javascript:alert(1)", 400)]
    [InlineData("/v1/links/mia-spring/qr?base=https://a.example/?x=1", 400)]
    public async Task Invalid_qr_code_requests_are_rejected(string path, int status) => (await host.GetAsync(path)).Status.ShouldBe(status);

    private Task<byte[]> BytesAsync(string query) => host.Http.GetByteArrayAsync(new Uri($"/v1/links/mia-spring/qr?{query}", UriKind.Relative), ReportingHost.Token);

    private static string Modules(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        return string.Join('\n', data.ModuleMatrix.Select(row => string.Concat(row.Cast<bool>().Select(dark => dark ? '#' : '.'))));
    }

    /// <summary>Reads the center of each module of an image with one bit per pixel.</summary>
    private static string Png(byte[] png, int scale = 1)
    {
        var (data, width, height) = (new MemoryStream(), 0, 0);
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var type = System.Text.Encoding.ASCII.GetString(png, at + 4, 4);
            if (type == "IHDR") (width, height) = (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at + 8)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at + 12)));
            if (type == "IHDR") (png[at + 16], png[at + 17]).ShouldBe(((byte)1, (byte)0), "one bit of grey a pixel");
            if (type == "IDAT") data.Write(png, at + 8, length);
            at += length + 12;
        }

        data.Position = 0;
        var raw = new MemoryStream();
        using (var inflated = new ZLibStream(data, CompressionMode.Decompress)) inflated.CopyTo(raw);
        var (rows, stride) = (raw.ToArray(), ((width + 7) / 8) + 1);
        return string.Join('\n', Enumerable.Range(0, height / scale).Select(y =>
        {
            var row = rows.AsSpan((y * scale + (scale / 2)) * stride, stride).ToArray();
            row[0].ShouldBe((byte)0, "no filter");
            return string.Concat(Enumerable.Range(0, width / scale).Select(x => x * scale + (scale / 2)).Select(x => (row[1 + (x / 8)] & (0x80 >> (x % 8))) == 0 ? '#' : '.'));
        }));
    }

    /// <summary>Reads runs of dark modules such as <c>M4 4h7v1h-7z</c> from an image with one unit per module.</summary>
    private static string Svg(string svg, int scale)
    {
        var root = XDocument.Parse(svg).Root!;
        var size = int.Parse(root.Attribute("viewBox")!.Value.Split(' ')[3], CultureInfo.InvariantCulture);
        root.Attribute("width")!.Value.ShouldBe((size * scale).ToString(CultureInfo.InvariantCulture));
        var rows = Enumerable.Range(0, size).Select(_ => Enumerable.Repeat('.', size).ToArray()).ToArray();
        var path = root.Elements().Single(element => element.Name.LocalName == "path").Attribute("d")!.Value;
        var runs = Regex.Matches(path, @"M(\d+) (\d+)h(\d+)v1h-\d+z");
        string.Concat(runs.Select(run => run.Value)).ShouldBe(path);
        foreach (Match run in runs)
        {
            int Of(int group) => int.Parse(run.Groups[group].Value, CultureInfo.InvariantCulture);
            for (var x = Of(1); x < Of(1) + Of(3); x++) rows[Of(2)][x] = '#';
        }
        return string.Join('\n', rows.Select(row => new string(row)));
    }
}
