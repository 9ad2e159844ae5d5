using System.Numerics;

namespace Attribution.TestKit.Twin;

/// <summary>A number of the rollups. <paramref name="Model"/> is empty for what is the same under every model; campaign and creator are empty for the unattributed; a campaign of <c>?link</c>, <c>?utm</c>, <c>?code</c> or <c>?rate</c> counts a name that nothing matched.</summary>
public sealed record TwinCell(string Brand, DateOnly Day, string Campaign, string Creator, string Model, string Measure)
{
    public override string ToString() => $"{Brand} {Day:yyyy-MM-dd} {(Campaign == "" ? "unattributed" : $"{Campaign}/{Creator}")} {Model} {Measure}";
}

/// <summary>What the lines of the ledger are about.</summary>
public sealed record TwinLedgerKey(string Brand, string Conversion, DateOnly OrderDay, DateOnly EntryDay, TwinPlacement Placement);

/// <summary>What lines of the ledger come to: net in minor units, micros and commission.</summary>
public sealed record TwinLedgerSum(BigInteger Amount, BigInteger Micros, BigInteger Commission);

/// <summary>What one conversion or post is to an agreement: refunds taken off, nothing of what was cancelled. <paramref name="Kind"/> is <c>order</c>, <c>lead</c> or <c>post</c>.</summary>
public sealed record TwinAccrual(string Agreement, string Key, string Kind, long At, DateOnly Day, BigInteger Net, BigInteger Micros, BigInteger Commission);

/// <summary>All that the twin comes to.</summary>
public sealed class TwinResult
{
    /// <summary>Stands for the brand as a whole: every conversion once, attributed or not.</summary>
    public static readonly TwinPlacement Total = new("*", "");

    /// <summary>The cells that are not 0.</summary>
    public Dictionary<TwinCell, BigInteger> Cells { get; } = [];

    /// <summary>What the ledger's lines must sum to; sums that are not 0.</summary>
    public Dictionary<TwinLedgerKey, TwinLedgerSum> Ledger { get; } = [];

    /// <summary>What agreements reckon with.</summary>
    public List<TwinAccrual> Accruals { get; } = [];

    /// <summary>Adds to the ledger's sums.</summary>
    public void AddToLedger(TwinLedgerKey line, TwinLedgerSum entry)
    {
        var before = Ledger.GetValueOrDefault(line, new(0, 0, 0));
        var sum = new TwinLedgerSum(before.Amount + entry.Amount, before.Micros + entry.Micros, before.Commission + entry.Commission);
        if (sum == new TwinLedgerSum(0, 0, 0)) Ledger.Remove(line);
        else Ledger[line] = sum;
    }

    /// <summary>Adds to a cell.</summary>
    public void Add(string brand, DateOnly day, TwinPlacement? placement, string model, string measure, BigInteger value)
    {
        var cell = new TwinCell(brand, day, placement?.Campaign ?? "", placement?.Creator ?? "", model, measure);
        var sum = Cells.GetValueOrDefault(cell) + value;
        if (sum == 0) Cells.Remove(cell);
        else Cells[cell] = sum;
    }
}
