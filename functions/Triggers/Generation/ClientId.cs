namespace Serverless.Functions.Triggers.Generation;

/// <summary>The user-assigned identity that a component names.</summary>
internal static class ClientId
{
    /// <summary>The id, what to put there, or null for the identity of the app itself.</summary>
    public static string? Of(TriggerSource source) =>
        source.Find("azureClientId", "spnClientId", "clientId") is { } item ? item.Value ?? "<client id of the identity>" : null;
}
