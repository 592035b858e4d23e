using Serverless.Components.Bindings;
using Serverless.Functions.AppChannels;

namespace Serverless.Functions.Bindings;

/// <summary>Asks the app whether it wants the events of a binding.</summary>
/// <remarks>Dapr docs: reference/api/bindings_api, binding endpoints. A route that exists but has no OPTIONS answers 405.</remarks>
internal sealed class BindingDiscovery(AppChannel app, TimeSpan limit)
{
    /// <summary>Asks; a binding that says <c>direction: input</c> is wanted without a question.</summary>
    /// <exception cref="AppUnreachableException">The app did not answer in time.</exception>
    public async Task<bool> IsWantedAsync(BindingComponent binding, CancellationToken cancellationToken)
    {
        if (binding.IsInputExplicit)
        {
            return true;
        }

        var answer = await app.SendAsync(new AppCall(HttpMethod.Options, binding.Route) { TimeLimit = limit, IgnoresBody = true }, cancellationToken);
        return answer.IsSuccess || answer.Status == StatusCodes.Status405MethodNotAllowed;
    }
}
