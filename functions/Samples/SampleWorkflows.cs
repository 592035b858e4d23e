using Serverless.Components.Workflows;

namespace Serverless.Functions.Samples;

/// <summary>The sample workflows, one for each pattern that Dapr's documentation names; <c>--samples</c> registers them.</summary>
/// <remarks>Dapr docs: developing-applications/building-blocks/workflow/workflow-patterns. The activities stand in for the outside world.</remarks>
internal static class SampleWorkflows
{
    private const int InStock = 100;
    private const double CreditLimit = 50_000;

    /// <summary>Adds them and what they need.</summary>
    public static void Register(WorkflowCatalog catalog)
    {
        catalog.UseJson(SamplesJson.Default);
        catalog.AddWorkflow<TaskChaining>()
            .AddActivity<int, int>("Step1", static (_, number) => Task.FromResult(number + 1))
            .AddActivity<int, int>("Step2", static (_, number) => Task.FromResult(number * 2))
            .AddActivity<int, int>("Step3", static (_, number) => Task.FromResult(number - 3))
            .AddActivity<int, int>("Step4", static (_, number) => Task.FromResult(number * number))
            .AddActivity<int, int>("Step5", static (_, number) => Task.FromResult(number % 1000));
        catalog.AddWorkflow<FanOutFanIn>()
            .AddActivity<string, int>("ProcessWorkItem", static (_, item) => Task.FromResult(item.Length));
        catalog.AddWorkflow<StatusMonitor>()
            .AddActivity<MonitorState, bool>("CheckStatus", static (_, state) => Task.FromResult(state.Checks >= state.HealthyAfter));
        catalog.AddWorkflow<Approval>()
            .AddActivity<ApprovalRequest, string>("RequestApproval", static (context, _) => Task.FromResult(context.TaskExecutionKey));
        catalog.AddWorkflow<OrderProcessing>()
            .AddWorkflow<ShipOrder>()
            .AddActivity<OrderPayload, bool>("ReserveInventory", static (_, order) => Task.FromResult(order.Quantity <= InStock))
            .AddActivity<OrderPayload, string>("ProcessPayment", PayAsync)
            .AddActivity<OrderPayload, string>("BookCarrier", BookAsync)
            .AddActivity<OrderPayload, bool>("RefundPayment", static (_, _) => Task.FromResult(true))
            .AddActivity<OrderPayload, bool>("ReleaseInventory", static (_, _) => Task.FromResult(true));
        catalog.AddWorkflow<AwaitEvent>();
    }

    private static Task<string> PayAsync(WorkflowActivityContext context, OrderPayload order) => order.TotalCost <= CreditLimit
        ? Task.FromResult($"payment {context.TaskExecutionKey}")
        : throw new InvalidOperationException($"{order.TotalCost} is over the limit of {CreditLimit}");

    private static Task<string> BookAsync(WorkflowActivityContext context, OrderPayload order) => order.Address.Length > 0
        ? Task.FromResult($"shipment {context.TaskExecutionKey}")
        : throw new InvalidOperationException("an order without an address can't be shipped");
}
