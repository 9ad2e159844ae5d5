using System.Text.Json.Nodes;

namespace Attribution.Host.Tests.Ingest.Webhooks;

/// <summary>
/// Laws over random lives of an order: after any loss, repetition and order of arrival of its deliveries, the order is
/// what its newest delivered state is. <c>ATTRIBUTION_SHOP_LIVES</c> sets the number of lives of each vendor.
/// </summary>
public sealed class ShopOrderLawTests
{
    private static readonly int LifeCount =
        int.Parse(Environment.GetEnvironmentVariable("ATTRIBUTION_SHOP_LIVES") ?? "400", CultureInfo.InvariantCulture);

    private static readonly DateTime Start = new(2026, 11, 20, 10, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void WooCommerce_order_is_its_newest_delivered_state()
    {
        for (var seed = 1; seed <= LifeCount; seed++)
        {
            var random = new Random(seed);
            var (states, at) = (new List<State>(), Start);
            var current = new State(at, "pending", IsPaid: false, Goods: 100_00, []);
            for (var step = random.Next(2, 9); step > 0; step--)
            {
                // A deleted refund does not touch the order, and two changes may share a second.
                var deletes = current.Refunds.Count > 0 && random.Next(4) == 0;
                if (!deletes) at = at.AddSeconds(random.Next(3) * 600);
                current = (deletes ? 4 : random.Next(4)) switch
                {
                    0 => current with { At = at, Goods = random.Next(1, 300) * 50 },
                    1 => current with { At = at, Refunds = [.. current.Refunds, (step, random.Next(1, 60) * 100)] },
                    4 => current with { Refunds = current.Refunds.RemoveAt(random.Next(current.Refunds.Count)) },
                    _ => WithStatus(current, random) with { At = at },
                };
                states.Add(current);
            }

            Check(seed, random, states, (journey, state, receivedAt) => journey.Deliver("woocommerce", "order.updated", Payload(state), receivedAt), ordersSecond: false);
        }

        static State WithStatus(State state, Random random)
        {
            string[] statuses = ["pending", "on-hold", "processing", "completed", "cancelled", "failed", "trash", "rto"];
            var status = statuses[random.Next(statuses.Length)];
            return state with { Status = status, IsPaid = state.IsPaid || status == "completed" || (status == "processing" && random.Next(2) == 0) };
        }

        static JsonObject Payload(State state) => SampleOrders.WooCommerce().With(new JsonObject
        {
            ["status"] = state.Status, ["date_modified_gmt"] = state.At.ToString("s", CultureInfo.InvariantCulture),
            ["date_paid_gmt"] = state.IsPaid ? "2026-11-20T10:00:00" : null, ["total"] = Major(state.Goods),
            ["line_items"] = new JsonArray(new JsonObject { ["quantity"] = 1, ["subtotal"] = Major(state.Goods), ["total"] = Major(state.Goods) }),
            ["refunds"] = new JsonArray([.. state.Refunds.Select(refund => new JsonObject { ["id"] = refund.Id, ["total"] = Major(-refund.Amount) })]),
        });
    }

    [Fact]
    public void Shopify_order_is_its_newest_delivered_state()
    {
        for (var seed = 1; seed <= LifeCount; seed++)
        {
            var random = new Random(seed);
            var (states, at) = (new List<State>(), Start);
            var current = new State(at, "pending", IsPaid: true, Goods: 100_00, []);
            for (var step = random.Next(2, 9); step > 0; step--)
            {
                at = at.AddSeconds(random.Next(3) * 600);
                current = random.Next(5) switch
                {
                    0 => current with { Goods = random.Next(1, 300) * 50 },
                    1 => current with { Refunds = [.. current.Refunds, (step, random.Next(1, 60) * 100)] },
                    // Kept back afterwards: the refund stays, without goods.
                    2 when current.Refunds.Count > 0 => current with { Refunds = current.Refunds.SetItem(0, current.Refunds[0] with { Amount = 0 }) },
                    3 => current with { IsPaid = !current.IsPaid },
                    _ => current with { Status = ((string[])["pending", "authorized", "paid", "paid", "partially_refunded", "refunded", "voided"])[random.Next(7)] },
                };
                current = current with { At = at, Order = states.Count };
                states.Add(current);
            }

            Check(seed, random, states, Deliver, ordersSecond: true);

            void Deliver(ShopJourney journey, State state, int receivedAt)
            {
                journey.Deliver("shopify", "orders/updated", Payload(state), receivedAt, $"{state.At:s}.{state.Order:000}400500Z");
                if (state.Refunds.Count == 0 || state.Refunds[^1].Amount == 0 || random.Next(2) == 0) return;
                var refund = Refund(state, state.Refunds[^1]);
                refund["order_id"] = 1001;
                journey.Deliver("shopify", "refunds/create", refund, receivedAt);
            }
        }

        static JsonObject Payload(State state) => SampleOrders.Shopify().With(new JsonObject
        {
            ["financial_status"] = state.Status, ["updated_at"] = $"{state.At:s}Z", ["cancelled_at"] = state.IsPaid ? null : $"{state.At:s}Z",
            ["line_items"] = new JsonArray(new JsonObject { ["id"] = 1, ["price"] = Major(state.Goods), ["quantity"] = 1 }),
            ["refunds"] = new JsonArray([.. state.Refunds.Select(refund => Refund(state, refund))]),
        });

        static JsonObject Refund(State state, (int Id, int Amount) refund) => new()
        {
            ["id"] = refund.Id, ["created_at"] = $"{Start:s}Z", ["transactions"] = new JsonArray(new JsonObject { ["currency"] = "USD" }),
            ["order_adjustments"] = new JsonArray(new JsonObject { ["amount"] = Major(-refund.Amount) }),
        };
    }

    private static void Check(int seed, Random random, List<State> states, Action<ShopJourney, State, int> deliver, bool ordersSecond)
    {
        var told = states.Take(states.Count - 1).Where(_ => random.Next(4) != 0).Append(states[^1]).ToList();
        var arriving = told.Concat(told.Where(_ => random.Next(2) == 0)).ToArray();
        random.Shuffle(arriving);
        var journey = new ShopJourney();
        // Equal contents of one second are one state, received when it first was.
        var first = new Dictionary<string, (State State, int ReceivedAt)>();
        for (var i = 0; i < arriving.Length; i++)
        {
            deliver(journey, arriving[i], i);
            first.TryAdd(KeyOf(arriving[i]), (arriving[i], i));
        }

        var newest = first.Values.OrderBy(told => told.State.At).ThenBy(told => ordersSecond ? told.State.Order : told.ReceivedAt).Last().State;
        var expected = arriving.Any(IsOrder) ? (decimal?)NetOf(newest) : null;
        journey.Net.ShouldBe(expected, $"seed {seed}: {string.Join(" | ", arriving.Select(state => $"{state.At:T} {state.Status} {state.Goods} {state.IsPaid} {string.Join(',', state.Refunds)}"))}");
    }

    /// <summary>Returns whether a state reports the order itself, not only that it does not count.</summary>
    private static bool IsOrder(State state) => Paid.Contains(state.Status) || (state.IsPaid && !IsShopify(state));

    private static bool IsCanceled(State state) => !IsOrder(state) || Lost.Contains(state.Status) || (IsShopify(state) && !state.IsPaid);

    private static decimal NetOf(State state) =>
        IsCanceled(state) ? 0 : (state.Goods - Math.Min(state.Goods, state.Refunds.Sum(refund => refund.Amount))) / 100m;

    private static string KeyOf(State state) => $"{state.At:O} {state.Order} {IsOrder(state)} {IsCanceled(state)} "
        + (IsOrder(state) ? $"{state.Goods} {string.Join(',', state.Refunds)}" : "");

    private static bool IsShopify(State state) => state.Order >= 0;

    private static readonly string[] Paid = ["processing", "completed", "paid", "partially_refunded", "refunded"];
    private static readonly string[] Lost = ["cancelled", "failed", "trash", "pending"];

    private static string Major(int cents) => (cents / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>A state of an order. For Shopify, <c>IsPaid</c> means that it is not canceled.</summary>
    private sealed record State(DateTime At, string Status, bool IsPaid, int Goods, System.Collections.Immutable.ImmutableList<(int Id, int Amount)> Refunds, int Order = -1);
}
