namespace Attribution.Simulator;

/// <summary>Generates the counters of posts over time.</summary>
internal sealed class PostGenerator(GenerationContext context)
{
    private readonly SeededRandom random = context.Random;
    private readonly EventWriter writer = context.Writer;

    /// <summary>Adds the counters of posts.</summary>
    public List<SnapshotFact> Generate()
    {
        var snapshots = new List<SnapshotFact>();
        foreach (var link in context.Catalog.Links.Where(link => link.PostId is not null).Where((_, i) => i % 2 == 0))
        {
            var counters = new long[7];
            var at = context.RandomInstant();
            for (var i = random.Next(1, 9); i > 0; i--)
            {
                for (var c = 0; c < counters.Length; c++) counters[c] += random.Next(0, 9000) / (c + 1);
                if (random.Chance(10)) counters[2] = Math.Max(0, counters[2] - 50); // Likes removed.
                var id = context.NextId("g");
                context.Emit(id, at, writer.Engagement(
                    id, at, link.PostId!, link.Platform!, link.CreatorId, link.CampaignId, counters));
                var placement = new SimulatedPlacement(link.CampaignId, link.CreatorId);
                snapshots.Add(new SnapshotFact(link.PostId!, placement, id, at, [.. counters]));
                at = at + random.Next(TimeSpan.FromHours(3), TimeSpan.FromDays(3));
                if (at >= context.End) break;
            }
        }

        return snapshots;
    }
}
