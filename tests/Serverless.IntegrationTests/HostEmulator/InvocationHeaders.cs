namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>The headers with which the host marks what it sends to the handler.</summary>
internal static class InvocationHeaders
{
    public const string HostVersion = "X-Azure-Functions-HostVersion";
    public const string InvocationId = "X-Azure-Functions-InvocationId";
    public const string Correlation = "x-ms-invocation-id";

    public static void Add(HttpRequestMessage request, string hostVersion)
    {
        var id = Guid.NewGuid().ToString();
        Set(request, HostVersion, hostVersion);
        Set(request, InvocationId, id);
    }

    public static void AddCorrelation(HttpRequestMessage request) =>
        Set(request, Correlation, string.Join(',', request.Headers.GetValues(InvocationId)));

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }
}
