using Attribution.Contracts.Catalog;

namespace Attribution.Simulator;

/// <summary>UTM parameters with the placement they belong to; null if they belong to none.</summary>
internal sealed record LandingFact(UtmItem Utm, SimulatedPlacement? Placement);
