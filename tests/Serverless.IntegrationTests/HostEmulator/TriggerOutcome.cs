namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>How a triggered invocation ended.</summary>
public enum TriggerOutcome
{
    /// <summary>2xx with a JSON object.</summary>
    Succeeded,

    /// <summary>No 2xx, a body the host cannot read, or no connection: the trigger delivers again.</summary>
    Failed,

    /// <summary>The function's timeout passed (an empty 2xx counts as no answer): the handler was killed.</summary>
    TimedOut,
}
