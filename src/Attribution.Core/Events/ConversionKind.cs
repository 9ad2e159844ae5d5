namespace Attribution.Core.Events;

/// <summary>The kinds of conversions.</summary>
public enum ConversionKind
{
    /// <summary>An order; counts as <c>orders</c> and <c>conversions</c>.</summary>
    Order = 1,

    /// <summary>A sign-up; counts as <c>leads</c>.</summary>
    Signup,

    /// <summary>A lead; counts as <c>leads</c>.</summary>
    Lead,
}
