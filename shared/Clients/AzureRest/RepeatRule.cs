using Azure.Core;

namespace Serverless.Components.Clients.AzureRest;

/// <summary>When a request may be sent once more.</summary>
internal sealed class RepeatRule
{
    private RepeatRule()
    {
    }

    /// <summary>After any passing trouble: a second execution changes nothing.</summary>
    public static RepeatRule Freely { get; } = new();

    /// <summary>Only when it is certain that it was not executed: not sent, or refused by a service that is busy.</summary>
    public static RepeatRule IfNotExecuted { get; } = new();

    /// <summary>Never, also not when the service is busy: the caller has its own rhythm.</summary>
    public static RepeatRule Never { get; } = new();

    /// <summary>The rule of a message; <see cref="IfNotExecuted"/> when it has none.</summary>
    public static RepeatRule Of(HttpMessage message) =>
        message.TryGetProperty(typeof(RepeatRule), out var rule) && rule is RepeatRule known ? known : IfNotExecuted;

    /// <summary>Gives a message this rule.</summary>
    public void Set(HttpMessage message) => message.SetProperty(typeof(RepeatRule), this);
}
