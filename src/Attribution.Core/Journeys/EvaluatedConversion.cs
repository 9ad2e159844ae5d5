using Attribution.Core.Crediting;

namespace Attribution.Core.Journeys;

/// <summary>A conversion with its credits and their explanation, made by one evaluation.</summary>
/// <param name="Conversion">The conversion with its credits.</param>
/// <param name="Decision">The explanation of the credits.</param>
public sealed record EvaluatedConversion(Conversion Conversion, Decision Decision);
