using System.Numerics;

namespace Attribution.TestKit.Twin;

/// <summary>
/// The subject of a number of the rollups. <paramref name="Model"/> is empty for numbers independent of the model;
/// campaign and creator are empty for the unattributed; a campaign <c>?link</c>, <c>?utm</c>, <c>?code</c> or
/// <c>?rate</c> counts a name that matched nothing.
/// </summary>
public sealed record TwinCell(string Brand, DateOnly Day, string Campaign, string Creator, string Model, string Measure)
{
    public override string ToString() =>
        $"{Brand} {Day:yyyy-MM-dd} {(Campaign == "" ? "unattributed" : $"{Campaign}/{Creator}")} {Model} {Measure}";
}

/// <summary>The subject of ledger lines.</summary>
public sealed record TwinLedgerKey(string Brand, string Conversion, DateOnly OrderDay, DateOnly EntryDay, TwinPlacement Placement);

/// <summary>The sum of ledger lines: net in minor units, micros and commission.</summary>
public sealed record TwinLedgerSum(BigInteger Amount, BigInteger Micros, BigInteger Commission);

/// <summary>
/// The contribution of one conversion or post to an agreement, net of refunds; 0 if canceled. <paramref name="Kind"/>
/// is <c>order</c>, <c>lead</c> or <c>post</c>.
/// </summary>
public sealed record TwinAccrual(
    string Agreement, string Key, string Kind, long At, DateOnly Day, BigInteger Net, BigInteger Micros, BigInteger Commission);

/// <summary>The results of the twin.</summary>
public sealed class TwinResult
{
    /// <summary>The placement of the brand's total: every conversion once, attributed or not.</summary>
    public static readonly TwinPlacement Total = new("*", "");

    /// <summary>Gets the cells that are not 0.</summary>
    public Dictionary<TwinCell, BigInteger> Cells { get; } = [];

    /// <summary>Gets the expected sums of the ledger's lines that are not 0.</summary>
    public Dictionary<TwinLedgerKey, TwinLedgerSum> Ledger { get; } = [];

    /// <summary>Gets the accruals of agreements.</summary>
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
