using System.Text;

namespace Serverless.IntegrationTests.Wire;

/// <summary>One request of a case and what must come back. Texts may hold <c>{store}</c>, <c>{k}</c> and kept names.</summary>
internal sealed record WireStep(string Method, string Target, string? Body, WireAnswer Answer)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public static WireStep Get(string target, WireAnswer answer) => new("GET", target, null, answer);

    public static WireStep Delete(string target, WireAnswer answer) => new("DELETE", target, null, answer);

    public static WireStep Post(string target, string body, WireAnswer answer) => new("POST", target, body, answer);

    public static WireStep Put(string target, string body, WireAnswer answer) => new("PUT", target, body, answer);

    public static WireStep Send(string method, string target, WireAnswer answer) => new(method, target, null, answer);

    /// <summary>Saves one item whose key is the case's key.</summary>
    public static WireStep Save(string value) => SaveItems($$"""[{"key":"{k}","value":{{value}}}]""", WireAnswer.Empty());

    public static WireStep SaveItems(string body, WireAnswer answer) => Post("/v1.0/state/{store}", body, answer);

    public static WireStep Bulk(string body, WireAnswer answer) => Post("/v1.0/state/{store}/bulk", body, answer);

    public static WireStep Transaction(string body, WireAnswer answer) => Post("/v1.0/state/{store}/transaction", body, answer);

    /// <summary>Reads the case's key.</summary>
    public static WireStep Read(WireAnswer answer) => Get("/v1.0/state/{store}/{k}", answer);

    public WireStep With(string name, string value) => this with { Headers = [.. Headers, (name, value)] };

    public RawRequest ToRequest(WireNames names) => new(Method, names.Fill(Target))
    {
        Body = Body is null ? null : Encoding.UTF8.GetBytes(names.Fill(Body)),
        Headers = [.. Headers.Select(header => (header.Name, names.Fill(header.Value)))],
    };
}
