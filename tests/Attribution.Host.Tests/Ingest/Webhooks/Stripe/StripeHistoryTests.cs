using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Core.Values;

namespace Attribution.Host.Tests.Ingest.Webhooks.Stripe;

/// <summary>
/// Random histories of an order's payment against a plain model: one-time payments, subscriptions and trials, before and
/// since API version 2025-03-31, refunds and disputes in all their states, deliveries repeated and in any order.
/// </summary>
public sealed class StripeHistoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly CatalogSnapshot Catalog = CatalogSnapshot.Create(
        new(1, new Dictionary<CatalogRef, ICatalogItem> { [new(CatalogKind.Brands, "default")] = new BrandItem("default", "Glow") }.ToImmutableDictionary(), []));

    [Fact]
    public void Order_is_what_its_history_left_of_it() => Check(1, 300);

    [Fact]
    [Trait("Category", "Long")]
    public void Order_is_what_each_of_2000_histories_left_of_it() => Check(1, 2_000);

    private static void Check(int first, int count)
    {
        for (var seed = first; seed < first + count; seed++)
        {
            var history = new History(new Random(seed));
            var conversion = Process(history.Deliver()).ShouldHaveSingleItem($"seed {seed}");
            (conversion.Key, conversion.Gross - conversion.Discount, conversion.Refunds)
                .ShouldBe(("o:" + history.OrderId, history.Net, history.Refunds), $"seed {seed}: {history}");
        }
    }

    private static IReadOnlyList<Conversion> Process(IEnumerable<JsonObject> deliveries)
    {
        var ids = new IdGenerator(TimeProvider.System);
        var load = new JourneyLoad(ImmutableHashSet<Guid>.Empty, new Dictionary<AliasKey, Guid>(), new Dictionary<Guid, StoredJourney>());
        var planner = new JourneyPlanner(load, Catalog, ids.Next);
        var received = Start.AddDays(300);
        foreach (var json in deliveries.SelectMany(delivery => StripeDelivery.Map(delivery)).Select(mapped => mapped.ToJson()))
        {
            received = received.AddSeconds(1);
            var read = EventReader.ReadStrict(json, new EventContext("shop", "default", received, TimeSpan.FromDays(400)));
            planner.Add(read.Event.ShouldNotBeNull($"{read.Fault}"));
        }

        return [.. planner.ToCommit(new Timestamp(0)).Journeys.SelectMany(stored => stored.Journey.Conversions)];
    }

    /// <summary>A history, and what should be left of its order.</summary>
    private sealed class History
    {
        private readonly Random random;
        private readonly List<JsonObject> deliveries = [];
        private readonly long total;
        private long paidBack;
        private int events;

        public History(Random random)
        {
            this.random = random;
            var isBasil = random.Next(2) == 0;
            var mode = random.Next(3);
            var (net, tax, shipping) = (random.NextInt64(1, 20_000), random.NextInt64(0, 4_000), random.NextInt64(0, 1_000));
            (Net, total) = (net, net + tax + shipping);
            var money = Session(net, tax, shipping);
            switch (mode)
            {
                case 0:
                    OrderId = "shop:pi_1";
                    Tell("checkout.session.completed", "checkout.session", 0, money.With(new JsonObject { ["payment_intent"] = "pi_1", ["mode"] = "payment", ["payment_status"] = "paid" }));
                    break;
                case 1:
                    OrderId = "shop:in_1";
                    Tell("checkout.session.completed", "checkout.session", 0, money.With(Subscribed("in_1")));
                    Pay("in_1", "subscription_create", "pi_1", "ch_1", isBasil, 0, net, tax, shipping);
                    Pay("in_2", "subscription_cycle", "pi_2", "ch_2", isBasil, 30, 7_777, 0, 0);
                    if (random.Next(2) == 0) Refund("re_later", "pi_2", 31, 7_777, "succeeded");
                    break;
                default:
                    OrderId = "shop:in_0";
                    Tell("checkout.session.completed", "checkout.session", 0, Session(0, 0, 0).With(Subscribed("in_0")).With(new JsonObject { ["payment_status"] = "no_payment_required" }));
                    Pay("in_1", random.Next(2) == 0 ? "subscription_cycle" : "subscription_update", "pi_1", "ch_1", isBasil, 14, net, tax, shipping);
                    Pay("in_2", "subscription_cycle", "pi_2", "ch_2", isBasil, 44, 7_777, 0, 0);
                    break;
            }

            for (var i = random.Next(4); i > 0; i--) TellRefund($"re_{i}", 15 + i);
            if (random.Next(3) == 0) TellDispute();
        }

        public string OrderId { get; }

        public long Net { get; }

        public long Refunds => paidBack >= total ? Net : (long)decimal.Round((decimal)paidBack * Net / total, MidpointRounding.ToEven);

        /// <summary>Returns the deliveries, some of them twice, in any order.</summary>
        public JsonObject[] Deliver()
        {
            var arriving = deliveries.Concat(deliveries.Where(_ => random.Next(2) == 0)).ToArray();
            random.Shuffle(arriving);
            return arriving;
        }

        public override string ToString() => string.Join("\n", deliveries.Select(delivery => delivery.ToJsonString()));

        private static JsonObject Session(long net, long tax, long shipping) => new()
        {
            ["currency"] = "usd", ["created"] = Start.ToUnixTimeSeconds(), ["customer"] = "cus_1", ["discounts"] = new JsonArray(), ["metadata"] = new JsonObject(),
            ["amount_subtotal"] = net, ["amount_total"] = net + tax + shipping,
            ["total_details"] = new JsonObject { ["amount_discount"] = 0, ["amount_shipping"] = shipping, ["amount_tax"] = tax },
            ["shipping_cost"] = new JsonObject { ["amount_subtotal"] = shipping, ["amount_tax"] = 0, ["amount_total"] = shipping },
        };

        private static JsonObject Subscribed(string invoice) => new()
        {
            ["mode"] = "subscription", ["payment_status"] = "paid", ["payment_intent"] = null, ["invoice"] = invoice, ["subscription"] = "sub_1",
        };

        /// <summary>Tells of a paid invoice as the API version does.</summary>
        private void Pay(string id, string reason, string intent, string charge, bool isBasil, int day, long net, long tax, long shipping)
        {
            var invoice = new JsonObject
            {
                ["id"] = id, ["object"] = "invoice", ["status"] = "paid", ["billing_reason"] = reason, ["currency"] = "usd", ["customer"] = "cus_1",
                ["created"] = Start.AddDays(day).ToUnixTimeSeconds(), ["subtotal"] = net, ["subtotal_excluding_tax"] = net,
                ["total"] = net + tax + shipping, ["total_excluding_tax"] = net + shipping, ["amount_shipping"] = shipping,
            };
            var mustLink = true;
            if (isBasil)
            {
                invoice["parent"] = new JsonObject { ["type"] = "subscription_details", ["subscription_details"] = new JsonObject { ["subscription"] = "sub_1" } };
                Tell("invoice_payment.paid", null, day, new JsonObject
                {
                    ["id"] = "inpay_" + id, ["invoice"] = id, ["currency"] = "usd", ["amount_paid"] = net,
                    ["payment"] = new JsonObject { ["type"] = "payment_intent", ["payment_intent"] = intent },
                });
                mustLink = false;
            }
            else
            {
                (invoice["subscription"], invoice["tax"]) = ("sub_1", tax);
                if (random.Next(2) == 0)
                {
                    Tell("charge.succeeded", null, day, new JsonObject { ["id"] = charge, ["payment_intent"] = intent, ["invoice"] = id });
                    mustLink = false;
                }

                if (mustLink || random.Next(2) == 0) (invoice["payment_intent"], invoice["charge"]) = (intent, charge);
            }

            Tell("invoice.paid", null, day, invoice);
        }

        private void TellRefund(string id, int day)
        {
            var amount = random.NextInt64(1, total + 1);
            if (random.Next(2) == 0) Refund(id, "pi_1", day, amount, "pending");
            var hasSucceeded = random.Next(4) != 0;
            if (hasSucceeded) Refund(id, "pi_1", day, amount, "succeeded");
            if (random.Next(hasSucceeded ? 3 : 1) == 0) Refund(id, "pi_1", day + random.Next(3), amount, random.Next(2) == 0 ? "failed" : "canceled");
            else paidBack += amount;
        }

        private void TellDispute()
        {
            Dispute("needs_response", 20);
            if (random.Next(3) == 0)
            {
                Dispute("won", 40);
                return;
            }

            Dispute("lost", 40);
            if (random.Next(3) == 0) Dispute("won", 41);
            else paidBack += total;
        }

        private void Refund(string id, string intent, int day, long amount, string status) => Tell(status == "failed" ? "refund.failed" : "refund.updated", "refund", day, new JsonObject
        {
            ["id"] = id, ["payment_intent"] = intent, ["amount"] = amount, ["currency"] = "usd", ["status"] = status, ["created"] = Start.AddDays(15).ToUnixTimeSeconds(),
        });

        private void Dispute(string status, int day) => Tell("charge.dispute.closed", "dispute", day, new JsonObject
        {
            ["id"] = "dp_1", ["payment_intent"] = "pi_1", ["amount"] = total, ["currency"] = "usd", ["status"] = status,
        });

        private void Tell(string type, string? subject, int day, JsonObject members)
        {
            var told = subject is null
                ? PublishedPayloads.StripeEvent(type, "refund", []).With(new JsonObject { ["data"] = new JsonObject { ["object"] = members } })
                : PublishedPayloads.StripeEvent(type, subject, members);
            deliveries.Add(told.With(new JsonObject { ["id"] = $"evt_{++events}", ["created"] = Start.AddDays(day).ToUnixTimeSeconds() + 60 }));
        }
    }
}
