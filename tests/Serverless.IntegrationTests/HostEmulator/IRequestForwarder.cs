using Microsoft.AspNetCore.Http;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>Hands an HTTP request through to the handler.</summary>
internal interface IRequestForwarder
{
    Task ForwardAsync(HttpContext context, Uri handler);
}
