namespace Serverless.Functions.Samples;

/// <summary>The payload of the event <c>Approval</c>.</summary>
/// <param name="Approved">Yes or no.</param>
/// <param name="By">Who said so.</param>
internal sealed record ApprovalDecision(bool Approved, string By = "");
