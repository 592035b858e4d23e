using System.Text.Json;
using Serverless.Components.Registry.Live;
using Serverless.Components.State;
using Serverless.Functions.Http;

namespace Serverless.Functions.State;

/// <summary>What the calls with a body have in common.</summary>
internal sealed partial class StateApi
{
    private delegate T BodyReader<T>(ReadOnlySpan<byte> body);

    /// <summary>Looks the store up, reads the body, takes the store, runs the call. The store is held only for the last step.</summary>
    private async Task RunAsync<T>(
        ApiRequest request, BodyReader<T> read, Func<string, DaprError> malformed, Func<ApiRequest, StateStoreComponent, T, Task> run)
        where T : class
    {
        if (Check(request, out _) is { } missing)
        {
            await request.FailAsync(missing);
            return;
        }

        var (body, error) = await ReadAsync(request, read, malformed);
        ComponentLease<StateStoreComponent> lease = default;
        if ((error ?? Acquire(request, out lease)) is { } failure)
        {
            await request.FailAsync(failure);
            return;
        }

        using var held = lease;
        await run(request, held.Component, body!);
    }

    private async Task<(T? Body, DaprError? Error)> ReadAsync<T>(ApiRequest request, BodyReader<T> read, Func<string, DaprError> malformed)
        where T : class
    {
        using var body = await RequestBody.ReadAsync(request.Http.Request, _options.MaxBodySize, request.Aborted);
        try
        {
            return body.Fault is null ? (read(body.Bytes), null) : (null, malformed(body.Fault));
        }
        catch (JsonException exception)
        {
            return (null, malformed(JsonText.Describe(exception)));
        }
    }
}
