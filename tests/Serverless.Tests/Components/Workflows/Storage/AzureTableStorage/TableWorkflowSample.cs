using Serverless.Components.Workflows.Storage.AzureTableStorage;

namespace Serverless.Tests.Components.Workflows.Storage.AzureTableStorage;

/// <summary>The longest keys there are.</summary>
internal sealed class TableWorkflowSample
{
    public const string ETag = "W/\"datetime'2026-11-20T05%3A14%3A35.6418729Z'\"";

    public string Partition { get; } = new WorkflowTableKeys(new string('/', 100)).Partition(new string('/', 200));
}
