using System.Net;
using System.Text;
using Azure.Core.Pipeline;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Tests.Clients.AzureStorage.Tables;

/// <summary>Answers requests one after the other as told, and keeps what came.</summary>
internal sealed class ScriptedTables(params Func<HttpResponseMessage>[] answers) : HttpMessageHandler
{
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>What came, each as its method, address, headers and body.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>A client of the table <c>Tab</c> that asks this service.</summary>
    public TableClient Client(TimeProvider? time = null, string endpoint = "http://127.0.0.1:1/devstoreaccount1", StorageCredential? credential = null) => new(new TableClientOptions
    {
        Account = new StorageAccount("devstoreaccount1", new Uri(endpoint), credential ?? StorageCredential.SharedKey("devstoreaccount1", Key)),
        Table = "Tab",
        Time = time ?? TimeProvider.System,
        Transport = new HttpClientTransport(this),
    });

    public static Func<HttpResponseMessage> Answer(int status, string body = "", params (string Name, string Value)[] headers) => () =>
    {
        var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
            {
                answer.Content.Headers.Remove(name);
                answer.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                answer.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return answer;
    };

    public static Func<HttpResponseMessage> Error(int status, string code, string message = "The words.", params (string Name, string Value)[] headers) => Answer(
        status,
        $$"""{"odata.error":{"code":"{{code}}","message":{"lang":"en-US","value":"{{message}}\nRequestId:r1\nTime:t"} } }""",
        [("x-ms-request-id", "r1"), .. headers]);

    public static Func<HttpResponseMessage> Lost() => () => throw new HttpRequestException(HttpRequestError.ResponseEnded, "the connection ended");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var headers = request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}");
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        lock (Requests)
        {
            Requests.Add($"{request.Method} {request.RequestUri!.AbsoluteUri}\n{string.Join('\n', headers)}\n\n{body}");
            var answer = answers[Math.Min(Requests.Count, answers.Length) - 1]();
            answer.RequestMessage = request;
            return answer;
        }
    }
}
