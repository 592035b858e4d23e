namespace Serverless.Tests.Clients.AzureIdentity;

/// <summary>Tests that change the process's environment, because Azure.Identity reads some of it by itself; nothing runs beside them.</summary>
[CollectionDefinition(nameof(ProcessEnvironment), DisableParallelization = true)]
public sealed class ProcessEnvironment
{
#pragma warning disable RS0030 // What the app's own lookup does.
    /// <summary>Looks up a variable; null when it is not set.</summary>
    public static string? Read(string name) => Environment.GetEnvironmentVariable(name);
#pragma warning restore RS0030
}
