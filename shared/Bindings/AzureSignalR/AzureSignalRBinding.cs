using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureSignalR;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.AzureSignalR;

/// <summary>Sends to the clients of Azure SignalR Service, and tells clients where and with which token to connect.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/signalr.</remarks>
internal sealed class AzureSignalRBinding : IOutputBinding
{
    private const string Negotiate = "clientNegotiate";
    private readonly ComponentContext _context;
    private readonly AzureSignalRBindingOptions _options;
    private SignalRClient? _client;

    public AzureSignalRBinding(ComponentContext context)
    {
        _context = context;
        _options = AzureSignalRBindingOptions.Read(context);
    }

    public IReadOnlyList<string> Operations { get; } = ["create", Negotiate];

    public IReadOnlyList<string> Capabilities { get; } = [];

    private SignalRClient Client => _client ?? throw new InvalidOperationException("the binding is not initialised");

    public Task InitializeAsync(CancellationToken cancellationToken)
    {
        _client = _options.CreateClient(_context);
        return Task.CompletedTask;
    }

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        // As Microsoft's own libraries do.
        var hub = (Segment(request, "hub") ?? _options.Hub)?.ToLowerInvariant() ?? throw new BindingException("missing hub");
        var isNegotiation = request.Operation == Negotiate;
        try
        {
            if (isNegotiation)
            {
                return Answer(Client.ClientAddress(hub), await Client.CreateClientTokenAsync(hub, request.Text("user"), cancellationToken));
            }

            await Client.SendAsync(hub, Segment(request, "group"), Segment(request, "user"), request.Data, cancellationToken);
            return null;
        }
        catch (AzureException fault)
        {
            throw new BindingException(isNegotiation ? $"error generating negotiate payload: {fault.Message}" : fault.Message, fault);
        }
    }

    public ValueTask DisposeAsync()
    {
        _client?.Dispose();
        return ValueTask.CompletedTask;
    }

    // No escape keeps a dot from being taken for a step in the path: groups/../:send is all of the hub.
    private static string? Segment(BindingRequest request, string key) =>
        request.Text(key) is var text and not ("." or "..") ? text : throw new BindingException($"the {key} '{request.Text(key)}' can't be part of an address");

    private static BindingResponse Answer(string url, string token)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("accessToken", token);
            json.WriteString("url", url);
            json.WriteEndObject();
        }

        return new BindingResponse { Data = bytes.WrittenMemory };
    }
}
