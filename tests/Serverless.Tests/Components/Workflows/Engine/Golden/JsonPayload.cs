namespace Serverless.Tests.Components.Workflows.Engine.Golden;

/// <summary>A type of the user's own.</summary>
internal sealed record JsonPayload(string Text, int Number);
