using Attribution.Contracts;

namespace Attribution.Host.Ingest;

/// <summary>A message in the spool.</summary>
/// <param name="Sequence">Its place in the order.</param>
/// <param name="Bytes">Its size in the file.</param>
/// <param name="Pack">The message; null when this version cannot read it.</param>
internal sealed record SpooledPack(long Sequence, long Bytes, EventPack? Pack);
