using Serverless.Components.Bindings;
using Serverless.Components.Registry;

namespace Serverless.Functions.Bindings;

/// <summary>Calls of output bindings by name. A binding's exception becomes the text that the API reports; only the caller's own cancellation flies.</summary>
internal static class OutputCalls
{
    public static async ValueTask<OutputResult> InvokeAsync(ComponentRegistry registry, string name, BindingRequest request, CancellationToken cancellationToken)
    {
        if (request.Operation.Length == 0)
        {
            return OutputResult.Failed("operation field is missing from request");
        }

        if (!registry.TryAcquire<BindingComponent>(name, out var lease))
        {
            return OutputResult.Failed($"couldn't find output binding {name}");
        }

        using var held = lease;
        return held.Component.Output is not { } binding ? OutputResult.Failed($"couldn't find output binding {name}")
            : !binding.Operations.Contains(request.Operation, StringComparer.Ordinal)
                ? OutputResult.Failed($"binding {name} does not support operation {request.Operation}. supported operations:{string.Join(' ', binding.Operations)}")
            : await InvokeAsync(binding, request, cancellationToken);
    }

    private static async ValueTask<OutputResult> InvokeAsync(IOutputBinding binding, BindingRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var response = await binding.InvokeAsync(request, cancellationToken);
            return response is null ? new OutputResult(null, null, new Dictionary<string, string>()) : new OutputResult(null, response.Data, response.Metadata);
        }
        catch (BindingException exception)
        {
            return OutputResult.Failed(exception.Message) with { Metadata = exception.Metadata };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return OutputResult.Failed(exception.Message.Length > 0 ? exception.Message : exception.GetType().Name);
        }
    }
}
