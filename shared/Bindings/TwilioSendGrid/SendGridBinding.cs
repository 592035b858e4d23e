using System.Text.Json;
using Serverless.Components.Clients.WebCalls;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.TwilioSendGrid;

/// <summary><c>bindings.twilio.sendgrid</c>: sends mail through SendGrid.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-bindings/sendgrid. The data is the HTML body; request metadata has the names of the
/// component's. Nothing is answered.
/// </remarks>
internal sealed class SendGridBinding : IOutputBinding
{
    private const int LongestAnswer = 1 << 20;
    private const string Failing = "error from SendGrid, sending email failed:";
    private readonly SendGridOptions _options;
    private readonly WebCaller _caller;

    /// <summary>A binding that connects with its first call.</summary>
    public SendGridBinding(ComponentContext context)
    {
        _options = SendGridOptions.Read(context.Metadata);
        _caller = new WebCaller(new WebCallerOptions { Limit = _options.Limit, LongestAnswer = LongestAnswer, Time = context.Host.Time });
    }

    public IReadOnlyList<string> Capabilities => [];

    public IReadOnlyList<string> Operations { get; } = ["create"];

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var headers = new WebHeaders();
        headers.Set("Authorization", $"Bearer {_options.ApiKey}");
        headers.Set("Content-Type", "application/json");
        headers.Set("Accept", "application/json");
        try
        {
            var call = new WebRequest(HttpMethod.Post, _options.Address) { Headers = headers, Body = SendGridMail.Write(request, _options.Defaults) };
            var answer = await _caller.SendAsync(call, cancellationToken);
            return answer.IsSuccess ? null : throw new BindingException($"{Failing} {answer.Status} {{Errors:[{string.Join(' ', ErrorsOf(answer))}]}}");
        }
        catch (WebCallException fault)
        {
            throw new BindingException($"{Failing} {fault.Message}", fault);
        }
    }

    public ValueTask DisposeAsync()
    {
        _caller.Dispose();
        return ValueTask.CompletedTask;
    }

    // As Go prints the structure.
    private static List<string> ErrorsOf(WebAnswer answer)
    {
        var texts = new List<string>();
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array)
            {
                foreach (var error in errors.EnumerateArray().Where(error => error.ValueKind == JsonValueKind.Object))
                {
                    texts.Add($"{{Field:{Text(error, "field")} Message:{Text(error, "message")} Help:{Text(error, "help")}}}");
                }
            }
        }
        catch (JsonException)
        {
            // Something on the way answered; the status tells.
        }

        return texts;
    }

    private static string Text(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : "<nil>";
}
