using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Serverless.Backends.Kubernetes;

/// <content>Requests that go wrong.</content>
public sealed partial class KubernetesApiServer
{
    private async Task FailAsync(HttpContext context, KubernetesFault fault)
    {
        switch (fault)
        {
            case KubernetesFault.TooManyRequests:
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
                context.Response.ContentType = "text/plain; charset=utf-8";
                await context.Response.WriteAsync("Too many requests, please try again later.\n");
                break;
            case KubernetesFault.InternalError:
                await WriteAsync(context, KubernetesStatus.InternalError);
                break;
            case KubernetesFault.Expired:
                await WriteAsync(context, KubernetesStatus.Expired);
                break;
            case KubernetesFault.WebPage:
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html>sign in</html>");
                break;
            case KubernetesFault.BadCompression:
                context.Response.ContentType = "application/json";
                context.Response.Headers.ContentEncoding = "gzip";
                await context.Response.WriteAsync("{\"kind\":\"Secret\"}");
                break;
            case KubernetesFault.OddList:
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync("""{"kind":"SecretList","items":[null,{"data":{"k":"dg=="}},{"metadata":{"name":"good"},"data":{"k":"dg=="}}]}""");
                break;
            case KubernetesFault.EndlessList:
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync("""{"kind":"SecretList","metadata":{"continue":"again"},"items":[]}""");
                break;
            case KubernetesFault.CutOff:
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = 1000;
                await context.Response.WriteAsync("{\"kind\":\"Secret\",");
                await context.Response.Body.FlushAsync();
                context.Abort();
                break;
            case KubernetesFault.Hang:
                _hung.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                break;
        }
    }
}
