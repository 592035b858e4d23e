using System.Text;
using Serverless.Components.Bindings;
using Serverless.Functions.AppChannels;

namespace Serverless.Functions.Bindings;

/// <summary>Delivers the events of input bindings to the app.</summary>
/// <remarks>Dapr docs: developing-applications/building-blocks/bindings/howto-triggers. Any 2xx is success; anything else leaves the event where it was.</remarks>
internal sealed class BindingDelivery(AppChannel app)
{
    /// <summary>Delivers one event; only the token's cancellation flies.</summary>
    public async ValueTask<DeliveryResult> DeliverAsync(BindingComponent binding, BindingEvent read, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await app.SendAsync(new AppCall(HttpMethod.Post, binding.Route) { Body = read.Data, Headers = DeliveryHeaders.From(read.Metadata) }, cancellationToken);
            return answer.IsSuccess
                ? DeliveryResult.Delivered(answer.Body)
                : DeliveryResult.Refused($"fails to send binding event to http app channel, status code: {answer.Status} body: {Encoding.UTF8.GetString(answer.Body.Span)}");
        }
        catch (AppUnreachableException exception)
        {
            return DeliveryResult.Unreachable(exception.Message);
        }
    }
}
