using System.Text;
using System.Text.Json;
using Attribution.Host.Ingest.Webhooks;
using Attribution.Host.Ingest.Webhooks.Generic;
using Attribution.Host.Ingest.Webhooks.Shopify;
using Attribution.Host.Ingest.Webhooks.Stripe;
using Attribution.TestKit;
using Microsoft.AspNetCore.Http;

namespace Attribution.Host.Tests.Ingest.Webhooks;

/// <summary>Signature checks, with published vectors and the published rules of rejection.</summary>
public sealed class SignatureTests
{
    private static readonly JsonElement Vectors = JsonDocument.Parse(File.ReadAllText(TestData.Path("webhooks/hmac_vectors.json"))).RootElement;

    public static TheoryData<string> Names => [.. Vectors.GetProperty("vectors").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Published_vector_verifies_and_any_change_of_it_fails(string name)
    {
        var vector = Vectors.GetProperty("vectors").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);
        var (key, claim, body) = Read(vector);
        WebhookSignature.IsValid(key, claim, body).ShouldBeTrue();
        WebhookSignature.IsValid([.. key, 1], claim, body).ShouldBeFalse();
        WebhookSignature.IsValid(key, claim, [.. body, (byte)' ']).ShouldBeFalse();
        WebhookSignature.IsValid(key, claim with { Prefix = claim.Prefix + "0" }, body).ShouldBeFalse();
        for (var i = 0; i < 32; i++)
        {
            var changed = claim.Digests[0].ToArray();
            changed[i] ^= 1;
            WebhookSignature.IsValid(key, claim with { Digests = [changed] }, body).ShouldBeFalse();
        }

        WebhookSignature.IsValid(key, claim with { Digests = [claim.Digests[0][..31]] }, body).ShouldBeFalse();
        WebhookSignature.IsValid(key, claim with { Digests = [] }, body).ShouldBeFalse();
    }

    [Fact]
    public void Last_character_of_a_signature_is_significant()
    {
        var rule = Rule("last character");
        IsValid(rule.GetProperty("header").GetString()!).ShouldBeFalse();
    }

    [Fact]
    public void One_valid_signature_among_several_is_sufficient()
    {
        var prefix = Rule("several space separated").GetProperty("header_prefix").GetString()!;
        IsValid(prefix + Vector.GetProperty("expected").GetString()).ShouldBeTrue();
        IsValid(prefix).ShouldBeFalse();
        // A digest of another version is ignored, even if it is correct.
        Should.Throw<SignatureRejectedException>(() => IsValid(Vector.GetProperty("expected").GetString()!.Replace("v1,", "v2,", StringComparison.Ordinal)));
    }

    [Fact]
    public void Svix_names_of_the_headers_are_accepted()
    {
        var signature = Vector.GetProperty("expected").GetString()!;
        var headers = new HeaderDictionary();
        foreach (var (name, value) in Headers(signature))
            headers[name.Replace("webhook-", "svix-", StringComparison.Ordinal)] = value;
        var vendor = new GenericVendor(1);
        bool IsValidNow() => WebhookSignature.IsValid(
            vendor.DecodeSecret(Vector.GetProperty("secret").GetString()!)!, vendor.ReadSignature(headers), Encoding.UTF8.GetBytes(Vector.GetProperty("body").GetString()!));
        IsValidNow().ShouldBeTrue();

        // The standard's names take precedence.
        headers["webhook-signature"] = signature;
        Should.Throw<SignatureRejectedException>(() => vendor.ReadSignature(headers)).Message.ShouldContain("webhook-id");
        headers.Remove("webhook-signature");
        headers.Remove("svix-id");
        Should.Throw<SignatureRejectedException>(() => vendor.ReadSignature(headers)).Message.ShouldContain("svix-id");
    }

    [Theory]
    [InlineData("webhook-id")]
    [InlineData("webhook-timestamp")]
    [InlineData("webhook-signature")]
    public void Missing_header_is_rejected(string name)
    {
        var headers = Headers(Vector.GetProperty("expected").GetString()!);
        headers.Remove(name);
        Should.Throw<SignatureRejectedException>(() => new GenericVendor(1).ReadSignature(headers)).Reason.ShouldBe("signature_missing");
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-1")]
    [InlineData("1614265330.5")]
    [InlineData("99999999999999999999")]
    public void Nonnumeric_timestamp_is_rejected(string time)
    {
        var headers = Headers(Vector.GetProperty("expected").GetString()!);
        headers["webhook-timestamp"] = time;
        Should.Throw<SignatureRejectedException>(() => new GenericVendor(1).ReadSignature(headers)).Reason.ShouldBe("signature_malformed");
        Should.Throw<SignatureRejectedException>(() => new StripeVendor().ReadSignature(new HeaderDictionary { ["Stripe-Signature"] = $"t={time},v1={new string('a', 64)}" }))
            .Reason.ShouldBe("signature_malformed");
    }

    [Fact]
    public void Secret_may_lack_padding_but_must_not_be_empty()
    {
        new GenericVendor(1).DecodeSecret("whsec_" + Convert.ToBase64String(new byte[31]).TrimEnd('=')).ShouldBe(new byte[31]);
        new GenericVendor(1).DecodeSecret("whsec_").ShouldBeNull();
        new GenericVendor(1).DecodeSecret("whsec_!!").ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("t=1614265330")]
    [InlineData("v1=abc")]
    [InlineData("t=1614265330,v1=xyz")]
    [InlineData("t=1614265330,v0=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd")]
    public void Incomplete_Stripe_signature_is_rejected(string header) =>
        Should.Throw<SignatureRejectedException>(() => new StripeVendor().ReadSignature(new HeaderDictionary { ["Stripe-Signature"] = header }));

    [Fact]
    public void Shopify_signature_that_is_not_base64_is_rejected() =>
        Should.Throw<SignatureRejectedException>(() => new ShopifyVendor().ReadSignature(new HeaderDictionary { ["X-Shopify-Hmac-Sha256"] = "%%%" })).Reason.ShouldBe("signature_malformed");

    private static JsonElement Vector => Vectors.GetProperty("vectors").EnumerateArray().Single(one => one.GetProperty("scheme").GetString() == "standard-webhooks");

    private static JsonElement Rule(string note) =>
        Vectors.GetProperty("negative_and_rules").EnumerateArray().Single(one => one.GetProperty("note").GetString()!.Contains(note, StringComparison.Ordinal));

    private static bool IsValid(string header)
    {
        var (vendor, body) = (new GenericVendor(1), Encoding.UTF8.GetBytes(Vector.GetProperty("body").GetString()!));
        return WebhookSignature.IsValid(vendor.DecodeSecret(Vector.GetProperty("secret").GetString()!)!, vendor.ReadSignature(Headers(header)), body);
    }

    private static HeaderDictionary Headers(string signature) => new()
    {
        ["webhook-id"] = Vector.GetProperty("msg_id").GetString(),
        ["webhook-timestamp"] = Vector.GetProperty("timestamp").GetInt64().ToString(CultureInfo.InvariantCulture),
        ["webhook-signature"] = signature,
    };

    private static (byte[] Key, SignatureClaim Claim, byte[] Body) Read(JsonElement vector)
    {
        string Text(string name) => vector.GetProperty(name).GetString()!;
        switch (Text("scheme"))
        {
            case "shopify":
                var shopify = new ShopifyVendor();
                return (shopify.DecodeSecret(Text("secret_utf8"))!, shopify.ReadSignature(new HeaderDictionary { [Text("header")] = Text("expected_base64") }), Encoding.UTF8.GetBytes(Text("body")));
            case "standard-webhooks":
                var generic = new GenericVendor(1);
                return (generic.DecodeSecret(Text("secret"))!, generic.ReadSignature(Headers(Text("expected"))), Encoding.UTF8.GetBytes(Text("body")));
            case "hex":
                return (Encoding.UTF8.GetBytes(Text("secret_utf8")), new SignatureClaim("", [Convert.FromHexString(Text("expected_hex"))]), Encoding.UTF8.GetBytes(Text("body")));
            default:
                return (Convert.FromHexString(Text("key_hex")), new SignatureClaim("", [Convert.FromHexString(Text("expected_hex"))]), Convert.FromHexString(Text("data_hex")));
        }
    }
}
