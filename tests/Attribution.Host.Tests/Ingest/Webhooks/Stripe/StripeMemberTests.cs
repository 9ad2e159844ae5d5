using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attribution.Host.Ingest.Webhooks;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Ingest.Webhooks.Stripe;

/// <summary>
/// The documented list of members against the mapper: every listed member changes what some payload is mapped to, and no
/// other does.
/// </summary>
public sealed partial class StripeMemberTests
{
    private const string Metadata = """{"atr_vid":"v-1","atr_cid":"k-1","gift":"yes"}""";

    private static readonly (string Object, string Type, string Members)[] Samples =
    [
        ("session", "checkout.session.completed", """{"payment_intent":"pi_1","invoice":"in_1","subscription":"sub_1","customer":"cus_1","metadata":""" + Metadata + "}"),
        ("session", "checkout.session.completed", """{"payment_intent":null,"client_reference_id":"atr_v-1","discounts":[{"coupon":"SALE","promotion_code":{"id":"promo_1","code":"MIA10"}}]}"""),
        ("session", "checkout.session.completed", """{"amount_total":null,"total_details":{"amount_discount":100,"amount_shipping":500,"amount_tax":20},"shipping_cost":null}"""),
        ("session", "checkout.session.async_payment_succeeded", """{"created":1772531000}"""),
        ("invoice", "invoice.paid", """{"billing_reason":"subscription_create","subscription":"sub_1","payment_intent":"pi_1","charge":"ch_1","metadata":""" + Metadata + "}"),
        ("invoice", "invoice.paid", """{"billing_reason":"subscription_create","subscription":"sub_1","subscription_details":{"metadata":""" + Metadata + "}}"),
        ("invoice", "invoice.paid", """{"billing_reason":"subscription_create","parent":{"type":"subscription_details","subscription_details":{"subscription":"sub_1","metadata":""" + Metadata + "}}}"),
        ("invoice", "invoice.paid", """{"subscription":"sub_1","total_excluding_tax":null,"tax":100}"""),
        ("invoice", "invoice.paid", """{"subscription":"sub_1","total_excluding_tax":null,"total_taxes":[{"amount":100,"tax_behavior":"exclusive"}],"amount_shipping":500}"""),
        ("invoice", "invoice.paid", """{"subscription":"sub_1","total_excluding_tax":null,"total_tax_amounts":[{"amount":100}],"shipping_cost":{"amount_subtotal":500,"amount_tax":100,"amount_total":600}}"""),
        ("invoice", "invoice.paid", """{"payments":{"data":[{"id":"inpay_1","payment":{"type":"payment_intent","payment_intent":"pi_1","charge":"ch_1"}}]}}"""),
        ("invoice_payment", "invoice_payment.paid", """{"id":"inpay_1","amount_paid":100,"invoice":"in_1","payment":{"type":"payment_intent","payment_intent":"pi_1","charge":"ch_1"}}"""),
        ("charge", "charge.succeeded", """{"id":"ch_1","amount":100,"currency":"usd","payment_intent":"pi_1","invoice":"in_1"}"""),
        ("charge", "payment_intent.succeeded", """{"id":"pi_1","amount":100,"currency":"usd","latest_charge":"ch_1","invoice":"in_1"}"""),
        ("charge", "charge.refunded", """{"id":"ch_1","amount":100,"refunds":{"object":"list","data":[{"id":"re_1","amount":100,"currency":"usd","created":1772531000,"charge":"ch_1"}]}}"""),
        ("refund", "refund.created", """{"payment_intent":"pi_1"}"""),
        ("refund", "refund.created", """{"payment_intent":null}"""),
        ("dispute", "charge.dispute.closed", """{"payment_intent":"pi_1","status":"lost"}"""),
        ("dispute", "charge.dispute.closed", """{"payment_intent":null,"status":"lost"}"""),
    ];

    [Fact]
    public void Documented_members_are_those_that_are_read()
    {
        var read = Samples.SelectMany(sample => FindReadMembers(Create(sample), sample.Object)).ToHashSet(StringComparer.Ordinal);
        var documented = ReadDocument();
        documented.Count.ShouldBeGreaterThan(60);
        read.Where(member => !documented.Exists(listed => Covers(listed, member))).ShouldBeEmpty("read, but not documented");
        documented.Where(listed => !read.Any(member => Covers(listed, member))).ShouldBeEmpty("documented, but not read");
    }

    private static JsonObject Create((string Object, string Type, string Members) sample)
    {
        var members = JsonNode.Parse(sample.Members)!.AsObject();
        return sample.Object switch
        {
            "session" => PublishedPayloads.StripeSession(members).With(new JsonObject { ["type"] = sample.Type }),
            "refund" or "dispute" => PublishedPayloads.StripeEvent(sample.Type, sample.Object, members),
            "invoice" => Wrap(new JsonObject
            {
                ["id"] = "in_1", ["object"] = "invoice", ["status"] = "paid", ["billing_reason"] = "subscription_cycle", ["currency"] = "usd", ["customer"] = "cus_1",
                ["created"] = 1_772_531_000, ["subtotal"] = 10_000, ["subtotal_excluding_tax"] = 10_500, ["total"] = 10_000, ["total_excluding_tax"] = 9_000,
                ["amount_due"] = 10_000, ["amount_paid"] = 10_000, ["number"] = "A-1", ["customer_email"] = "bob@mail.example.com",
            }.With(members)),
            _ => Wrap(members),
        };

        JsonObject Wrap(JsonObject subject) =>
            PublishedPayloads.StripeEvent(sample.Type, "refund", []).With(new JsonObject { ["data"] = new JsonObject { ["object"] = subject } });
    }

    /// <summary>Returns the members of which a change or removal changes the result.</summary>
    private static IEnumerable<string> FindReadMembers(JsonObject payload, string name)
    {
        var before = Describe(payload);
        foreach (var (path, steps) in Leaves(payload, "", []).ToList())
        {
            if (!Changes(steps).Any(changed => Describe(changed) != before)) continue;
            yield return path.StartsWith(".data.object.", StringComparison.Ordinal) ? name + path[".data.object".Length..] : "event" + path;
        }

        IEnumerable<JsonObject> Changes(object[] steps)
        {
            foreach (var text in new[] { "x_1", "setup" }) yield return Change(steps, _ => text);
            yield return Change(steps, old => old is JsonValue value && value.TryGetValue(out long number) ? number + 7 : old is JsonValue flag && flag.TryGetValue(out bool known) ? !known : "y_1");
            yield return Change(steps, _ => null);
        }

        JsonObject Change(object[] steps, Func<JsonNode?, JsonNode?> change)
        {
            var copy = payload.DeepClone();
            var parent = steps[..^1].Aggregate(copy, (node, step) => step is int index ? node[index]! : node[(string)step]!);
            if (steps[^1] is int last) parent[last] = change(parent[last]);
            else parent[(string)steps[^1]] = change(parent[(string)steps[^1]]);
            return copy.AsObject();
        }
    }

    private static IEnumerable<(string Path, object[] Steps)> Leaves(JsonNode? node, string path, object[] steps) => node switch
    {
        JsonObject json => json.SelectMany(member => Leaves(member.Value, $"{path}.{member.Key}", [.. steps, member.Key])),
        JsonArray list => list.SelectMany((item, i) => Leaves(item, path + "[]", [.. steps, i])),
        // A null member is absent.
        null => [],
        _ => [(path, steps)],
    };

    private static string Describe(JsonObject payload)
    {
        try
        {
            return string.Join('\n', StripeDelivery.MapJson(payload));
        }
        catch (UnmappableDeliveryException e)
        {
            return $"{e.Fault.Reason} {e.Fault.Pointer}";
        }
    }

    private static List<string> ReadDocument()
    {
        var text = File.ReadAllText(Path.Combine(TestData.Repository, "docs", "reference", "webhooks.md"));
        var section = text[text.IndexOf("### Stripe: members read", StringComparison.Ordinal)..text.IndexOf("## Agentic", StringComparison.Ordinal)];
        return [.. Row().Matches(section).Select(row => row.Groups[1].Value)];
    }

    private static bool Covers(string listed, string member) =>
        member == listed || member.StartsWith(listed + ".", StringComparison.Ordinal);

    [GeneratedRegex(@"^\| `([a-z_.\[\]]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
