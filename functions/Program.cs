using Serverless.Functions;

return await DaprApp.Create(args).RunAsync();
