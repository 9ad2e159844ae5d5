using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rollups;

/// <summary>The fold of one brand's deltas into its rollups.</summary>
internal static class SqliteRollupFold
{
    /// <summary>The number of cells, about 20 MiB, after which a fold reads no further delta.</summary>
    private const int MaxCellsPerFold = 20_000;

    /// <summary>
    /// Folds a brand's oldest deltas into its rollups: counts unmatched names, adds the other sums, writes a manifest
    /// and deletes the deltas.
    /// </summary>
    /// <returns>The number of folded deltas; 0 if none waited.</returns>
    public static int FoldBrand(SqliteSession session, string brand, int limit, Timestamp at)
    {
        var sums = new MeasureSums();
        var folded = new List<long>();
        var deltas = session["SELECT seq, sums FROM deltas WHERE brand = ? ORDER BY seq LIMIT ?"]
            .Bind(1, brand).Bind(2, limit);
        while (sums.Cells.Count < MaxCellsPerFold && deltas.Step())
        {
            folded.Add(deltas.Int64(0));
            MeasureCodec.AddTo(sums, brand, deltas.Blob(1));
        }
        deltas.Reset();
        if (folded.Count == 0) return 0;
        sums.DropZeros();

        SqliteUnmatchedTable.MoveFrom(session, sums);
        var documents = new DocumentWriter();
        SqliteRollupTable.Add(session, sums, documents);
        // Deltas that cancel out need no manifest.
        if (sums.Cells.Count > 0) SqliteManifestTable.Insert(session, brand, at, sums, documents);
        var delete = session["DELETE FROM deltas WHERE seq = ?"];
        foreach (var seq in folded) delete.Bind(1, seq).Run();
        return folded.Count;
    }
}
