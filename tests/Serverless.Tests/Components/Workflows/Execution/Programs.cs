using Serverless.Components.Workflows;

namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>Workflows that the tests of the runtime run.</summary>
internal static class Programs
{
    public static WorkflowCatalog Catalog() => new WorkflowCatalog()
        .AddActivity<int, int>("Increment", (_, value) => Task.FromResult(value + 1))
        .AddActivity<int, string>("Repeat", (_, length) => Task.FromResult(new string('x', length)))
        .AddActivity<string, int>("Measure", (_, text) => Task.FromResult(text.Length))
        .AddActivity<string, string>("Fail", (_, text) => throw new InvalidOperationException(text))
        .AddActivity<int, int>("Forever", async (context, value) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
            return value;
        })
        .AddWorkflow<int, int>("Nothing", (_, value) => Task.FromResult(value))
        .AddWorkflow<int, int>("Chain", async (context, steps) =>
        {
            var value = 0;
            for (var i = 0; i < steps; i++)
            {
                value = await context.CallActivityAsync<int>("Increment", value);
            }

            return value;
        })
        .AddWorkflow<int, int>("FanOut", async (context, width) =>
            (await Task.WhenAll(Enumerable.Range(0, width).Select(i => context.CallActivityAsync<int>("Increment", i)))).Sum())
        .AddWorkflow<int, string>("Sleep", async (context, milliseconds) =>
        {
            await context.CreateTimer(TimeSpan.FromMilliseconds(milliseconds));
            return "awake";
        })
        .AddWorkflow<string, string>("Await", async (context, name) => await context.WaitForExternalEventAsync<string>(name))
        .AddWorkflow<int, string>("Impatient", async (context, milliseconds) =>
        {
            try
            {
                return await context.WaitForExternalEventAsync<string>("go", TimeSpan.FromMilliseconds(milliseconds));
            }
            catch (TaskCanceledException)
            {
                return "too late";
            }
        })
        .AddWorkflow<int, int>("Parent", async (context, children) =>
            (await Task.WhenAll(Enumerable.Range(0, children).Select(i => context.CallChildWorkflowAsync<int>("Chain", 2)))).Sum())
        .AddWorkflow<int, int>("Patriarch", async (context, _) => await context.CallChildWorkflowAsync<int>("Guardian", 1))
        .AddWorkflow<int, int>("Guardian", async (context, _) => await context.CallChildWorkflowAsync<int>("Await", "never"))
        .AddWorkflow<int, string>("Leaver", async (context, rounds) =>
        {
            _ = context.CallChildWorkflowAsync<string>("Await", "never", new ChildWorkflowTaskOptions($"left{rounds}"));
            await context.CallActivityAsync<int>("Increment", rounds);
            if (rounds > 0)
            {
                context.ContinueAsNew(rounds - 1);
                return "";
            }

            return await context.WaitForExternalEventAsync<string>("go");
        })
        .AddWorkflow<int, int>("Countdown", async (context, left) =>
        {
            left = await context.CallActivityAsync<int>("Increment", left - 2);
            if (left > 0)
            {
                context.ContinueAsNew(left);
            }

            return left;
        })
        .AddWorkflow<int, int>("Spin", (context, left) =>
        {
            if (left > 0)
            {
                context.ContinueAsNew(left - 1);
            }

            return Task.FromResult(left);
        })
        .AddWorkflow<int, int>("Large", async (context, length) =>
        {
            var text = await context.CallActivityAsync<string>("Repeat", length);
            context.SetCustomStatus(text);
            return await context.CallActivityAsync<int>("Measure", text);
        })
        .AddWorkflow<int, int>("Wide", async (context, width) =>
            (await Task.WhenAll(Enumerable.Range(0, width).Select(_ => context.CallActivityAsync<int>("Measure", new string('w', 10_000))))).Sum())
        .AddWorkflow<string, string>("Failing", async (context, text) => await context.CallActivityAsync<string>("Fail", text))
        .AddWorkflow<string, string>("Missing", async (context, text) => await context.CallActivityAsync<string>("Nowhere", text))
        .AddWorkflow<string, int>("Sender", (context, receiver) =>
        {
            for (var i = 0; i < 10; i++)
            {
                context.SendEvent(receiver, "number", i);
            }

            return Task.FromResult(10);
        })
        .AddWorkflow<int, int[]>("Receiver", async (context, count) =>
        {
            var got = new int[count];
            for (var i = 0; i < count; i++)
            {
                got[i] = await context.WaitForExternalEventAsync<int>("number");
            }

            return got;
        })
        .AddWorkflow<int, int>("Everything", async (context, rounds) =>
        {
            var a = await context.CallActivityAsync<int>("Increment", 0);
            var both = await Task.WhenAll(context.CallActivityAsync<int>("Increment", a), context.CallActivityAsync<int>("Increment", a));
            await context.CreateTimer(TimeSpan.FromMilliseconds(10));
            var child = await context.CallChildWorkflowAsync<int>("Chain", 1);
            context.SendEvent(context.InstanceId, "echo", child);
            var echo = await context.WaitForExternalEventAsync<int>("ECHO");
            if (rounds > 0)
            {
                context.ContinueAsNew(rounds - 1);
            }

            return a + both.Sum() + child + echo;
        })
        .AddWorkflow<int, int>("Stuck", async (context, value) => await context.CallActivityAsync<int>("Forever", value));
}
