using Microsoft.Extensions.Logging;
using Serverless.Components.Registry.Live;
using Serverless.Components.Registry.Loading;

namespace Serverless.Components.Registry;

/// <content>
/// What must not run twice, such as reading a queue, passes from an instance to its successor after the commit, which has swapped calls
/// over already: the old one drains and stops, the new one starts, and only then is the old one closed. If the new one can't start, all goes back.
/// </content>
public sealed partial class ComponentRegistry
{
    private async Task HandOverAsync(List<Handover> handovers, CancellationToken cancellationToken)
    {
        var faults = await Task.WhenAll(handovers.Select(handover => HandOverAsync(handover, cancellationToken)));
        foreach (var (handover, fault) in handovers.Zip(faults))
        {
            if (fault is not null)
            {
                Tell(handover.After!.Definition.Key.Name, fault, isKept: handover.HasReturn);
            }
        }
    }

    /// <summary>One component's turn; gives why its successor could not start.</summary>
    private async Task<string?> HandOverAsync(Handover handover, CancellationToken cancellationToken)
    {
        var leaving = handover.Before;
        try
        {
            if (handover.HasReturn)
            {
                await _options.Deactivate(handover.Before!);
            }

            if (handover.After is { } after)
            {
                await _options.Activate(after, cancellationToken);
            }

            return null;
        }
        catch (ComponentException exception)
        {
            leaving = handover.After;
            await TakeBackAsync(handover, exception.Message, cancellationToken);
            return exception.Message;
        }
        finally
        {
            _retiring.Add(leaving);
        }
    }

    private async Task TakeBackAsync(Handover handover, string fault, CancellationToken cancellationToken)
    {
        var after = handover.After!;
        Live.Update(transaction => Put(
            transaction,
            handover.HasReturn ? handover.Before!.Definition : after.Definition,
            handover.HasReturn ? handover.Before! : new LiveComponent(after.Definition, fault)));
        if (!handover.HasReturn)
        {
            return;
        }

        try
        {
            await _options.Activate(handover.Before!, cancellationToken);
        }
        catch (ComponentException exception)
        {
            LogNotActive(_logger, after.Definition.Key.Name, exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "component {Component} is back, but does not start again: {Fault}")]
    private static partial void LogNotActive(ILogger logger, string component, string fault);
}
