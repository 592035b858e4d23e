using Microsoft.Extensions.Logging;
using Serverless.Components.Registry.Live;
using Serverless.Components.Registry.Loading;

namespace Serverless.Components.Registry;

/// <content>
/// What must not run twice, such as reading a queue, passes from an instance to its successor after the commit, which has swapped calls
/// over already: the old one drains and stops, the new one starts, and only then is the old one closed. If the new one can't start, all goes back.
/// That may take half a minute, in which other components can change; the next change of this one waits.
/// </content>
public sealed partial class ComponentRegistry
{
    private void BeginHandovers(List<Handover> handovers, CancellationToken cancellationToken)
    {
        foreach (var name in _handovers.Where(handover => handover.Value.IsCompleted).Select(handover => handover.Key).ToList())
        {
            _handovers.Remove(name);
        }

        foreach (var handover in handovers)
        {
            if (handover.Name is { } name)
            {
                _handovers.Add(name, PassOnAsync(name, handover, cancellationToken));
            }
        }
    }

    private async Task PassOnAsync(string name, Handover handover, CancellationToken cancellationToken)
    {
        try
        {
            if (await HandOverAsync(handover, cancellationToken) is { } fault)
            {
                Tell(name, fault, isKept: handover.HasReturn);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The registry is stopping.
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotHandedOver(_logger, exception, name, exception.Message);
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

    [LoggerMessage(Level = LogLevel.Error, Message = "component {Component} was replaced, but not all of it: {Fault}")]
    private static partial void LogNotHandedOver(ILogger logger, Exception exception, string component, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "component {Component} is back, but does not start again: {Fault}")]
    private static partial void LogNotActive(ILogger logger, string component, string fault);
}
