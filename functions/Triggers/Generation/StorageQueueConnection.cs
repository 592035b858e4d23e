namespace Serverless.Functions.Triggers.Generation;

/// <summary>The settings by which a queue trigger finds the storage account of a component.</summary>
/// <remarks>Functions docs: functions-bindings-storage-queue-trigger, "Connections".</remarks>
internal static class StorageQueueConnection
{
    private const string Domain = "queue.core.windows.net";

    public static SettingGroup Of(TriggerSource source)
    {
        var group = source.OwnSettings;
        if (source.Find("connectionString") is { } connectionString)
        {
            return SettingGroup.OfConnectionString(connectionString.EnvironmentVariable ?? group, "storage account");
        }

        // The host signs with a key only if it stands in a connection string.
        return source.Find("accountKey", "accessKey", "storageAccessKey", "storageAccountKey") is not null
            ? SettingGroup.OfConnectionString(group, "storage account")
            : SettingGroup.OfIdentity(group, "queueServiceUri", Address(source), ClientId.Of(source));
    }

    private static string Address(TriggerSource source) =>
        source.Find("queueEndpointUrl", "endpoint", "storageEndpoint", "storageAccountEndpoint")?.Value is { } endpoint && !endpoint.Contains('?', StringComparison.Ordinal) ? endpoint
        : source.Find("accountName", "storageAccount", "storageAccountName")?.Value is { } account ? $"https://{account}.{Domain}"
        : $"<https://account.{Domain}>";
}
