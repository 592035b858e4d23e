namespace Serverless.Tests.Components.Workflows.Storage.AzureTableStorage;

/// <summary>The process has died, so that nothing can react to it.</summary>
internal sealed class CutException : Exception;
