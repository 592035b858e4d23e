namespace Serverless.IntegrationTests.Wire;

/// <summary>Something that serves the whole API with one state store called <see cref="StoreName"/>.</summary>
internal interface IWireTarget : IAsyncLifetime
{
    /// <summary>The store's name on every target.</summary>
    const string StoreName = "statestore";

    /// <summary>Which cases hold here.</summary>
    static abstract WireTargets Kind { get; }

    /// <summary>The port to send to.</summary>
    int Port { get; }
}
