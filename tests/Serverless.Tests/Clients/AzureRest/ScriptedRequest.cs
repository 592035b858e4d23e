namespace Serverless.Tests.Clients.AzureRest;

/// <summary>A request as it came over the wire.</summary>
internal sealed record ScriptedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);
