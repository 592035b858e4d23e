namespace Serverless.Functions.Samples;

/// <summary>What someone is to approve.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="TimeoutSeconds">How long there is for it.</param>
internal sealed record ApprovalRequest(string Subject, double TimeoutSeconds = 86_400);
