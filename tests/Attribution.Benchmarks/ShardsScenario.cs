using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Attribution.Benchmarks;

/// <summary>
/// How evenly a sharded store's keys spread what is written, for a market in which one creator has 30 % of all clicks and the others what Zipf's law
/// leaves them. Counts the documents written to each shard for 1,000,000 events, 2 % of them orders with numbers that count up, of visitors who come three times
/// on average; hashed keys fall into equal ranges of 64 bits, as MongoDB parts them, ranged ones into chunks that were cut evenly by what was there
/// before. Then, how many rollup documents a fold writes, whatever comes in. No store runs: it is arithmetic, from a seed.
/// </summary>
internal static class ShardsScenario
{
    private const int Events = 1_000_000;
    private const int EventsPerPack = 100;
    private const int EventsPerCommit = 500;
    private const int OrdersEvery = 50;
    private const int Brands = 50;
    private const int Creators = 2_000;
    private const double GreatestCreator = 0.30;
    private const double FoldSeconds = 2;
    private static readonly int[] Shards = [4, 16, 64];
    private static readonly WeightedChoice BrandsBySize = new(Brands, 0);

    public static void Run()
    {
        Console.WriteLine($"{Events:N0} events of {Brands} brands and {Creators:N0} creators, the greatest with {GreatestCreator:P0} of the clicks; the greatest shard over the mean:");
        Console.WriteLine($"{"",-64} {"documents",10} {string.Join(' ', Shards.Select(count => $"{count + " shards",10}"))}");
        foreach (var (name, written) in Keys())
        {
            var all = written.ToList();
            var ratios = Shards.Select(count =>
            {
                var by = new int[count];
                foreach (var place in all) by[(int)Math.Min(count - 1, place * count)]++;
                return string.Create(CultureInfo.InvariantCulture, $"{by.Max() * (double)count / all.Count,10:N2}");
            });
            Console.WriteLine($"{name,-64} {all.Count,10:N0} {string.Join(' ', ratios)}");
        }

        Console.WriteLine();
        Console.WriteLine($"rollup documents written a second, one brand, today, a fold each {FoldSeconds} s:");
        foreach (var rate in (int[])[1_000, 10_000, 100_000, 1_000_000])
        {
            var random = new Random(2);
            var creators = new WeightedChoice(Creators, GreatestCreator);
            var cells = Enumerable.Range(0, (int)(rate * FoldSeconds)).Select(_ => creators.Next(random)).Distinct().Count();
            Console.WriteLine($"{rate,10:N0} events/s {cells / FoldSeconds,10:N0}");
        }
    }

    /// <summary>Where in its key's space, from 0 to below 1, each document is that the events have written.</summary>
    private static IEnumerable<(string Name, IEnumerable<double> Places)> Keys()
    {
        yield return ("journeys, _id hashed", Market().Select(one => Hashed($"journey {one.Visitor}")));
        yield return ("aliases, _id hashed", Market().Select(one => one.Visitor).Distinct().Select(visitor => Hashed($"alias v:{visitor}")));
        yield return ("packs, _id hashed", Enumerable.Range(0, Events / EventsPerPack).Select(pack => Hashed($"pack {pack}")));
        yield return ("deltas, _id hashed", Enumerable.Range(0, Events / EventsPerCommit).Select(commit => Hashed($"delta {commit}")));
        // Shops count their orders from 1 each: brands share numbers, and their places.
        yield return ("ledger, conversion hashed", Orders().Select(order => Hashed($"order {order.Number}")));
        yield return ("ledger by brand and conversion, ranges (for comparison: do not)", Orders().Select(order => Ranged(order.Brand)));
        yield return ("rollups and their sums, brand and day, ranges, before folding", Market().Select(one => Ranged(one.Brand)));
        yield return ("journeys by creator, hashed (for comparison: do not)", Market().Select(one => Hashed($"creator {one.Creator}")));
    }

    private static IEnumerable<(int Brand, int Number)> Orders()
    {
        var numbers = new int[Brands];
        return Market().Where((_, i) => i % OrdersEvery == 0).Select(one => (one.Brand, ++numbers[one.Brand]));
    }

    private static IEnumerable<(int Visitor, int Brand, int Creator)> Market()
    {
        var random = new Random(1);
        var creators = new WeightedChoice(Creators, GreatestCreator);
        for (var i = 0; i < Events; i++)
        {
            // A visitor is one brand's.
            var visitor = random.Next(Events / 3);
            yield return (visitor, BrandsBySize.Next(new Random(visitor)), creators.Next(random));
        }
    }

    private static double Hashed(string key) => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(key))) / (double)ulong.MaxValue;

    /// <summary>Chunks hold as much of the past each; what is new of a brand, today's or the next number's, comes at the end of what the brand has.</summary>
    private static double Ranged(int brand) => BrandsBySize.UpTo(brand) - 1e-9;

    /// <summary>Chooses by Zipf's law, where the first may have a share of its own.</summary>
    private sealed class WeightedChoice
    {
        private readonly double[] upTo;

        public WeightedChoice(int count, double first)
        {
            var rest = Enumerable.Range(1, count).Select(rank => first > 0 && rank == 1 ? 0 : 1.0 / rank).ToArray();
            var sum = rest.Sum();
            var shares = rest.Select((share, i) => first > 0 && i == 0 ? first : share / sum * (1 - first));
            double before = 0;
            upTo = [.. shares.Select(share => before += share)];
        }

        public int Next(Random random)
        {
            var at = Array.BinarySearch(upTo, random.NextDouble());
            return Math.Min(at < 0 ? ~at : at, upTo.Length - 1);
        }

        /// <summary>The share of all up to a place, with it.</summary>
        public double UpTo(int place) => upTo[place];
    }
}
