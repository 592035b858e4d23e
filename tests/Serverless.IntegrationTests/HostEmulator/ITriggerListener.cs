namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>Brings the events of one function.</summary>
internal interface ITriggerListener
{
    /// <summary>Runs until cancelled, and then drops everything as a killed host does: nothing under way is settled.</summary>
    Task RunAsync(CancellationToken killed);
}
