using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;

namespace Serverless.Tests.Components.Workflows.Engine.Simulation;

/// <summary>Instances that run a program, and everything that can happen to them in a distributed system, in an order that a seed gives.</summary>
internal sealed class World(Script program, int seed, bool withTrouble)
{
    private const string Root = "root";
    private readonly Random _random = new(seed);
    private readonly WorkflowCatalog _catalog = program.Catalog();
    private readonly Dictionary<string, SimulatedInstance> _instances = [];
    private readonly List<(SimulatedInstance From, string ExecutionId, WorkflowAction Action)> _work = [];
    private readonly List<(string Instance, string Message, EventRaised Event)> _unsent = [];
    private readonly Dictionary<(string, string), SortedSet<int>> _calls = [];
    private readonly HashSet<string> _executions = [];
    private DateTimeOffset _now = EngineRig.Epoch;
    private int _controls;

    /// <summary>Whether an instance may be terminated.</summary>
    public bool Terminates { get; init; }

    /// <summary>The turn, from 1, at which the process is killed; 0 for none.</summary>
    public int CrashTurn { get; init; }

    /// <summary>How it is killed there.</summary>
    public CrashPoint Crash { get; init; }

    /// <summary>How many turns there were.</summary>
    public int Turns { get; private set; }

    /// <summary>The histories of all instances.</summary>
    public string Histories => string.Join('\n', _instances.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => $"{item.Key}: {item.Value.HistoryText}"));

    /// <summary>Runs all until everything has ended.</summary>
    public SimulatedInstance Run()
    {
        Create(Root, new ExecutionStarted("e0", "P", "\"0|0|\"") { Timestamp = _now });
        for (var steps = 0; _instances.Values.Any(instance => !instance.HasEnded); steps++)
        {
            Assert.True(steps < 20_000, "it does not come to an end");
            _now += TimeSpan.FromMilliseconds(10);
            Step();
        }

        return _instances[Root];
    }

    private void Step()
    {
        var ready = _instances.Values.Where(instance => instance.Inbox.Count > 0 || instance.HasMore).ToList();
        var total = ready.Count + _work.Count + _unsent.Count;
        if (total == 0)
        {
            var paused = _instances.Values.Where(instance => instance.Status == WorkflowRuntimeStatus.Suspended).ToList();
            Assert.True(paused.Count > 0, "it is stuck");
            paused.ForEach(instance => instance.Append($"c{_controls++}", null, new ExecutionResumed((string?)null) { Timestamp = _now }));
            return;
        }

        if (withTrouble && _random.Next(30) == 0)
        {
            Control();
        }

        var chosen = _random.Next(total);
        if (chosen < ready.Count)
        {
            Turn(ready[chosen]);
        }
        else if (chosen < ready.Count + _work.Count)
        {
            Work(chosen - ready.Count);
        }
        else
        {
            Raise(chosen - ready.Count - _work.Count);
        }
    }

    private void Turn(SimulatedInstance instance)
    {
        var messages = _random.Next(instance.HasMore ? 0 : 1, instance.Inbox.Count + 1);
        var turn = instance.Advance(messages, _now);
        var crash = ++Turns == CrashTurn ? Crash : CrashPoint.None;
        if (crash == CrashPoint.BeforeCommit)
        {
            instance.Crash();
            turn = instance.Advance(messages, _now);
        }

        if (withTrouble && _random.Next(5) == 0)
        {
            // Killed before the commit: nothing of the turn is left.
            instance.Crash();
            return;
        }

        var execution = instance.ExecutionId;
        var taken = instance.Inbox.Take(messages).ToList();
        instance.Commit(messages, turn);
        if (turn.ReplacesHistory || instance.HasEnded)
        {
            _work.RemoveAll(item => item.From == instance && item.Action is WorkflowAction.CallActivity or WorkflowAction.SetTimer);
        }

        foreach (var action in turn.Actions)
        {
            if (action is WorkflowAction.CancelTimer cancel)
            {
                _work.RemoveAll(item => item.From == instance && item.Action is WorkflowAction.SetTimer timer && timer.TaskId == cancel.TaskId);
            }
            else
            {
                _work.Add((instance, action is WorkflowAction.CallActivity or WorkflowAction.SetTimer ? instance.ExecutionId : execution, action));
            }
        }

        if (crash >= CrashPoint.AfterCommit || (withTrouble && _random.Next(5) == 0))
        {
            instance.Crash();
        }

        if (withTrouble && _random.Next(3) == 0)
        {
            instance.ChangeProcess();
        }

        if (crash == CrashPoint.AfterCommitUnheard || (withTrouble && _random.Next(5) == 0))
        {
            // Killed after the commit, before anyone heard of it: the messages come again.
            taken.ForEach(message => instance.Append(message.Id, message.ExecutionId, message.Event));
        }
    }

    private void Work(int index)
    {
        var (from, execution, action) = _work[index];
        if (action is WorkflowAction.Send { Message: ExecutionTerminated } end && _work.Any(item => item.Action is WorkflowAction.StartChild child && child.InstanceId == end.InstanceId))
        {
            // A start goes before what ends it.
            return;
        }

        if (!withTrouble || _random.Next(6) > 0)
        {
            _work.RemoveAt(index);
        }

        switch (action)
        {
            case WorkflowAction.CallActivity call:
                from.Append(FormattableString.Invariant($"{execution}-{call.TaskId}"), execution, Answer(from, execution, call));
                break;
            case WorkflowAction.SetTimer timer:
                _now = timer.FireAt > _now ? timer.FireAt : _now;
                from.Append(FormattableString.Invariant($"{execution}-{timer.TaskId}"), execution, new TimerFired(timer.TaskId) { Timestamp = _now });
                break;
            case WorkflowAction.StartChild child:
                Create(child.InstanceId, child.Start);
                break;
            case WorkflowAction.Send send when _instances.TryGetValue(send.InstanceId, out var receiver):
                receiver.Append(send.Message is EventRaised raised ? raised.MessageId : $"{from.Id}-{execution}-{send.Message.GetType().Name}", send.ExecutionId, send.Message);
                break;
        }
    }

    private HistoryEvent Answer(SimulatedInstance from, string execution, WorkflowAction.CallActivity call)
    {
        var name = call.Name.Split('!');
        if (!_calls.TryGetValue((from.Id + execution, call.Name), out var attempts))
        {
            _calls.Add((from.Id + execution, call.Name), attempts = []);
        }

        attempts.Add(call.TaskId);
        var attempt = attempts.TakeWhile(task => task != call.TaskId).Count();
        return attempt < int.Parse(name[1], System.Globalization.CultureInfo.InvariantCulture)
            ? new TaskFailed(call.TaskId, new WorkflowFailure("X", $"no {call.Name}")) { Timestamp = _now }
            : new TaskCompleted(call.TaskId, $"\"{Script.Answer(name[0])}\"") { Timestamp = _now };
    }

    private void Create(string id, ExecutionStarted start)
    {
        if (!_executions.Add(start.ExecutionId))
        {
            return;
        }

        if (_instances.TryGetValue(id, out var old) && !old.HasEnded)
        {
            _instances[start.Parent!.InstanceId].Append($"{start.ExecutionId}-active", start.Parent.ExecutionId, new ChildFailed(start.Parent.TaskId, new WorkflowFailure("Active", id)) { Timestamp = _now });
            return;
        }

        var instance = new SimulatedInstance(id, _catalog, start.ExecutionId);
        instance.Append(start.ExecutionId, null, start);
        _instances[id] = instance;
        var programOf = int.Parse(start.Input!.Trim('"').Split('|')[0], System.Globalization.CultureInfo.InvariantCulture);
        foreach (var name in program.Programs[programOf].SelectMany(Events))
        {
            _unsent.Add((id, $"{start.ExecutionId}/{name}", new EventRaised($"{start.ExecutionId}/{name}", name, $"\"{name}\"") { Timestamp = _now }));
        }
    }

    private void Raise(int index)
    {
        var (instance, message, raised) = _unsent[index];
        if (!withTrouble || _random.Next(4) > 0)
        {
            _unsent.RemoveAt(index);
        }

        if (message.StartsWith(raised.MessageId, StringComparison.Ordinal))
        {
            _instances[instance].Append(message, null, raised);
        }
    }

    private void Control()
    {
        var instance = _instances.Values.ElementAt(_random.Next(_instances.Count));
        HistoryEvent control = _random.Next(Terminates ? 8 : 7) switch
        {
            < 3 => new ExecutionSuspended((string?)null) { Timestamp = _now },
            < 7 => new ExecutionResumed((string?)null) { Timestamp = _now },
            _ => new ExecutionTerminated(null) { Timestamp = _now },
        };
        instance.Append($"c{_controls++}", null, control);
    }

    private static IEnumerable<string> Events(Step step) => step switch
    {
        Simulation.Step.Await wait => [wait.Event],
        Simulation.Step.AwaitFor wait => [wait.Event],
        Simulation.Step.Sequence sequence => sequence.Parts.SelectMany(Events),
        Simulation.Step.All all => all.Parts.SelectMany(Events),
        Simulation.Step.First first => first.Parts.SelectMany(Events),
        _ => [],
    };
}
