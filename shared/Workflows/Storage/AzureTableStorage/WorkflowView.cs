namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>What a commit must know of an instance: its guards, and what is in the inbox while its guard is unchanged.</summary>
/// <param name="Meta">The instance.</param>
/// <param name="Guard">What tells of appends; null when the instance has ended.</param>
/// <param name="Inbox">Ids of all messages.</param>
internal sealed record WorkflowView(WorkflowMetaRow Meta, WorkflowGuard? Guard, IReadOnlyCollection<string> Inbox);
