namespace Serverless.IntegrationTests.Wire;

/// <summary>Sends single steps to a port and compares the answers: for tests that need their own process.</summary>
internal static class WireCheck
{
    public static async Task<RawResponse> SendAsync(int port, WireStep step, WireNames? names = null)
    {
        names ??= new WireNames { ["store"] = IWireTarget.StoreName, ["k"] = $"k{Guid.NewGuid():n}" };
        var request = step.ToRequest(names);
        var response = await RawClient.SendAsync(port, request, TestContext.Current.CancellationToken);
        WireAssert.Matches(step.Answer, response, names, $"{request.Method} {request.Target}");
        return response;
    }

    public static async Task SendAllAsync(int port, params WireStep[] steps)
    {
        var names = new WireNames { ["store"] = IWireTarget.StoreName, ["k"] = $"k{Guid.NewGuid():n}" };
        foreach (var step in steps)
        {
            await SendAsync(port, step, names);
        }
    }
}
