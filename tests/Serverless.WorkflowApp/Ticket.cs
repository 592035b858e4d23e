namespace Serverless.WorkflowApp;

/// <summary>What <see cref="Draw"/> gives: no two draws give the same, so that a second result shows.</summary>
internal sealed record Ticket(string InstanceId, int Number, Guid Id);
