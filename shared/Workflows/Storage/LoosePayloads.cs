namespace Serverless.Components.Workflows.Storage;

/// <summary>Payloads that were put before an instance that then was never created.</summary>
internal static class LoosePayloads
{
    /// <summary>How long they are kept. Nobody is that long between a payload and its instance.</summary>
    public static TimeSpan Age { get; } = TimeSpan.FromHours(1);
}
