namespace Serverless.Functions.Http;

/// <summary>Answers one API call.</summary>
internal delegate Task ApiHandler(ApiRequest request);
