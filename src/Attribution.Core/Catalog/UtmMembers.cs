using Attribution.Core.Events;

namespace Attribution.Core.Catalog;

/// <summary>The members of a <see cref="Utm"/> that have a value.</summary>
[Flags]
internal enum UtmMembers
{
    None = 0,
    Source = 1,
    Medium = 2,
    Campaign = 4,
    Content = 8,
    Term = 16,
    Id = 32,
}
