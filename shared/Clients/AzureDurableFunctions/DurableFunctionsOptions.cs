using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureDurableFunctions;

/// <summary>Where a Durable Functions app is managed, and what proves to it who asks.</summary>
internal sealed record DurableFunctionsOptions
{
    /// <summary>The base address, <c>https://…/runtime/webhooks/durabletask</c>.</summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>The task hub; null means the app's own.</summary>
    public string? TaskHub { get; init; }

    /// <summary>The app setting that names the hub's storage; null means the app's own.</summary>
    public string? Connection { get; init; }

    /// <summary>The system key of the Durable Functions extension; null sends none.</summary>
    public string? Code { get; init; }

    /// <summary>Tokens of Microsoft Entra, for an app behind App Service authentication; null sends none.</summary>
    public TokenCredential? Credential { get; init; }

    /// <summary>What the tokens are for, such as <c>api://…/.default</c>.</summary>
    public string? Scope { get; init; }

    /// <summary>How long one operation may take, with all its attempts.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What carries requests; null means connections of the client's own.</summary>
    public HttpPipelineTransport? Transport { get; init; }
}
