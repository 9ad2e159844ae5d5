using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attribution.Host.Ingest.Webhooks;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Ingest.Webhooks;

/// <summary>
/// <c>docs/reference/webhooks.md</c> lists every member that a vendor's mapper reads, and no other; what is stored of a
/// rejected delivery has them too.
/// </summary>
public sealed partial class DocumentedMembersTests
{
    // Members that identify the buyer are not stored; the click's id of an address is.
    private static readonly string[] NotStored = ["customer_id", "landing_site", "customer", "orders_count", "customerKey", "message", "reason", "name", "key", "value"];

    // Members of a claim are stored within one only; a token is not stored.
    private static readonly string[] StoredInClaims =
        ["affiliateAttribution", "attribution", "first", "last", "provider", "publisher_id", "campaign_id", "sub_id", "token", "issued_at", "expires_at", "verified"];

    [Theory]
    [InlineData("Shopify")]
    [InlineData("WooCommerce")]
    [InlineData("Agentic")]
    public void Documented_members_are_those_read(string vendor) =>
        Documented(vendor).Order(StringComparer.Ordinal).ShouldBe(Read(vendor).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Shopify")]
    [InlineData("WooCommerce")]
    [InlineData("Agentic")]
    public void Stored_delivery_has_every_member_read(string vendor)
    {
        foreach (var member in Read(vendor).Except(NotStored).Except(StoredInClaims))
        {
            var sent = new JsonObject { ["list"] = "x", ["refunds"] = new JsonArray(new JsonObject { [member] = "1" }) };
            var stored = JsonNode.Parse(PayloadRedactor.Redact("shop", "", sent.Bytes()))!["payload"]!;
            ((string?)stored["refunds"]![0]![member]).ShouldBe("1", member);
        }
    }

    [Fact]
    public void Stored_delivery_has_reasons_of_adjustments_but_no_words_of_the_shop()
    {
        var sent = SampleOrders.Parse("""{"refunds":[{"reason":"Jane was angry"},{"reason":"Shipping refund"}]}""");
        JsonNode.Parse(PayloadRedactor.Redact("shop", "", sent.Bytes()))!["payload"]!.ToJsonString().ShouldBe("""{"refunds":[{},{"reason":"Shipping refund"}]}""");
    }

    /// <summary>Returns the names in the first columns of the vendor's tables.</summary>
    private static HashSet<string> Documented(string vendor)
    {
        var text = File.ReadAllText(Path.Combine(TestData.Repository, "docs", "reference", "webhooks.md"));
        var section = text.Split("\n## ").Single(part => part.StartsWith(vendor + "\n", StringComparison.Ordinal));
        return section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split(" | ")[0])
            .SelectMany(column => Quoted().Matches(column)).SelectMany(path => path.Groups[1].Value.Split('.', '[', ']'))
            .Where(name => name.Length > 0).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Returns the names that the vendor's source passes to a payload.</summary>
    private static HashSet<string> Read(string vendor)
    {
        var folder = Path.Combine(TestData.Repository, "src", "Attribution.Host", "Ingest", "Webhooks", vendor);
        var source = string.Concat(Directory.GetFiles(folder, "*.cs").Select(File.ReadAllText)).Replace("Meta,", "\"meta_data\",", StringComparison.Ordinal);
        // A list of names and values also names the member that has the name.
        return Reading().Matches(source).SelectMany(call => call.Groups["name"].Captures).Select(name => name.Value)
            .Concat(source.Contains("GetCodes(", StringComparison.Ordinal) ? ["code"] : [])
            .Concat(source.Contains("GetId(", StringComparison.Ordinal) ? ["value"] : [])
            .ToHashSet(StringComparer.Ordinal);
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("""\b(?:GetValue|GetId|Has)\(order, "(?<name>\w+)", "(?<name>\w+)", |\b(?:Text|RequiredText|Boolean|Amount|Minor|ExpandedObject|AmountOrZero|Time|GetTime|Object|Objects|RequiredObject|Has|Readable\w+|GetText|GetObject|GetAmount|GetCodes|GetCodeTexts|GetCustomerKey|GetClaimText|GetSecret|GetFlag)\((?:\w+, )?"(?<name>\w{2,})"[,)]""")]
    private static partial Regex Reading();
}
