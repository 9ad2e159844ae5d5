using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>Status of the customer of a conversion, with its basis.</summary>
/// <param name="Status">The result.</param>
/// <param name="IsReported">True if the shop reported it; false if it follows from the orders that are known.</param>
/// <param name="EarlierOrderAt">Time of the customer's first order, if that is another and earlier one.</param>
public readonly record struct KnownCustomer(CustomerStatus Status, bool IsReported, Timestamp? EarlierOrderAt);
