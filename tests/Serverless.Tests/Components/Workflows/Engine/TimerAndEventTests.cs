using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;

#pragma warning disable CA1849, VSTHRD103 // CancelAsync goes to another thread, which a workflow must not.

namespace Serverless.Tests.Components.Workflows.Engine;

public sealed class TimerAndEventTests
{
    [Fact]
    public void Timer_Fires_AtItsTime()
    {
        var rig = EngineRig.Of<int, string>(async (context, _) =>
        {
            var before = context.CurrentUtcDateTime;
            await context.CreateTimer(TimeSpan.FromMinutes(5));
            return $"{context.CurrentUtcDateTime - before}";
        });
        rig.Start();
        var timer = rig.Only<WorkflowAction.SetTimer>();
        Assert.Equal(rig.Now.AddMinutes(5), timer.FireAt);
        rig.Now = timer.FireAt.AddSeconds(2);
        rig.Restart().Again(rig.Fired(timer.TaskId));
        Assert.Equal("\"00:05:02\"", rig.Turn.Output);
    }

    [Fact]
    public void Timer_OfAnyTime_IsDueThen()
    {
        var local = new DateTime(2026, 5, 1, 8, 0, 0, DateTimeKind.Local);
        var rig = EngineRig.Of<int, int>(async (context, _) =>
        {
            await Task.WhenAll(
                context.CreateTimer(TimeSpan.MaxValue),
                context.CreateTimer(TimeSpan.FromDays(-1)),
                context.CreateTimer(new DateTime(2026, 5, 1, 8, 0, 0, DateTimeKind.Unspecified)),
                context.CreateTimer(local),
                context.WaitForExternalEventAsync<int>("e", TimeSpan.MaxValue));
            return 0;
        });
        rig.Start();
        Assert.Equal(
            [DateTimeOffset.MaxValue, rig.Now, new DateTimeOffset(2026, 5, 1, 8, 0, 0, TimeSpan.Zero), new DateTimeOffset(local), DateTimeOffset.MaxValue],
            rig.Turn.Actions.Cast<WorkflowAction.SetTimer>().Select(timer => timer.FireAt));
        Assert.All(rig.Turn.Actions.Cast<WorkflowAction.SetTimer>(), timer => Assert.Equal(TimeSpan.Zero, timer.FireAt.Offset));
    }

    [Fact]
    public void Timer_GivenUp_IsCancelled()
    {
        var rig = EngineRig.Of<int, string>(async (context, _) =>
        {
            using var giveUp = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromHours(1), giveUp.Token);
            var call = context.CallActivityAsync("A");
            var first = await Task.WhenAny(timer, call);
            giveUp.Cancel();
            await context.CallActivityAsync("B");
            return first == call && timer.IsCanceled ? "call" : "timer";
        });
        rig.Start();
        rig.Restart().Run(rig.Done(1));
        Assert.Equal([new WorkflowAction.CancelTimer(0), new WorkflowAction.CallActivity(2, "B", null)], rig.Turn.Actions);
        rig.Run(rig.Fired(0));
        Assert.Empty(rig.Turn.Events);
        rig.Restart().Run(rig.Done(2));
        Assert.Equal("\"call\"", rig.Turn.Output);
    }

    [Fact]
    public void Timer_SetAndGivenUpInOneTurn_IsNeverSet()
    {
        var rig = EngineRig.Of<int, int>(async (context, _) =>
        {
            using var giveUp = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromHours(1), giveUp.Token);
            giveUp.Cancel();
            return timer.IsCanceled ? await context.CallActivityAsync<int>("A") : 0;
        });
        rig.Start();
        rig.Only<WorkflowAction.CallActivity>();
        Assert.Contains(rig.Turn.Events, e => e is TimerCreated);
        rig.Restart().Run(rig.Done(1, "4"));
        Assert.Equal("4", rig.Turn.Output);
    }

    [Fact]
    public void Event_BeforeItsWait_IsKeptInOrder()
    {
        var rig = EngineRig.Of<int, string>(async (context, _) =>
        {
            await context.CallActivityAsync("A");
            var one = await context.WaitForExternalEventAsync<string>("GO");
            var two = await context.WaitForExternalEventAsync<string>("go");
            return one + two;
        });
        rig.Start();
        rig.Run(rig.Event("Go", "\"1\""), rig.Event("gO", "\"2\""), rig.Event("other"));
        rig.Restart().Run(rig.Done(0));
        Assert.Equal("\"12\"", rig.Turn.Output);
    }

    [Fact]
    public void Event_ManyWaits_EachTakesOne()
    {
        var rig = EngineRig.Of<int, string>(async (context, _) =>
        {
            var waits = Enumerable.Range(0, 3).Select(_ => context.WaitForExternalEventAsync<string>("e")).ToArray();
            return string.Concat(await Task.WhenAll(waits));
        });
        rig.Start();
        rig.Run(rig.Event("e", "\"a\""));
        rig.Restart().Run(rig.Event("e", "\"b\""), rig.Event("e", "\"b\""));
        Assert.Equal(WorkflowRuntimeStatus.Running, rig.Turn.Status);
        rig.Run(rig.Event("e", "\"a\""));
        Assert.Empty(rig.Turn.Events);
        rig.Run(rig.Event("e", "\"c\""));
        Assert.Equal("\"abc\"", rig.Turn.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Event_WithTimeout_FirstOneCounts(bool inTime)
    {
        var rig = EngineRig.Of<int, string>(async (context, _) =>
        {
            try
            {
                var got = await context.WaitForExternalEventAsync<string>("e", TimeSpan.FromMinutes(1));
                await context.CallActivityAsync("A");
                return got;
            }
            catch (TaskCanceledException)
            {
                return "late";
            }
        });
        rig.Start();
        Assert.Equal(rig.Now.AddMinutes(1), rig.Only<WorkflowAction.SetTimer>().FireAt);
        rig.Restart();
        if (inTime)
        {
            rig.Run(rig.Event("e", "\"in time\""), rig.Fired(0));
            Assert.Equal([new WorkflowAction.CancelTimer(0), new WorkflowAction.CallActivity(1, "A", null)], rig.Turn.Actions);
            rig.Restart().Run(rig.Done(1));
        }
        else
        {
            rig.Run(rig.Fired(0), rig.Event("e", "\"in time\""));
        }

        Assert.Equal(inTime ? "\"in time\"" : "\"late\"", rig.Turn.Output);
    }

    [Fact]
    public void Event_AfterATimeout_IsForTheNextWait()
    {
        var rig = EngineRig.Of<int, string>(async (context, _) =>
        {
            try
            {
                return await context.WaitForExternalEventAsync<string>("e", TimeSpan.FromMinutes(1));
            }
            catch (TaskCanceledException)
            {
                return "then " + await context.WaitForExternalEventAsync<string>("e");
            }
        });
        rig.Start();
        rig.Restart().Run(rig.Fired(0));
        rig.Restart().Run(rig.Event("e", "\"x\""));
        Assert.Equal("\"then x\"", rig.Turn.Output);
    }

    [Fact]
    public void Event_WithoutTime_IsTakenOnlyIfItIsThere()
    {
        var rig = EngineRig.Of<int, string>(async (context, _) =>
        {
            await context.CallActivityAsync("A");
            var got = await context.WaitForExternalEventAsync<string>("e", TimeSpan.Zero);
            try
            {
                return got + await context.WaitForExternalEventAsync<string>("e", TimeSpan.Zero);
            }
            catch (TaskCanceledException)
            {
                return got + "-";
            }
        });
        rig.Start();
        rig.Run(rig.Event("e", "\"x\""), rig.Done(0));
        Assert.Equal("\"x-\"", rig.Turn.Output);
    }

    [Fact]
    public void Event_WaitGivenUp_LeavesTheEventToOthers()
    {
        var rig = EngineRig.Of<int, string>(async (context, _) =>
        {
            using var giveUp = new CancellationTokenSource();
            var one = context.WaitForExternalEventAsync<string>("e", giveUp.Token);
            var two = context.WaitForExternalEventAsync<string>("e");
            await context.CallActivityAsync("A");
            giveUp.Cancel();
            return $"{await two} {one.IsCanceled}";
        });
        rig.Start();
        rig.Run(rig.Done(0));
        rig.Run(rig.Event("e", "\"x\""));
        Assert.Equal("\"x True\"", rig.Turn.Output);
    }

    [Fact]
    public void SendEvent_Each_IsAMessageWithAnIdOfItsOwn()
    {
        var rig = EngineRig.Of<int, int>((context, _) =>
        {
            context.SendEvent("other", "ping", 1);
            context.SendEvent("other", "ping", 1);
            return Task.FromResult(0);
        });
        rig.Start();
        var sent = rig.Turn.Actions.Cast<WorkflowAction.Send>().ToList();
        Assert.All(sent, send => Assert.Equal(("other", (string?)null), (send.InstanceId, send.ExecutionId)));
        Assert.Equal(["e1.0", "e1.1"], sent.Select(send => Assert.IsType<EventRaised>(send.Message).MessageId));
    }

    [Fact]
    public void CustomStatus_AnyTurn_IsWhatWasSetLast()
    {
        var rig = EngineRig.Of<int, int>(async (context, _) =>
        {
            context.SetCustomStatus(new Dictionary<string, int> { ["done"] = 1 });
            await context.CallActivityAsync("A");
            await context.CallActivityAsync("B");
            context.SetCustomStatus("two");
            return await context.CallActivityAsync<int>("C");
        });
        Assert.Equal("{\"done\":1}", rig.Start().CustomStatus);
        Assert.Equal("{\"done\":1}", rig.Restart().Run(rig.Done(0)).CustomStatus);
        Assert.Equal("\"two\"", rig.Restart().Run(rig.Done(1)).CustomStatus);
    }

    [Fact]
    public void NewGuid_InReplays_IsTheSameAndNeverTwice()
    {
        var seen = new List<Guid[]>();
        var rig = EngineRig.Of<int, int>(async (context, input) =>
        {
            Guid[] made = [context.NewGuid(), context.NewGuid()];
            seen.Add(made);
            await context.CallActivityAsync("A");
            if (input < 2)
            {
                context.ContinueAsNew(input + 1);
            }

            return 0;
        });
        rig.Start("1");
        rig.Restart().Run(rig.Done(0));
        rig.Restart();
        Assert.Equal(seen[0], seen[1]);
        Assert.Equal(seen[2], seen[3]);
        Assert.Equal(4, seen[0].Concat(seen[2]).Distinct().Count());
        Assert.All(seen[0], made => Assert.Equal(5, made.Version));
    }

    [Fact]
    public void Time_OfAClockThatGoesBack_StandsStill()
    {
        var rig = EngineRig.Of<int, bool>(async (context, _) =>
        {
            var before = context.CurrentUtcDateTime;
            await context.CallActivityAsync("A");
            return context.CurrentUtcDateTime == before;
        });
        rig.Start();
        rig.Now -= TimeSpan.FromHours(1);
        rig.Run(rig.Done(0));
        Assert.Equal("true", rig.Turn.Output);
    }
}
