using System.Text.Json.Nodes;

namespace Attribution.Host.Tests.Ingest.Webhooks.Agentic;

/// <summary>
/// 2,000 random orders of both protocols with random adjustments, built from goods: the net is the signed sum of the
/// goods of the order and of its completed adjustments, whichever of its states arrive in which order.
/// </summary>
public sealed class AgenticLawTests
{
    private const int OrderCount = 2_000;

    [Fact]
    public void Net_is_the_signed_sum_of_goods()
    {
        for (var seed = 1; seed <= OrderCount; seed++)
        {
            var random = new Random(seed);
            var order = new RandomOrder(random, seed % 2 == 0 ? "acp" : "ucp");
            var states = new List<JsonObject>();
            for (var step = random.Next(1, 6); step > 0; step--)
            {
                order.Change();
                states.Add(order.ToDelivery(states.Count));
            }

            var newest = states[^1];
            var arriving = states.Where(state => state == newest || random.Next(3) != 0).ToArray();
            random.Shuffle(arriving);
            var journey = new ShopJourney();
            for (var i = 0; i < arriving.Length; i++) journey.Deliver(order.Protocol, "", arriving[i], receivedAt: i);
            AgenticDelivery.Map(order.Protocol, newest).UnusedLines.ShouldBeEmpty($"seed {seed}: {newest.ToJsonString()}");
            Math.Abs((journey.Net!.Value * 100) - order.Net).ShouldBeLessThanOrEqualTo(order.IsExact ? 0 : 2, $"seed {seed}: {newest.ToJsonString()}");
        }
    }

    /// <summary>An order whose goods are known. Amounts are minor units; tax is a rate on goods, and perhaps on shipping.</summary>
    private sealed class RandomOrder
    {
        private readonly Random random;
        private readonly List<(string Id, int Price, int Discount, int Pieces)> lines = [];
        private readonly Dictionary<string, int> left = [];
        private readonly List<Adjustment> adjustments = [];
        private readonly decimal rate;
        private readonly int shipping;
        private readonly bool isShippingTaxed;

        public RandomOrder(Random random, string protocol)
        {
            (this.random, Protocol) = (random, protocol);
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                var price = random.Next(20, 4_000) * 50;
                lines.Add(($"li_{i}", price, random.Next(3) == 0 ? random.Next(1, price / 2) : 0, random.Next(1, 5)));
                left[$"li_{i}"] = lines[^1].Pieces;
            }

            (rate, isShippingTaxed) = (random.Next(4) == 0 ? 0 : random.Next(5, 25) / 100m, random.Next(2) == 0);
            // No price of goods, with or without tax.
            shipping = random.Next(3) == 0 ? 0 : random.Next(100, 900);
        }

        public string Protocol { get; }

        /// <summary>Gets whether every adjustment names its goods. The tax in a sum is rounded.</summary>
        public bool IsExact => adjustments.TrueForAll(one => one.IsExact);

        public decimal Net => Goods + adjustments.Where(one => one.Status == "completed").Sum(one => one.Goods);

        private decimal Goods => lines.Sum(line => (decimal)(line.Price - line.Discount) * line.Pieces);

        private decimal Tax => Math.Round((Goods + (isShippingTaxed ? shipping : 0)) * rate);

        public void Change()
        {
            if (adjustments.Count > 0 && random.Next(3) == 0)
            {
                // Changed in place.
                adjustments[random.Next(adjustments.Count)].Status = ((string[])["pending", "completed", "failed"])[random.Next(3)];
                return;
            }

            var open = lines.Where(line => left[line.Id] > 0).ToList();
            if (open.Count == 0) return;
            var (id, price, discount, _) = open[random.Next(open.Count)];
            var count = random.Next(1, left[id] + 1);
            var goods = (decimal)(price - discount) * count;
            switch (random.Next(6))
            {
                case 0 when Protocol == "ucp":
                    Add("exchange", goods, Lines(id, count), [("total", goods + Math.Round(goods * rate))]);
                    break;
                case 1 when Protocol == "ucp":
                    left[id] -= count;
                    Add("return", -goods, Lines(id, -count), [("subtotal", goods), ("tax", Math.Round(goods * rate)), ("total", -goods - Math.Round(goods * rate))]);
                    break;
                case 2 when shipping > 0 && !adjustments.Exists(one => one.Goods == 0):
                    Add("refund", 0, null, [("total", -(decimal)shipping)]);
                    break;
                case 3 when !isShippingTaxed:
                    // A part of a piece, known only by its sum.
                    var part = Math.Round(goods / 3) + 1_000;
                    if (part > goods) break;
                    left[id] -= count;
                    Add("price_adjustment", -part, null, [("total", -part - Math.Round(part * rate))], isExact: rate == 0);
                    break;
                default:
                    left[id] -= count;
                    string[] types = ["refund", "credit", "return", "dispute", "word of its own"];
                    Add(types[random.Next(types.Length)], -goods, Lines(id, -count), [("total", -goods - Math.Round(goods * rate))]);
                    break;
            }
        }

        public JsonObject ToDelivery(int number)
        {
            var isAcp = Protocol == "acp";
            var sign = isAcp ? 1 : -1;
            var (gross, discount) = (lines.Sum(line => line.Price * line.Pieces), lines.Sum(line => line.Discount * line.Pieces));
            var totals = Totals([("subtotal", isAcp ? Goods : gross), ("fulfillment", shipping), ("tax", Tax), ("total", Goods + shipping + Tax)]);
            if (isAcp) totals.Insert(0, Total("items_base_amount", gross));
            if (discount > 0) totals.Insert(1, Total("items_discount", sign * discount));
            var order = new JsonObject
            {
                ["id"] = "ord_1", ["totals"] = totals,
                ["line_items"] = new JsonArray([.. lines.Select(line => new JsonObject
                {
                    ["id"] = line.Id, ["quantity"] = new JsonObject { [isAcp ? "ordered" : "original"] = line.Pieces, [isAcp ? "current" : "total"] = Math.Max(1, left[line.Id]) },
                    ["totals"] = line.Discount == 0
                        ? Totals([("subtotal", line.Price * line.Pieces)])
                        : Totals([("subtotal", line.Price * line.Pieces), ("items_discount", sign * line.Discount * line.Pieces), ("total", (line.Price - line.Discount) * line.Pieces)]),
                })]),
                ["adjustments"] = new JsonArray([.. adjustments.Select(one => one.ToJson(isAcp))]),
            };
            if (!isAcp) order["currency"] = "USD";
            return new() { ["order"] = order, ["currency"] = isAcp ? "usd" : null, ["stateAt"] = $"2026-11-24T10:{number:00}:00Z" };
        }

        private void Add(string type, decimal goods, JsonArray? pieces, (string Type, decimal Amount)[] totals, bool isExact = true) =>
            adjustments.Add(new($"adj_{adjustments.Count}", type, goods, pieces, totals, isExact) { Status = random.Next(4) == 0 ? "pending" : "completed" });

        private static JsonArray Lines(string id, int count) => [new JsonObject { ["id"] = id, ["quantity"] = count }];
    }

    private static JsonArray Totals((string Type, decimal Amount)[] totals) => [.. totals.Select(one => Total(one.Type, one.Amount))];

    private static JsonObject Total(string type, decimal amount) => new() { ["type"] = type, ["amount"] = (long)amount };

    private sealed record Adjustment(string Id, string Type, decimal Goods, JsonArray? Pieces, (string Type, decimal Amount)[] Totals, bool IsExact)
    {
        public required string Status { get; set; }

        public JsonObject ToJson(bool isAcp)
        {
            var json = new JsonObject
            {
                ["id"] = Id, ["type"] = Type, ["status"] = Status, ["occurred_at"] = "2026-11-24T09:00:00Z", ["line_items"] = Pieces?.DeepClone(),
            };
            if (!isAcp) return json.With(new JsonObject { ["totals"] = AgenticLawTests.Totals(Totals) });
            json["amount"] = (long)Math.Abs(Totals.Single(one => one.Type == "total").Amount);
            json["currency"] = "usd";
            foreach (var line in json["line_items"]?.AsArray() ?? []) line!["quantity"] = Math.Abs((int)line["quantity"]!);
            return json;
        }
    }
}
