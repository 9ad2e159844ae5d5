namespace Attribution.Host.Observability;

/// <summary>
/// Creates the series of a stage that alerts watch with the value 0, once the export has started. A counter that appears
/// with its first value has not increased, so that an alert on its increase would miss the first burst.
/// </summary>
internal delegate void CreateWatchedSeries();
