using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.Workflows;

/// <summary>Each sample, run over HTTP.</summary>
public abstract class SampleContract
{
    /// <summary>The app, with the samples.</summary>
    private protected abstract WorkflowApp App { get; }

    [Fact]
    public async Task TaskChaining_EachStepHasTheResultBefore() => Assert.Equal("49", await App.RunAsync("TaskChaining", "4"));

    [Fact]
    public async Task FanOutFanIn_SumsUpAllItems()
    {
        Assert.Equal("6", await App.RunAsync("FanOutFanIn", """["a","bb","ccc"]"""));
        Assert.Equal("0", await App.RunAsync("FanOutFanIn", "[]"));
        Assert.Equal("400", await App.RunAsync("FanOutFanIn", $"[{string.Join(',', Enumerable.Repeat("\"four\"", 100))}]"));
    }

    [Fact]
    public async Task StatusMonitor_ChecksUntilItIsWell()
    {
        var id = await App.StartAsync("StatusMonitor", """{"healthyAfter":3,"intervalSeconds":0.1}""");

        var state = await App.WaitAsync(id, "COMPLETED");

        Assert.Equal("3", WorkflowApp.Property(state, "output"));

        // The last execution alone: it was given its own input, and set no status.
        Assert.Equal(3, (int?)JsonNode.Parse(WorkflowApp.Property(state, "input")!)!["checks"]);
        Assert.DoesNotContain(await App.HistoryAsync(id), entry => (string?)entry!["type"] == "TimerCreated");
    }

    [Theory]
    [InlineData("""{"approved":true,"by":"me"}""", "\"approved by me\"")]
    [InlineData("""{"approved":false,"by":"you"}""", "\"rejected by you\"")]
    public async Task Approval_Event_Decides(string decision, string output)
    {
        var id = await App.StartAsync("Approval", """{"subject":"a trip","timeoutSeconds":60}""");
        await App.WaitAsync(id, "waits", state => WorkflowApp.Property(state, "custom_status") == "\"waiting for the approval\"");

        await App.AcceptAsync($"/{id}/raiseEvent/approval", decision);

        Assert.Equal(output, WorkflowApp.Property(await App.WaitAsync(id, "COMPLETED"), "output"));
    }

    [Fact]
    public async Task Approval_NoEventInTime_Expires() => Assert.Equal("\"expired\"", await App.RunAsync("Approval", """{"subject":"a trip","timeoutSeconds":0.2}"""));

    [Fact]
    public async Task OrderProcessing_AllIsWell_Ships()
    {
        var result = JsonNode.Parse((await App.RunAsync("OrderProcessing", """{"name":"paper","totalCost":10,"quantity":3,"address":"here"}"""))!)!;

        Assert.True((bool?)result["processed"]);
        Assert.StartsWith("shipment ", (string?)result["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"paper","totalCost":10,"quantity":101,"address":"here"}""", "there are not 101 of paper", "ReserveInventory")]
    [InlineData("""{"name":"gold","totalCost":50001,"address":"here"}""", "50001 is over the limit of 50000", "ReserveInventory,ProcessPayment,ProcessPayment,ProcessPayment,ReleaseInventory")]
    [InlineData("""{"name":"paper","totalCost":10}""", "an order without an address can't be shipped", "ReserveInventory,ProcessPayment,RefundPayment,ReleaseInventory")]
    public async Task OrderProcessing_StepFails_IsUndone(string order, string message, string activities)
    {
        var id = await App.StartAsync("OrderProcessing", order);
        var result = JsonNode.Parse(WorkflowApp.Property(await App.WaitAsync(id, "COMPLETED"), "output")!)!;

        Assert.False((bool?)result["processed"]);
        Assert.Contains(message, (string?)result["message"], StringComparison.Ordinal);
        Assert.Equal(activities, string.Join(',', (await App.HistoryAsync(id)).Where(entry => (string?)entry!["type"] == "TaskScheduled").Select(entry => (string?)entry!["name"])));
    }

    [Fact]
    public async Task AwaitEvent_FinishWithNothing_HasNoOutput()
    {
        var id = await App.StartAsync("AwaitEvent", "{}");

        await App.AcceptAsync($"/{id}/raiseEvent/Finish", "null");

        Assert.Null(WorkflowApp.Property(await App.WaitAsync(id, "COMPLETED"), "output"));
    }

    [Theory]
    [InlineData("""{"a":[1,2,null],"é":"<&>"}""")]
    [InlineData("12345678901234567890.5")]
    public async Task AwaitEvent_Finish_IsItsOutput(string payload)
    {
        var id = await App.StartAsync("AwaitEvent", "{}");
        await App.WaitAsync(id, "RUNNING");

        await App.AcceptAsync($"/{id}/raiseEvent/FINISH", payload);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(payload), JsonNode.Parse(WorkflowApp.Property(await App.WaitAsync(id, "COMPLETED"), "output")!)));
    }
}
