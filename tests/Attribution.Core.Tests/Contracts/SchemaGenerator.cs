using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Core.Tests.Contracts;

/// <summary>
/// Generates the files of <c>schemas/</c>: shapes from the records of the contracts, descriptions from their doc
/// comments, and additional rules of the reader from <see cref="EventLimits"/> and from the rules below.
/// </summary>
internal static class SchemaGenerator
{
    private static readonly XDocument Docs = XDocument.Load(Path.ChangeExtension(typeof(ClickEvent).Assembly.Location, ".xml"));

    private static readonly string[] Ids =
        ["id", "source", "visitorId", "clickId", "orderId", "conversionId", "refundId", "paymentId", "postId", "customerKey", "subscription",
            "provider", "publisherId", "providerCampaignId", "subId"];

    /// <summary>The types of events.</summary>
    public static readonly (string Name, Type Record)[] Events =
    [
        ("click", typeof(ClickEvent)), ("visit", typeof(VisitEvent)), ("redemption", typeof(RedemptionEvent)),
        ("conversion", typeof(ConversionEvent)), ("refund", typeof(RefundEvent)),
        ("payment", typeof(PaymentEvent)), ("engagement", typeof(EngagementEvent)), ("referral", typeof(ReferralEvent)),
    ];

    private static readonly (string Name, Type Record)[] Items =
    [
        ("creator", typeof(CreatorItem)), ("brand", typeof(BrandItem)), ("campaign", typeof(CampaignItem)), ("link", typeof(LinkItem)),
        ("code", typeof(CodeItem)), ("utm-rule", typeof(UtmRuleItem)), ("agreement", typeof(AgreementItem)), ("cost", typeof(CostItem)),
        ("fx-rate", typeof(FxRateItem)), ("monthly-net", typeof(MonthlyNetItem)), ("publisher", typeof(PublisherItem)),
    ];

    /// <summary>Returns every file by its path under <c>schemas/</c>.</summary>
    public static IEnumerable<(string Path, JsonObject Schema)> All() =>
    [
        .. Events.Select(type => ($"events/{type.Name}.schema.json", ForEvent(type.Name, type.Record))),
        .. Items.Select(kind => ($"catalog/{kind.Name}.schema.json", ForItem(kind.Name, kind.Record))),
    ];

    private static JsonObject ForEvent(string type, Type record)
    {
        var schema = Export(record);
        var members = schema["properties"]!.AsObject();
        members["type"] = new JsonObject { ["const"] = type, ["description"] = "The type of the event." };
        schema["required"]!.AsArray().Insert(0, "type");
        foreach (var (name, member) in members) Constrain(name, member!.AsObject(), type);
        var rules = Rules(type);
        if (rules.Count > 0) schema["allOf"] = rules;
        return WithHeader($"urn:attribution:event:{type}:{EventPack.CurrentSchema}", type, record, schema);
    }

    private static JsonObject ForItem(string kind, Type record)
    {
        var schema = Export(record);
        var id = schema["properties"]!["id"]!.AsObject();
        id["pattern"] = record == typeof(MonthlyNetItem) ? "^[a-z0-9._-]{1,72}$" : "^[a-z0-9._-]{1,64}$";
        return WithHeader($"urn:attribution:catalog:{kind}:1", kind, record, schema);
    }

    private static JsonObject WithHeader(string id, string title, Type record, JsonObject schema)
    {
        var headed = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = id,
            ["title"] = title,
            ["description"] = Summary(record),
        };
        foreach (var (name, value) in schema.ToList())
        {
            schema.Remove(name);
            headed[name] = value;
        }
        return headed;
    }

    private static JsonObject Export(Type record) =>
        ContractsJson.Default.Options.GetJsonSchemaAsNode(record, new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) =>
            {
                if (node is not JsonObject schema) return node;
                if (schema["default"] is null) schema.Remove("default");
                // The exporter omits the text form of nullable amounts.
                if (context.PropertyInfo?.PropertyType == typeof(decimal?)) schema["type"] = new JsonArray("number", "string", "null");
                if (context.PropertyInfo is { } property && DescriptionOf(property.DeclaringType, property.Name) is { } text) schema["description"] = text;
                return schema;
            },
        }).AsObject();

    private static void Constrain(string name, JsonObject member, string type)
    {
        var optional = member["type"] is JsonArray types && types.Any(word => word!.GetValue<string>() == "null");
        switch (name)
        {
            case "token" or "parameters":
                Text(EventLimits.Url);
                if (name == "parameters") member["not"] = EmailAddress();
                break;
            case "occurredAt" or "stateAt" or "expiresAt":
                member["pattern"] = @"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$";
                break;
            case "link" or "brandId" or "creatorId" or "campaignId" or "platform":
                Text(EventLimits.Name);
                break;
            case "url":
                Text(EventLimits.Url);
                member["pattern"] = @"^[Hh][Tt][Tt][Pp][Ss]?://[^/?#\s]";
                break;
            case "referrer":
                member["maxLength"] = EventLimits.Url;
                break;
            case "userAgent":
                member["maxLength"] = EventLimits.UserAgent;
                break;
            case "ip":
                member["maxLength"] = EventLimits.Ip;
                break;
            case "codes":
                member["maxItems"] = EventLimits.Codes;
                member["items"] = new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = EventLimits.Code, ["pattern"] = @"\S" };
                break;
            case "refundIds":
                member["maxItems"] = EventLimits.RefundIds;
                member["items"] = new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = EventLimits.Id, ["pattern"] = @"\S" };
                break;
            case "lines":
                member["maxItems"] = EventLimits.Lines;
                break;
            case "currency":
                PlainText([.. Currency.Known.Select(currency => currency.Code)]);
                break;
            case "gross" or "discount" or "tax" or "shipping" or "amount":
                member["type"] = optional ? new JsonArray("number", "string", "null") : new JsonArray("number", "string");
                member["minimum"] = 0;
                member["pattern"] = @"^[0-9]+(\.[0-9]+)?$";
                break;
            case "label":
                PlainText("bot", "prefetch", "head", "assistant");
                break;
            case "kind":
                PlainText(type == "refund" ? ["refund", "cancel", "chargeback"] : ["order", "signup", "lead"]);
                break;
            case "basis":
                PlainText("goods", "total");
                break;
            case "impressions" or "reach" or "likes" or "comments" or "shares" or "saves" or "views" or "followers":
                member["minimum"] = 0;
                member["maximum"] = EventLimits.Counter;
                break;
            case var _ when Ids.Contains(name):
                Text(EventLimits.Id);
                if (name is "customerKey" or "provider" or "publisherId" or "providerCampaignId" or "subId") member["not"] = EmailAddress();
                break;
        }

        JsonObject EmailAddress() => new() { ["type"] = "string", ["pattern"] = @"[^@\s]@[^@\s]+\.[^@\s]" };

        void Text(int limit) => (member["minLength"], member["maxLength"], member["pattern"]) = (1, limit, @"\S");

        void PlainText(params string[] words) => member["enum"] = new JsonArray([.. words.Select(word => (JsonNode?)word), .. optional ? [(JsonNode?)null] : Array.Empty<JsonNode?>()]);
    }

    // The members that a kind requires and those that it excludes.
    private static JsonArray Rules(string type) => type switch
    {
        "conversion" =>
        [
            When("kind", "order", Require("orderId", "currency", "gross"), Forbid("conversionId")),
            When("kind", "signup", Require("conversionId"), Forbid("orderId"), Forbid("refundIds"), Forbid("subscription"), Forbid("renewal"), Forbid("lines")),
            When("kind", "lead", Require("conversionId"), Forbid("orderId"), Forbid("refundIds"), Forbid("subscription"), Forbid("renewal"), Forbid("lines")),
            .. new[] { "gross", "discount", "tax", "shipping" }.Select(money => WhenPresent(money, "currency")),
            WhenPresent("currency", "gross"),
            WhenPresent("refundIds", "stateAt"),
        ],
        "referral" =>
        [
            new JsonObject { ["if"] = Forbid("provider"), ["then"] = Require("parameters") },
            new JsonObject
            {
                ["if"] = Forbid("provider"),
                ["then"] = new JsonObject { ["properties"] = new JsonObject { ["parameters"] = new JsonObject { ["pattern"] = @"[A-Za-z]=[^&\s]" } } },
            },
        ],
        "redemption" => [WhenPresent("refundIds", "stateAt")],
        "refund" =>
        [
            UnlessVoid(When("kind", "refund", Require("currency", "amount"), AboveZero("amount"))),
            UnlessVoid(When("kind", "chargeback", Require("currency", "amount"), AboveZero("amount"))),
            WhenPresent("amount", "currency"),
        ],
        "payment" =>
        [
            .. new[] { "gross", "discount", "tax", "shipping" }.Select(money => WhenPresent(money, "currency")),
            WhenPresent("currency", "gross"),
        ],
        _ => [],
    };

    private static JsonObject When(string member, string word, params JsonObject[] then) => new()
    {
        ["if"] = new JsonObject { ["properties"] = new JsonObject { [member] = new JsonObject { ["const"] = word } }, ["required"] = new JsonArray(member) },
        ["then"] = then.Length == 1 ? then[0] : new JsonObject { ["allOf"] = new JsonArray([.. then]) },
    };

    private static JsonObject UnlessVoid(JsonObject rule)
    {
        rule["if"]!["properties"]!["void"] = new JsonObject { ["not"] = new JsonObject { ["const"] = true } };
        return rule;
    }

    private static JsonObject WhenPresent(string member, string required) => new() { ["if"] = Require(member), ["then"] = Require(required) };

    private static JsonObject Require(params string[] members) => new()
    {
        ["required"] = new JsonArray([.. members.Select(member => (JsonNode)member)]),
        ["properties"] = new JsonObject(members.Select(member => KeyValuePair.Create(member, (JsonNode?)new JsonObject { ["not"] = new JsonObject { ["type"] = "null" } }))),
    };

    private static JsonObject Forbid(string member) => new() { ["properties"] = new JsonObject { [member] = new JsonObject { ["type"] = "null" } } };

    private static JsonObject AboveZero(string member) =>
        new() { ["properties"] = new JsonObject { [member] = new JsonObject { ["exclusiveMinimum"] = 0, ["pattern"] = "[1-9]" } } };

    private static string? Summary(Type record) => Docs.Descendants("member").FirstOrDefault(member => (string?)member.Attribute("name") == $"T:{record.FullName}")
        ?.Element("summary") is { } summary ? PlainText(summary) : null;

    private static string? DescriptionOf(Type record, string member) => Docs.Descendants("member")
        .Where(type => (string?)type.Attribute("name") == $"T:{record.FullName}")
        .SelectMany(type => type.Elements("param"))
        .FirstOrDefault(param => JsonNamingPolicy.CamelCase.ConvertName((string)param.Attribute("name")!) == member) is { } found ? PlainText(found) : null;

    private static string PlainText(XElement element)
    {
        var text = string.Concat(element.Nodes().Select(node => node switch
        {
            XText plain => plain.Value,
            XElement { Name.LocalName: "paramref" } reference => JsonNamingPolicy.CamelCase.ConvertName((string)reference.Attribute("name")!),
            XElement { Name.LocalName: "see" } reference => ((string)reference.Attribute("cref")!).Split('.')[^1],
            XElement other => PlainText(other),
            _ => "",
        }));
        return Regex.Replace(text, @"\s+", " ").Trim();
    }
}
