namespace Serverless.Backends.ServiceBus;

/// <summary>A named key of the namespace and what it allows.</summary>
public sealed record SharedAccessPolicy(string Name, string Key, bool CanSend = true, bool CanListen = true, bool CanManage = true)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
