namespace Attribution.Core.Values;

/// <summary>A run whose pieces do not all get the same share: its first pieces get one unit more.</summary>
/// <param name="Run">The index of the run.</param>
/// <param name="ExtraCount">The number of pieces that get one unit more; 0: no run is uneven.</param>
public readonly record struct UnevenRun(int Run, int ExtraCount);
