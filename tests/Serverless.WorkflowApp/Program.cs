using Serverless.Functions;
using Serverless.WorkflowApp;

return await DaprApp.Create(args)
    .UseWorkflowJson(AppJson.Default)
    .AddWorkflow<Sequence>()
    .AddWorkflow<Spread>()
    .AddWorkflow<Naps>()
    .AddWorkflow<Signals>()
    .AddWorkflow<Family>()
    .AddWorkflow<OneCall>()
    .AddWorkflow<Growing>()
    .AddActivity<Draw>()
    .AddActivity<Linger>()
    .AddActivity<Crash>()
    .RunAsync();
