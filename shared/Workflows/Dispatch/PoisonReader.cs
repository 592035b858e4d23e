using Microsoft.Extensions.Logging;
using Serverless.Components.Registry;

namespace Serverless.Components.Workflows.Dispatch;

/// <summary>Reads what the host gave up on; what is no doorbell of this app stays for who put it there, and is told once.</summary>
internal sealed partial class PoisonReader(ComponentContext context)
{
    private bool _isTold;

    /// <summary>The doorbell, or null when it is none of ours.</summary>
    /// <param name="id">What people find the message by.</param>
    /// <param name="text">Its text.</param>
    public WorkflowDoorbell? Read(string id, ReadOnlySpan<byte> text)
    {
        try
        {
            var doorbell = DoorbellText.Read(text);
            if (doorbell.AppId == context.Host.AppId)
            {
                return doorbell;
            }

            Tell(id, $"it is of app '{doorbell.AppId}'");
        }
        catch (FormatException fault)
        {
            Tell(id, fault.Message);
        }

        return null;
    }

    private void Tell(string id, string reason)
    {
        if (!Interlocked.Exchange(ref _isTold, true))
        {
            LogNotOurs(context.Logger, context.Name, id, reason);
        }
    }

    [LoggerMessage(LogLevel.Warning, "component '{Component}': message {Id} of a poison queue is left there: {Reason}; further ones are not told")]
    private static partial void LogNotOurs(ILogger logger, string component, string id, string reason);
}
