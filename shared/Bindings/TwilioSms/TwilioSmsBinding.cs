using System.Text;
using Serverless.Components.Clients.WebCalls;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.TwilioSms;

/// <summary><c>bindings.twilio.sms</c>: sends text messages.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-bindings/twilio; Twilio docs: messaging/api/message-resource. Request metadata:
/// <c>toNumber</c>, where the component has none. Nothing is answered.
/// </remarks>
internal sealed class TwilioSmsBinding : IOutputBinding
{
    private const int LongestAnswer = 1 << 20;
    private readonly TwilioSmsOptions _options;
    private readonly WebCaller _caller;

    /// <summary>A binding that connects with its first call.</summary>
    public TwilioSmsBinding(ComponentContext context)
    {
        _options = TwilioSmsOptions.Read(context.Metadata);
        _caller = new WebCaller(new WebCallerOptions { Limit = _options.Limit, LongestAnswer = LongestAnswer, Time = context.Host.Time });
    }

    public IReadOnlyList<string> Capabilities => [];

    public IReadOnlyList<string> Operations { get; } = ["create"];

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var receiver = _options.ToNumber ?? request.Text("toNumber") ?? throw new BindingException("twilio missing \"toNumber\" field");
        var text = Encoding.UTF8.GetString(BindingData.Unquote(request.Data).Span);
        var headers = new WebHeaders();
        headers.Set("Authorization", _options.Authorization);
        headers.Set("Content-Type", "application/x-www-form-urlencoded");
        headers.Set("Accept", "application/json");
        var form = $"Body={Uri.EscapeDataString(text)}&From={Uri.EscapeDataString(_options.FromNumber)}&To={Uri.EscapeDataString(receiver)}";
        try
        {
            var answer = await _caller.SendAsync(new WebRequest(HttpMethod.Post, _options.Address) { Headers = headers, Body = Encoding.ASCII.GetBytes(form) }, cancellationToken);
            return answer.IsSuccess ? null : throw new BindingException($"error from Twilio ({answer.Status}): {answer.StatusLine}");
        }
        catch (WebCallException fault)
        {
            throw new BindingException($"error from Twilio: {fault.Message}", fault);
        }
    }

    public ValueTask DisposeAsync()
    {
        _caller.Dispose();
        return ValueTask.CompletedTask;
    }
}
