using System.Text;
using Serverless.Backends.Faults;

namespace Serverless.Backends.WebServices;

/// <summary>Answers of services that speak JSON.</summary>
public static class JsonAnswer
{
    /// <summary>An answer with a JSON text.</summary>
    public static ServerAnswer Of(int status, string json) => new(status) { ContentType = "application/json; charset=utf-8", Body = Encoding.UTF8.GetBytes(json) };
}
