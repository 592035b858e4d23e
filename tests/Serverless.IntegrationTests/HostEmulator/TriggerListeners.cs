using System.Text.RegularExpressions;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>The listeners of all functions that are not HTTP, with names and connections from the app settings.</summary>
internal sealed partial class TriggerListeners(HostSettings settings, HostFile file, TriggerInvoker invoker, HostJournal journal) : IAsyncDisposable
{
    private readonly CancellationTokenSource _killed = new();
    private readonly List<ITriggerListener> _listeners = [];
    private Task _running = Task.CompletedTask;

    /// <summary>Starts one per function.</summary>
    /// <exception cref="HostException">A trigger's connection is not among the app settings.</exception>
    public void Start(FunctionSet functions)
    {
        _listeners.AddRange(functions.Functions.Select(Create).OfType<ITriggerListener>());
        _running = Task.WhenAll(_listeners.Select(listener => Task.Run(() => listener.RunAsync(_killed.Token))));
    }

    /// <summary>Drops everything, as a killed host does.</summary>
    public async ValueTask DisposeAsync()
    {
        await _killed.CancelAsync();
#pragma warning disable VSTHRD003 // the loops are ours, started in Start
        await _running;
#pragma warning restore VSTHRD003
        foreach (var listener in _listeners)
        {
            (listener as IDisposable)?.Dispose();
        }
    }

    private ITriggerListener? Create(HostedFunction function) => function.Trigger.Type switch
    {
        "queueTrigger" => new QueueListener(function, new QueueRequests(Connection(function), Member(function, "queueName")), file.Queues, settings.QueueLease, invoker, journal),
        "serviceBusTrigger" => new ServiceBusListener(function, settings.ServiceBus ?? throw new HostException("no Service Bus is given"), Member(function, "queueName"), invoker, journal),
        "timerTrigger" when settings.RunsTimers => new TimerListener(function, new NCrontab(Member(function, "schedule")), invoker, journal),
        _ => null,
    };

    private string Connection(HostedFunction function)
    {
        var name = Member(function, "connection");
        return settings.AppSettings.GetValueOrDefault(name) ?? settings.AppSettings.GetValueOrDefault($"AzureWebJobs{name}")
            ?? throw new HostException($"{function.Name}: Storage account connection string '{name}' does not exist");
    }

    private string Member(HostedFunction function, string name) => Reference().Replace(
        (string?)function.Trigger.Json[name] ?? throw new HostException($"{function.Name}: the trigger has no '{name}'"),
        match => settings.AppSettings.GetValueOrDefault(match.Groups[1].Value) ?? throw new HostException($"{function.Name}: '%{match.Groups[1].Value}%' does not resolve to a value"));

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Reference();
}
