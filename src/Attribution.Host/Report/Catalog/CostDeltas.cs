using Attribution.Core.Costs;
using Attribution.Core.Rollups;

namespace Attribution.Host.Report.Catalog;

/// <summary>What the costs' measures change by from one catalog to another: the difference of one pure function, as with journeys.</summary>
internal static class CostDeltas
{
    public static MeasureSums Between(Core.Catalog.Catalog before, Core.Catalog.Catalog after)
    {
        var deltas = CostMeasures.Of(after);
        deltas.Add(CostMeasures.Of(before), -1);
        return deltas.DropZeros();
    }
}
