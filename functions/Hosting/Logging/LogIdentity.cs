namespace Serverless.Functions.Hosting.Logging;

/// <summary>The fields that are the same in every line.</summary>
internal sealed record LogIdentity(string AppId, string Instance, string Version);
