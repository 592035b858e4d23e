namespace Serverless.Backends.ServiceBus;

/// <summary>A request that the namespace answers with an error.</summary>
internal sealed class BusRefusalException(int status, string message) : Exception(message)
{
    public int Status => status;

    public static BusRefusalException BadRequest(string message) => new(400, message);
}
