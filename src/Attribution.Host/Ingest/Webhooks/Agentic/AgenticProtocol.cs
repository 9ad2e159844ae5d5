namespace Attribution.Host.Ingest.Webhooks.Agentic;

/// <summary>A protocol by which agents buy at a shop.</summary>
internal enum AgenticProtocol
{
    /// <summary>Agentic Commerce Protocol (agenticcommerce.dev), version 2026-04-17.</summary>
    Acp = 1,

    /// <summary>Universal Commerce Protocol (ucp.dev), version 2026-08-22.</summary>
    Ucp,
}
